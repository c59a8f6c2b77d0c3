//! `workflow.run`: a step starts an execution.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use shared_kernel::{
    application::{Action, ActionContext, ActionDescriptor, ActionError},
    domain::{Execution, Fault as _, Id, Locale, Owner},
};
use uuid::Uuid;

use super::{ExecutionService, ExecutionsError, Initiator, Labels, NewExecution, StartExecution};
use crate::domain::execution::{DEEPEST, Fragment, calls, idempotency_key};

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
        let id = self.executions.start_child(ctx, input).await?;
        Ok(json!({ "execution_id": id }))
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
        let started = self.executions.start_item(ctx, id, input).await;
        started.map_err(|error| refused(&error))?;
        Ok(json!({ "execution_id": id }))
    }
}

impl ExecutionService {
    /// As its step's execution, except that lists, plans and other contexts do not know it.
    async fn start_item(
        &self,
        ctx: &ActionContext,
        id: Id<Execution>,
        input: Value,
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
            fragment: Some(Fragment { step: ctx.step.clone(), input, idempotency_key }),
            created_at: self.ports.ambient.now(),
            request_id: None,
        };
        store.insert_alone(&new).await?;
        self.announce(id).await;
        Ok(())
    }

    /// The same attempt of a step starts one execution, however often it is run.
    async fn start_child(
        &self,
        ctx: &ActionContext,
        input: Input,
    ) -> Result<Id<Execution>, ActionError> {
        let id = child_id(ctx);
        let there =
            self.ports.store.find(ctx.owner, id).await.map_err(|error| refused(&error.into()))?;
        if there.is_none() {
            let new = self.child(ctx, id, input).await?;
            self.ports.store.insert_alone(&new).await.map_err(|error| refused(&error.into()))?;
            self.announce(id).await;
        }
        Ok(id)
    }

    async fn child(
        &self,
        ctx: &ActionContext,
        id: Id<Execution>,
        input: Input,
    ) -> Result<NewExecution, ActionError> {
        let found = self.depth_of(ctx.owner, ctx.execution).await;
        let depth = found.map_err(|error| refused(&error))?.unwrap_or(0) + 1;
        if depth > DEEPEST {
            let message = format!("executions start executions more than {DEEPEST} deep");
            return Err(ActionError::permanent("TOO_DEEP", message));
        }
        let definition_id = self.named(ctx.owner, &input.workflow).await?;
        let wanted =
            StartExecution { definition_id, params: input.params, ..StartExecution::default() };
        let trigger =
            json!({ "kind": "workflow", "execution_id": ctx.execution, "step": ctx.step });
        let initiator = Initiator { trigger, concurrency: None, depth };
        let planned = self.planned(ctx.owner, wanted, initiator).await;
        let new = planned.map_err(|error| refused(&error))?;
        Ok(NewExecution { id, parent: input.wait.then_some(ctx.execution), ..new })
    }

    /// How many executions led to this one; `None` when it is gone.
    pub async fn depth_of(
        &self,
        owner: Owner,
        id: Id<Execution>,
    ) -> Result<Option<u32>, ExecutionsError> {
        Ok(self.ports.store.find(owner, id).await?.map(|row| row.depth))
    }

    async fn named(&self, owner: Owner, workflow: &str) -> Result<Uuid, ActionError> {
        if let Ok(id) = workflow.parse() {
            return Ok(id);
        }
        let found = self.ports.definitions.named(owner, workflow).await;
        let found = found.map_err(|error| refused(&error.into()))?;
        found.ok_or_else(|| refused(&ExecutionsError::NoDefinition))
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
