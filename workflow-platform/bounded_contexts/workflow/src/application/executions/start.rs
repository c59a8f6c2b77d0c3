//! Starts an execution.

use serde_json::{Value, json};
use shared_kernel::{
    application::{Limit, Principal, Reservation, trace},
    domain::{Execution, Id, Owner, Permission, Timestamp},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::{
    BEGINNING, ExecutionService, ExecutionsError, Labels, NewExecution, Placed, Runnable,
    StoreError,
};
use crate::domain::{
    execution::Status,
    expression::{Scope, evaluate},
};

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct StartExecution {
    /// Made by a caller who listens to it already; a new one unless given.
    pub id: Option<Id<Execution>>,
    pub definition_id: Uuid,
    pub params: Value,
    pub labels: Labels,
    /// The definition's unless given.
    pub priority: Option<i32>,
    pub request_id: Option<String>,
}

/// What started it.
#[derive(Debug, Clone)]
pub struct Initiator {
    /// As the journal and expressions see it: `{"kind": "manual"}`.
    pub trigger: Value,
    /// Keeps runs apart where the definition itself does not.
    pub concurrency: Option<(String, u32)>,
    /// How many executions led to it, one of the other.
    pub depth: u32,
}

impl Initiator {
    pub fn manual() -> Self {
        Self { trigger: json!({ "kind": "manual" }), concurrency: None, depth: 0 }
    }
}

/// An execution that exists now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    pub id: Id<Execution>,
    pub status: Status,
}

impl ExecutionService {
    /// Starts an execution for somebody signed in.
    pub async fn start(
        &self,
        who: &Principal,
        wanted: StartExecution,
    ) -> Result<Started, ExecutionsError> {
        who.require(Permission::WorkflowRun)?;
        self.start_for(who.owner(), wanted).await
    }

    /// Starts an execution for an owner whom the caller has made sure of.
    pub async fn start_for(
        &self,
        owner: Owner,
        wanted: StartExecution,
    ) -> Result<Started, ExecutionsError> {
        self.start_because(owner, wanted, Initiator::manual()).await
    }

    /// As `start_for`, and says what started it.
    pub async fn start_because(
        &self,
        owner: Owner,
        wanted: StartExecution,
        initiator: Initiator,
    ) -> Result<Started, ExecutionsError> {
        let (new, unit) = self.planned(owner, wanted, initiator).await?;
        self.insert_alone(&new).await?;
        unit.keep();
        Ok(Started { id: new.id, status: Status::Pending })
    }

    /// What would be written for a wish that the owner's plan includes, and the unit of the plan
    /// that is kept once it is written.
    pub(super) async fn planned(
        &self,
        owner: Owner,
        wanted: StartExecution,
        initiator: Initiator,
    ) -> Result<(NewExecution, Reservation), ExecutionsError> {
        let newest = self.ports.definitions.newest(owner, wanted.definition_id).await?;
        let runnable = newest.ok_or(ExecutionsError::NoDefinition)?;
        let new = self.plan(owner, &runnable, wanted, initiator)?;
        Ok((new, self.reserve(owner, 1).await?))
    }

    /// Room for `count` more executions of the month, one of which may wait for its turn now.
    pub async fn reserve(&self, owner: Owner, count: u64) -> Result<Reservation, ExecutionsError> {
        self.check_concurrency(owner).await?;
        let entitlements = &self.ports.entitlements;
        Ok(entitlements.reserve(owner, Limit::ExecutionsPerMonth, count).await?)
    }

    /// Whether an execution that counted already may go on.
    pub(super) async fn check_served(&self, owner: Owner) -> Result<(), ExecutionsError> {
        self.check_concurrency(owner).await?;
        Ok(self.ports.entitlements.check(owner, Limit::ExecutionsPerMonth, 0, 0).await?)
    }

    async fn check_concurrency(&self, owner: Owner) -> Result<(), ExecutionsError> {
        let concurrent = self.ports.entitlements.allowance(owner, Limit::ConcurrentExecutions);
        let concurrent = concurrent.await?;
        let Some(allowed) = concurrent.allowed else { return Ok(()) };
        let unfinished = self.ports.store.unfinished(owner, allowed).await?;
        match concurrent.include(unfinished, 1) {
            Ok(()) => Ok(()),
            Err(refused) => Err(self.ports.entitlements.with_hint(refused, 1).await.into()),
        }
    }

    /// Checks the parameters and says what would be written.
    pub fn plan(
        &self,
        owner: Owner,
        runnable: &Runnable,
        wanted: StartExecution,
        initiator: Initiator,
    ) -> Result<NewExecution, ExecutionsError> {
        let params = runnable.definition.params.bind(wanted.params)?;
        let now = self.ports.ambient.now();
        let concurrency = own_concurrency(runnable, &params, &initiator.trigger, now)?;
        Ok(NewExecution {
            id: wanted.id.unwrap_or_else(|| self.ports.ambient.id()),
            owner,
            definition_id: runnable.id,
            definition_name: runnable.definition.name.clone(),
            version: runnable.version,
            params,
            vars: runnable.vars.clone(),
            labels: wanted.labels,
            priority: wanted.priority.unwrap_or(runnable.definition.priority),
            trigger: initiator.trigger,
            concurrency: concurrency.or(initiator.concurrency),
            parent: None,
            depth: initiator.depth,
            fragment: None,
            created_at: now,
            request_id: wanted.request_id,
            trace: trace::beginning(BEGINNING, &self.ports.ambient),
        })
    }

    /// Writes a planned execution within the caller's transaction.
    pub async fn insert(
        &self,
        work: &mut UnitOfWork,
        new: &NewExecution,
    ) -> Result<(), ExecutionsError> {
        Ok(self.ports.store.insert(work, new).await?)
    }

    /// Writes a planned execution, and tells of it.
    pub(super) async fn insert_alone(&self, new: &NewExecution) -> Result<(), StoreError> {
        match self.ports.store.insert_alone(new).await? {
            Placed::Queued => self.announce(new.id).await,
            Placed::Taken => self.ports.doorbell.begun(new.id, 1).await,
        }
        Ok(())
    }

    /// To be called once the transaction of `insert` was committed.
    pub async fn announce(&self, id: Id<Execution>) {
        self.ports.doorbell.queued(id, 1).await;
    }
}

/// The definition's own key, worked out with what is known before the start.
fn own_concurrency(
    runnable: &Runnable,
    params: &Value,
    trigger: &Value,
    now: Timestamp,
) -> Result<Option<(String, u32)>, ExecutionsError> {
    let Some(concurrency) = &runnable.definition.concurrency else { return Ok(None) };
    let scope = Scope { params: params.clone(), trigger: trigger.clone(), now, ..Scope::default() };
    let key = evaluate(&concurrency.key, &scope)
        .map_err(|error| ExecutionsError::field("concurrency.key", error.to_string()))?;
    let key = match key {
        Value::String(key) => key,
        other => other.to_string(),
    };
    Ok(Some((format!("{}/{key}", runnable.id), concurrency.limit)))
}
