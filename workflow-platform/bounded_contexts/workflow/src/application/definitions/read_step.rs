//! Reads a draft for the sake of one of its steps.

use std::sync::Arc;

use serde_json::Value;
use shared_kernel::domain::Owner;

use super::{DefinitionService, DefinitionsError, Draft};
use crate::{
    application::executions::StoreError,
    domain::definition::{Definition, Step, step_of_source, step_of_value},
};

impl DefinitionService {
    /// The draft and its step of the id; faults of other steps are nothing to it. `None` when it
    /// has no such step.
    pub(in crate::application) async fn read_step(
        &self,
        draft: Draft,
        step: String,
    ) -> Result<Option<(Definition, Step)>, DefinitionsError> {
        let catalog = Arc::clone(&self.catalog);
        let read = move || match &draft {
            Draft::Source(source) => step_of_source(source, &step, &catalog),
            Draft::Model(model) => step_of_value(model, &step, &catalog),
        };
        self.ports.cpu.run(read).await?.map_err(DefinitionsError::Invalid)
    }

    /// The owner's variables that the definition uses, as they are now.
    pub(in crate::application) async fn vars_of(
        &self,
        owner: Owner,
        definition: &Definition,
    ) -> Result<Value, StoreError> {
        self.vault().variables(owner, &definition.variables).await
    }
}
