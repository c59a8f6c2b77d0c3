//! Shows templates.

use shared_kernel::{application::Principal, domain::Permission};

use super::{TemplateShelf, TemplatesError, Workpiece};

impl TemplateShelf {
    pub fn list(&self, who: &Principal) -> Result<&[Workpiece], TemplatesError> {
        who.require(Permission::WorkflowRead)?;
        Ok(&self.pieces)
    }

    pub fn show(&self, who: &Principal, name: &str) -> Result<&Workpiece, TemplatesError> {
        who.require(Permission::WorkflowRead)?;
        self.pieces.iter().find(|piece| piece.name == name).ok_or(TemplatesError::NotFound)
    }
}
