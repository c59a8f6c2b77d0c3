//! Shows templates.

use shared_kernel::{
    application::Principal,
    domain::{Locale, Permission},
};

use super::{TemplateShelf, TemplatesError, Workpiece};

impl TemplateShelf {
    pub fn list(&self, who: &Principal, locale: Locale) -> Result<&[Workpiece], TemplatesError> {
        who.require(Permission::WorkflowRead)?;
        Ok(self.pieces(locale))
    }

    pub fn show(
        &self,
        who: &Principal,
        name: &str,
        locale: Locale,
    ) -> Result<&Workpiece, TemplatesError> {
        who.require(Permission::WorkflowRead)?;
        self.pieces(locale).iter().find(|piece| piece.name == name).ok_or(TemplatesError::NotFound)
    }
}
