//! Executions that steps start: `workflow.run`.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared_kernel::{
    application::{ActionDescriptor, ActionError},
    domain::{Cost, Execution as Marker, Id, Timestamp},
};

use super::{
    ChildEnded, ChildStarted, Decision, Execution, RunKey, RunOutcome, Status, StepSucceeded,
    fragment::OUTPUT,
    slots::{Call, SlotState},
    snapshot::pairs,
};

pub const WORKFLOW_RUN: &str = "workflow.run";
/// How deep executions may start executions.
pub const DEEPEST: u32 = 16;

/// Executions that steps started.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Children {
    /// Which run waits for which.
    #[serde(with = "pairs")]
    calls: HashMap<Id<Marker>, RunKey>,
    /// Ends that were told and that no run has taken yet.
    #[serde(with = "pairs")]
    ends: HashMap<Id<Marker>, ChildEnded>,
    /// Executions whose end a run may take.
    answerable: VecDeque<Id<Marker>>,
}

impl Children {
    /// Its run waits for it no more.
    pub fn forget(&mut self, child: Id<Marker>) {
        self.calls.remove(&child);
        self.ends.remove(&child);
    }
}

impl Execution {
    pub(super) fn child_started(&mut self, body: &ChildStarted) {
        let call = Call {
            execution: body.execution,
            attempt: body.attempt,
            since: body.started_at,
            until: body.until,
        };
        self.at_slot(&body.step, body.item, |this, key| {
            this.turn(key, SlotState::Calling(call));
            this.timers.extend(body.until.map(|until| (until, key)));
            this.children.calls.insert(call.execution, key);
            this.children.answerable.push_back(call.execution);
        });
    }

    pub(super) fn child_ended(&mut self, body: &ChildEnded) {
        self.children.ends.insert(body.execution, body.clone());
        self.children.answerable.push_back(body.execution);
    }

    /// Executions that steps of the present phase wait for.
    pub(super) fn called(&self) -> impl Iterator<Item = Id<Marker>> {
        let of_phase = |key: &RunKey| self.plan.steps[key.node].phase == self.phase;
        let calls = self.children.calls.iter().filter(move |(_, key)| of_phase(key));
        calls.filter(|(child, key)| self.call(**key, **child).is_some()).map(|(child, _)| *child)
    }

    fn call(&self, key: RunKey, child: Id<Marker>) -> Option<Call> {
        match self.peek(key)?.state {
            SlotState::Calling(call) if call.execution == child => Some(call),
            _ => None,
        }
    }

    /// Hands the end of one execution to the run that waits for it.
    pub(super) fn child_answered(&mut self, now: Timestamp, decision: &mut Decision) -> bool {
        let Some(child) = self.children.answerable.pop_front() else { return false };
        let key = self.children.calls.get(&child).copied();
        let call = key.and_then(|key| Some((key, self.call(key, child)?)));
        if let Some((key, call)) = call
            && let Some(end) = self.children.ends.remove(&child)
        {
            self.children.calls.remove(&child);
            self.take_end(key, call, &end, now, decision);
        }
        true
    }

    fn take_end(
        &mut self,
        key: RunKey,
        call: Call,
        end: &ChildEnded,
        now: Timestamp,
        decision: &mut Decision,
    ) {
        let spread = self.step(key.node).spread;
        if end.status == Status::Succeeded {
            let (step, item) = (self.step(key.node).id.to_string(), self.item_of(key));
            let output = if spread { end.outputs[OUTPUT].clone() } else { outcome(call, end) };
            let (attempt, started_at) = (call.attempt, call.since);
            let done = StepSucceeded {
                step,
                item,
                attempt,
                started_at,
                input: None,
                output,
                cached: false,
                cost: Cost::default(),
            };
            return self.record(done, now, decision);
        }
        let error = if spread { failure_of_item(end) } else { failure_of_workflow(call, end) };
        self.call_failed(key, call, error, now, decision);
    }

    pub(super) fn call_timed_out(
        &mut self,
        key: RunKey,
        call: Call,
        now: Timestamp,
        decision: &mut Decision,
    ) {
        decision.cancel.push(call.execution);
        self.children.calls.remove(&call.execution);
        let message = "the workflow that was run took longer than the step may";
        let error = ActionError::retryable("TIMED_OUT", message)
            .with_details(json!({ "execution_id": call.execution }));
        self.call_failed(key, call, error, now, decision);
    }

    fn call_failed(
        &mut self,
        key: RunKey,
        call: Call,
        error: ActionError,
        now: Timestamp,
        decision: &mut Decision,
    ) {
        let run = RunOutcome {
            key,
            step: self.step(key.node).id.to_string(),
            item: self.item_of(key),
            attempt: call.attempt,
            started_at: call.since,
            ended_at: now,
            input: None,
        };
        // Random enough to spread back-offs, and the same whoever decides.
        let [.., last] = call.execution.uuid().into_bytes();
        let failed = self.failed(&run, error, f64::from(last) / 256.0);
        self.record(failed, now, decision);
    }
}

fn outcome(call: Call, end: &ChildEnded) -> Value {
    json!({ "execution_id": call.execution, "status": end.status, "outputs": end.outputs })
}

fn failure_of_workflow(call: Call, end: &ChildEnded) -> ActionError {
    let error = ActionError::retryable("CHILD_FAILED", "the workflow that was run did not succeed");
    error.with_details(json!({
        "execution_id": call.execution,
        "status": end.status,
        "error": end.error,
    }))
}

/// As if it had failed here; its attempts are used up there.
fn failure_of_item(end: &ChildEnded) -> ActionError {
    match &end.error {
        Some(error) => ActionError::permanent(error.code.clone(), error.message.clone()),
        None => ActionError::permanent("ITEM_CANCELLED", "the item was cancelled"),
    }
}

/// Whether the step that is given this input waits for the execution it starts.
pub(super) fn waits_for_it(input: &Value) -> bool {
    input.get("wait").and_then(Value::as_bool).unwrap_or(true)
}

/// How `workflow.run` presents itself.
pub fn calls() -> ActionDescriptor {
    ActionDescriptor {
        name: WORKFLOW_RUN.to_owned(),
        title: "Run a workflow".to_owned(),
        description: "Runs another of your workflows and waits for its end, holding neither \
                      memory nor a thread; it is cancelled along with this run. With `wait: false` \
                      it goes its own way."
            .to_owned(),
        input_schema: json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["workflow"],
            "properties": {
                "workflow": { "type": "string", "description": "Name or id." },
                "params": { "type": "object" },
                "wait": { "type": "boolean", "default": true },
            },
        }),
        output_schema: json!({
            "type": "object",
            "required": ["execution_id"],
            "properties": {
                "execution_id": { "type": "string", "format": "uuid" },
                "status": { "const": "succeeded" },
                "outputs": { "type": "object" },
            },
        }),
    }
}
