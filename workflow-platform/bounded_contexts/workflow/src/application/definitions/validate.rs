//! Checks a definition without saving it.

use serde_json::Value;
use shared_kernel::{application::Principal, domain::Permission};

use super::{DefinitionService, DefinitionsError, VersionRow};
use crate::domain::definition::{Catalog, Definition, Problem, parse_source, parse_value};

/// A definition as somebody hands it in.
#[derive(Debug, Clone, PartialEq)]
pub enum Draft {
    /// YAML or JSON text.
    Source(String),
    /// The model itself.
    Model(Value),
}

impl Draft {
    pub(super) fn parse(&self, catalog: &Catalog) -> Result<Definition, Vec<Problem>> {
        match self {
            Self::Source(source) => parse_source(source, catalog),
            Self::Model(model) => parse_value(model, catalog),
        }
    }

    /// What is stored: a model is written out as JSON text, which is YAML too.
    pub(super) fn content(self, definition: &Definition) -> VersionRow {
        let source = match self {
            Self::Source(source) => source,
            Self::Model(_) => format!("{:#}\n", definition.model),
        };
        VersionRow { source, model: definition.model.clone() }
    }
}

impl DefinitionService {
    /// All problems of the draft; none when it can be saved.
    pub fn validate(&self, who: &Principal, draft: &Draft) -> Result<Vec<Problem>, DefinitionsError> {
        who.require(Permission::WorkflowRead)?;
        Ok(draft.parse(&self.catalog).err().unwrap_or_default())
    }
}
