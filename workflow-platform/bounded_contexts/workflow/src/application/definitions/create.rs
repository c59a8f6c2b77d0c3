//! Saves a new definition.

use serde_json::json;
use shared_kernel::{
    application::{Principal, RequestContext},
    domain::{DomainEvent, Owner, Permission},
};

use super::{
    DefinitionRow, DefinitionService, DefinitionStoreError, DefinitionsError, Draft, NewVersion,
};

impl DefinitionService {
    pub async fn create(
        &self,
        who: &Principal,
        draft: Draft,
    ) -> Result<DefinitionRow, DefinitionsError> {
        who.require(Permission::WorkflowWrite)?;
        self.create_for(who.owner(), draft).await
    }

    /// For an owner whom the caller has made sure of.
    pub async fn create_for(
        &self,
        owner: Owner,
        draft: Draft,
    ) -> Result<DefinitionRow, DefinitionsError> {
        let (definition, content) = self.read(draft).await?;
        self.check_schedules(owner, &definition.triggers, &[]).await?;
        let now = self.ports.ambient.now();
        let row = DefinitionRow {
            id: self.ports.ambient.uuid(),
            owner,
            name: definition.name.clone(),
            version: 1,
            triggers: definition.triggers.clone(),
            created_at: now,
            updated_at: now,
        };
        let new = NewVersion { row, content, message: None };
        let mut work = self.ports.database.begin().await?;
        self.ports
            .store
            .insert(&mut work, &new)
            .await
            .map_err(|error| named(error, &new.row.name))?;
        let NewVersion { row, .. } = new;
        self.ports.triggers.replace(&mut work, owner, row.id, 1, &row.triggers, now).await?;
        work.record(&self.event("workflow.definition.saved", &row)).await?;
        work.commit().await?;
        Ok(row)
    }

    /// What other contexts may hear of a definition.
    pub(super) fn event(&self, kind: &str, row: &DefinitionRow) -> DomainEvent {
        DomainEvent {
            id: self.ports.ambient.id(),
            kind: kind.to_owned(),
            version: 1,
            aggregate: "workflow_definition".to_owned(),
            aggregate_id: row.id.to_string(),
            user: Some(row.owner.user()),
            payload: json!({ "name": row.name, "version": row.version }),
            occurred_at: self.ports.ambient.now(),
            request_id: Some(RequestContext::current().request_id.to_string()),
        }
    }
}

/// Puts the name into the error.
pub(super) fn named(error: DefinitionStoreError, name: &str) -> DefinitionsError {
    match error {
        DefinitionStoreError::NameTaken => DefinitionsError::NameTaken(name.to_owned()),
        other => other.into(),
    }
}
