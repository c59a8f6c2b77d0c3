//! Starts an execution under a key of the caller's, which does it once.

use std::time::Duration;

use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{IdempotencyKey, Owner, Permission},
};

use super::{
    ExecutionService, ExecutionsError, Initiator, StartExecution, Started, ports::KeyedStart,
};
use crate::domain::execution::Status;

/// How long a key is remembered.
const REMEMBERED: Duration = Duration::from_hours(24);

impl ExecutionService {
    /// The same wish under the same key gives the same execution for a day; another wish under it
    /// is refused.
    pub async fn start_once(
        &self,
        who: &Principal,
        key: &IdempotencyKey,
        wanted: StartExecution,
    ) -> Result<Started, ExecutionsError> {
        who.require(Permission::WorkflowRun)?;
        self.start_keyed(who.owner(), key, wanted, Initiator::manual()).await
    }

    /// As `start_once`, for an owner whom the caller has made sure of.
    pub async fn start_keyed(
        &self,
        owner: Owner,
        key: &IdempotencyKey,
        wanted: StartExecution,
        initiator: Initiator,
    ) -> Result<Started, ExecutionsError> {
        let fingerprint = fingerprint(&wanted);
        if let Some(started) = self.started_before(owner, key, &fingerprint).await? {
            return Ok(started);
        }
        let (new, unit) = self.planned(owner, wanted, initiator).await?;
        let start = KeyedStart {
            key: key.clone(),
            fingerprint,
            execution: new.id,
            created_at: new.created_at,
        };
        let mut work = self.ports.database.begin().await?;
        let forgotten = start.created_at.minus(REMEMBERED);
        if !self.ports.start_keys.keep(&mut work, owner, &start, forgotten).await? {
            work.roll_back().await?;
            let other = self.started_before(owner, key, &start.fingerprint).await?;
            return other.ok_or(ExecutionsError::KeyInUse);
        }
        self.insert(&mut work, &new).await?;
        work.commit().await?;
        unit.keep();
        self.announce(new.id).await;
        Ok(Started { id: new.id, status: Status::Pending })
    }

    async fn started_before(
        &self,
        owner: Owner,
        key: &IdempotencyKey,
        fingerprint: &str,
    ) -> Result<Option<Started>, ExecutionsError> {
        let since = self.ports.ambient.now().minus(REMEMBERED);
        let Some(known) = self.ports.start_keys.find(owner, key, since).await? else {
            return Ok(None);
        };
        if known.fingerprint != fingerprint {
            return Err(ExecutionsError::KeyReused);
        }
        let row = self.ports.store.find(owner, known.execution).await?;
        Ok(row.map(|row| Started { id: row.id, status: row.status }))
    }
}

/// BLAKE3 of what is asked for. Maps are sorted, so that the order of fields does not matter.
fn fingerprint(wanted: &StartExecution) -> String {
    let StartExecution { id: _, definition_id, params, labels, priority, request_id: _ } = wanted;
    let asked = json!([definition_id, params, labels, priority]);
    blake3::hash(asked.to_string().as_bytes()).to_hex().to_string()
}
