//! `workflow.run`: a step starts an execution.

use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use shared_kernel::{
    application::{Action, ActionContext, ActionDescriptor, ActionError, Reservation, trace},
    domain::{ErrorKind, Execution, Fault as _, Id, Locale, Owner},
};
use uuid::Uuid;

use super::{
    BEGINNING, ExecutionService, ExecutionsError, Initiator, Labels, NewExecution, StartExecution,
};
use crate::domain::execution::{DEEPEST, Fragment, calls, idempotency_key};

/// Between two tries while the database is away: at first, and at most.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// After that it is told.
const PATIENCE: Duration = Duration::from_mins(10);

/// The action.
pub struct RunWorkflow {
    pub executions: ExecutionService,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    /// Name or id.
    workflow: String,
    #[serde(default)]
    params: Value,
    #[serde(default = "yes")]
    wait: bool,
}

const fn yes() -> bool {
    true
}

#[async_trait]
impl Action for RunWorkflow {
    fn describe(&self) -> ActionDescriptor {
        calls()
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: Input = serde_json::from_value(input)
            .map_err(|error| ActionError::invalid_input("", error.to_string()))?;
        let mut patience = Patience::new();
        loop {
            match self.executions.start_child(ctx, &input).await {
                Ok(id) => return Ok(json!({ "execution_id": id })),
                Err(error) => patience.bear(ctx, error).await?,
            }
        }
    }
}

/// Runs an item of a step that is spread. Definitions cannot name it.
pub struct RunItem {
    pub executions: ExecutionService,
}

impl RunItem {
    pub const NAME: &str = "workflow.item";
}

#[async_trait]
impl Action for RunItem {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: Self::NAME.to_owned(),
            title: "Run an item".to_owned(),
            description: "Runs one item of a step on whatever worker has room.".to_owned(),
            input_schema: json!({}),
            output_schema: json!({}),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let id = child_id(ctx);
        let mut patience = Patience::new();
        loop {
            match self.executions.start_item(ctx, id, &input).await {
                Ok(()) => return Ok(json!({ "execution_id": id })),
                Err(error) => patience.bear(ctx, error.into()).await?,
            }
        }
    }
}

impl ExecutionService {
    /// As its step's execution, except that lists, plans and other contexts do not know it.
    async fn start_item(
        &self,
        ctx: &ActionContext,
        id: Id<Execution>,
        input: &Value,
    ) -> Result<(), ExecutionsError> {
        let store = &self.ports.store;
        let there = store.find(ctx.owner, id).await?;
        let parent =
            store.find(ctx.owner, ctx.execution).await?.ok_or(ExecutionsError::NotFound)?;
        if there.is_some() {
            return Ok(());
        }
        let place = ctx.item.map_or_else(|| "-".to_owned(), |item| item.to_string());
        let idempotency_key = idempotency_key(ctx.execution, &ctx.step, &place);
        let new = NewExecution {
            id,
            owner: ctx.owner,
            definition_id: parent.definition_id,
            definition_name: parent.definition_name,
            version: parent.version,
            params: Value::Null,
            vars: Value::Null,
            labels: Labels::new(),
            priority: parent.priority,
            trigger: json!({
                "kind": "spread",
                "execution_id": ctx.execution,
                "step": ctx.step,
                "item": ctx.item,
            }),
            concurrency: None,
            parent: Some(ctx.execution),
            depth: parent.depth,
            fragment: Some(Fragment {
                step: ctx.step.clone(),
                input: input.clone(),
                idempotency_key,
            }),
            created_at: self.ports.ambient.now(),
            request_id: None,
            trace: trace::beginning(BEGINNING, &self.ports.ambient),
        };
        self.insert_alone(&new).await?;
        Ok(())
    }

    /// The same attempt of a step starts one execution, however often it is run.
    async fn start_child(
        &self,
        ctx: &ActionContext,
        input: &Input,
    ) -> Result<Id<Execution>, NotStarted> {
        let id = child_id(ctx);
        if self.ports.store.find(ctx.owner, id).await?.is_none() {
            let (new, unit) = self.child(ctx, id, input).await?;
            self.insert_alone(&new).await?;
            unit.keep();
        }
        Ok(id)
    }

