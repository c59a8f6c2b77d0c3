//! What the expressions of an execution saw.

use serde_json::Value;
use shared_kernel::domain::{Execution as Marker, Id, Owner};

use super::{ExecutionService, ExecutionsError, show::CHUNK};
use crate::domain::{
    execution::{Execution, Identity},
    expression::Scope,
};

impl ExecutionService {
    /// The scope of the owner's execution with all that it recorded so far.
    pub(in crate::application) async fn recorded(
        &self,
        owner: Owner,
        id: Id<Marker>,
        user: &Value,
    ) -> Result<Scope, ExecutionsError> {
        let row = self.ports.store.find(owner, id).await?.ok_or(ExecutionsError::NotFound)?;
        let found = self.ports.definitions.version(row.definition_id, row.version).await?;
        let definition = found.ok_or(ExecutionsError::NoDefinition)?;
        let definition = self.part_of(&row, definition).await?;
        let identity = Identity { id, owner, user: user.clone(), version: row.version };
        let (mut machine, mut after) = (Execution::new(definition, identity), 0);
        loop {
            let events = self.ports.store.visible_events(id, after, CHUNK).await?;
            let Some(last) = events.last() else { return Ok(machine.into_scope()) };
            after = last.seq;
            for stored in &events {
                machine.apply(&stored.event, stored.at);
            }
        }
    }
}
