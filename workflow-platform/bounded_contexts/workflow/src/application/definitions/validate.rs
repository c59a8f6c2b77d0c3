//! Checks a definition without saving it.

use std::sync::Arc;

use serde_json::Value;
use shared_kernel::{application::Principal, domain::Permission};

use super::{DefinitionService, DefinitionsError, VersionRow};
use crate::domain::definition::{Catalog, Definition, Problem, parse_source, parse_value, to_yaml};

/// A definition as somebody hands it in.
#[derive(Debug, Clone, PartialEq)]
pub enum Draft {
    /// YAML or JSON text.
    Source(String),
    /// The model itself.
    Model(Value),
}

impl Draft {
    fn parse(&self, catalog: &Catalog) -> Result<Definition, Vec<Problem>> {
        match self {
            Self::Source(source) => parse_source(source, catalog),
            Self::Model(model) => parse_value(model, catalog),
        }
    }

    /// What is stored: a model is written out as YAML.
    fn content(self, definition: &Definition) -> VersionRow {
        let source = match self {
            Self::Source(source) => source,
            Self::Model(_) => to_yaml(&definition.model),
        };
        VersionRow { source, model: definition.model.clone() }
    }
}

impl DefinitionService {
    /// All problems of the draft; none of them is an error when it can be saved.
    pub async fn validate(
        &self,
        who: &Principal,
        draft: Draft,
    ) -> Result<Vec<Problem>, DefinitionsError> {
        who.require(Permission::WorkflowRead)?;
        match self.read(draft).await {
            Ok((definition, _)) => Ok(definition.advice),
            Err(DefinitionsError::Invalid(problems)) => Ok(problems),
            Err(error) => Err(error),
        }
    }

    /// The definition and what is stored of it.
    pub(super) async fn read(
        &self,
        draft: Draft,
    ) -> Result<(Definition, VersionRow), DefinitionsError> {
        let catalog = Arc::clone(&self.catalog);
        let read = move || {
            let definition = draft.parse(&catalog).map_err(DefinitionsError::Invalid)?;
            let content = draft.content(&definition);
            Ok((definition, content))
        };
        self.ports.cpu.run(read).await?
    }
}