    async fn child(
        &self,
        ctx: &ActionContext,
        id: Id<Execution>,
        input: &Input,
    ) -> Result<(NewExecution, Reservation), NotStarted> {
        let depth = self.depth_of(ctx.owner, ctx.execution).await?.unwrap_or(0) + 1;
        if depth > DEEPEST {
            return Err(NotStarted::TooDeep);
        }
        let definition_id = self.named(ctx.owner, &input.workflow).await?;
        let params = input.params.clone();
        let wanted = StartExecution { definition_id, params, ..StartExecution::default() };
        let trigger =
            json!({ "kind": "workflow", "execution_id": ctx.execution, "step": ctx.step });
        let initiator = Initiator { trigger, concurrency: None, depth };
        let (new, unit) = self.planned(ctx.owner, wanted, initiator).await?;
        if input.wait {
            self.check_places(ctx, &new).await?;
        }
        let parent = input.wait.then_some(ctx.execution);
        Ok((NewExecution { id, parent, ..new }, unit))
    }

    /// Those who wait for the new execution, one of the other, keep their places meanwhile. Had they
    /// all of its key, it would never start.
    async fn check_places(
        &self,
        ctx: &ActionContext,
        new: &NewExecution,
    ) -> Result<(), NotStarted> {
        let Some((key, limit)) = &new.concurrency else { return Ok(()) };
        let (mut held, mut next) = (0, Some(ctx.execution));
        while let Some(id) = next {
            let Some(row) = self.ports.store.find(ctx.owner, id).await? else { break };
            held += u32::from(row.concurrency.is_some_and(|(own, _)| own == *key));
            next = row.parent;
        }
        if held >= *limit { Err(NotStarted::HeldUp) } else { Ok(()) }
    }

    /// How many executions led to this one; `None` when it is gone.
    pub async fn depth_of(
        &self,
        owner: Owner,
        id: Id<Execution>,
    ) -> Result<Option<u32>, ExecutionsError> {
        Ok(self.ports.store.find(owner, id).await?.map(|row| row.depth))
    }

    async fn named(&self, owner: Owner, workflow: &str) -> Result<Uuid, ExecutionsError> {
        if let Ok(id) = workflow.parse() {
            return Ok(id);
        }
        let found = self.ports.definitions.named(owner, workflow).await?;
        found.ok_or(ExecutionsError::NoDefinition)
    }
}

/// Why there is no execution that the step would wait for.
enum NotStarted {
    TooDeep,
    /// It would wait for a place that is kept by who waits for it.
    HeldUp,
    Refused(ExecutionsError),
}

impl<E: Into<ExecutionsError>> From<E> for NotStarted {
    fn from(error: E) -> Self {
        Self::Refused(error.into())
    }
}

impl From<NotStarted> for ActionError {
    fn from(error: NotStarted) -> Self {
        match error {
            NotStarted::TooDeep => {
                let message = format!("executions start executions more than {DEEPEST} deep");
                Self::permanent("TOO_DEEP", message)
            }
            NotStarted::HeldUp => {
                let message = "the runs that would wait for it hold all places of its concurrency";
                Self::permanent("WAITS_FOR_ITSELF", message)
            }
            NotStarted::Refused(error) => refused(&error),
        }
    }
}

impl NotStarted {
    /// The step can do nothing about it, and by and by it may pass.
    fn is_ours(&self) -> bool {
        let Self::Refused(error) = self else { return false };
        matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Bug)
    }
}

/// A database that is away is no failure of the step: it is waited for, as an append waits for it.
struct Patience {
    pause: Duration,
    waited: Duration,
}

impl Patience {
    const fn new() -> Self {
        Self { pause: PAUSE, waited: Duration::ZERO }
    }

    /// Returns when it is time to try again.
    async fn bear(&mut self, ctx: &ActionContext, error: NotStarted) -> Result<(), ActionError> {
        if !error.is_ours() || self.waited >= PATIENCE {
            return Err(error.into());
        }
        tokio::select! {
            () = ctx.cancel.cancelled() => return Err(ActionError::cancelled()),
            () = tokio::time::sleep(self.pause) => self.waited += self.pause,
        }
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        Ok(())
    }
}

/// Made of the step's idempotency key and the attempt; its time is that of the parent, so that it
/// stands among ids of that time.
fn child_id(ctx: &ActionContext) -> Id<Execution> {
    let hash = blake3::hash(format!("{}/{}", ctx.idempotency_key, ctx.attempt).as_bytes());
    let mut bytes = ctx.execution.uuid().into_bytes();
    bytes[6..].copy_from_slice(&hash.as_bytes()[..10]);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    Uuid::from_bytes(bytes).into()
}

/// What the caller can do nothing about may pass.
fn refused(error: &ExecutionsError) -> ActionError {
    let (code, message) = (error.code(), error.text().of(Locale::En).to_owned());
    let refused = match error {
        ExecutionsError::NoDefinition | ExecutionsError::Params(_) => {
            ActionError::permanent(code, message)
        }
        _ => ActionError::retryable(code, message),
    };
    refused.with_details(error.details())
}
