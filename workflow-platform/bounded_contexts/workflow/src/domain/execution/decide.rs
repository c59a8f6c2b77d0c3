//! What follows from the events so far.

use serde_json::{Value, json};
use shared_kernel::{
    application::ActionError,
    domain::{Cost, Execution as Marker, Id, Timestamp},
};

use super::{
    Cached, Cause, Decision, Execution, ExecutionError, Finished, Hidden, JournalEvent, Phase,
    RunKey, Started, Status, StepExpanded, StepFailed, StepRun, StepSkipped, StepSucceeded,
    Stopping, WAIT_FOR, WAIT_SIGNAL, WAIT_UNTIL, WORKFLOW_RUN, WaitStarted,
    children::waits_for_it,
    machine::{CLEANUP_LIMIT, Work},
    slots::SlotState,
};
use crate::domain::{
    definition::parse_duration,
    expression::{ExpressionError, evaluate, evaluate_condition},
};

impl Execution {
    /// What is to be done now. Deciding twice without an event between gives nothing new.
    pub fn decide(&mut self, now: Timestamp) -> Decision {
        let mut decision = Decision::default();
        self.scope.now = now;
        if self.finished.is_none() {
            self.begin(now, &mut decision);
            self.keep_time(now, &mut decision);
            self.go_on(now, &mut decision);
        }
        decision.finished = self.finished;
        decision.stop_running = self.stop.is_some() && self.group().halted;
        if decision.stop_running {
            let from = decision.cancel.len();
            decision.cancel.extend(self.called());
            decision.cancel[from..].sort_unstable();
        }
        let group = self.group();
        let awaits = group.calling > 0 || (group.awaiting > 0 && !group.halted);
        decision.awaits_letter = self.finished.is_none() && awaits;
        decision.wake_at = self.wake_at(now);
        decision
    }

    fn group(&self) -> &super::groups::Group {
        &self.groups[self.phase.index()]
    }

    pub(super) fn record(
        &mut self,
        event: impl Into<JournalEvent>,
        now: Timestamp,
        to: &mut Decision,
    ) {
        let event = event.into();
        self.apply(&event, now);
        to.record.push(event);
    }

    fn begin(&mut self, now: Timestamp, decision: &mut Decision) {
        if self.started_at.is_none() && self.stop.is_none() {
            self.record(Started {}, now, decision);
        }
    }

    /// When the whole run, or the cleaning up after it was stopped, has taken long enough.
    fn time_limit(&self) -> Option<(Timestamp, Cause)> {
        match self.stop {
            None if self.phase == Phase::Main => {
                let limit = self.definition.timeout?;
                Some((self.round_since?.plus(limit), Cause::TimedOut))
            }
            // Who was waited for, another execution perhaps, had a cleaning up of its own.
            Some(stop) if !self.group().halted => {
                let since = self.main_quiet_at.map_or(stop.at, |quiet| quiet.max(stop.at));
                Some((since.plus(CLEANUP_LIMIT), stop.cause))
            }
            _ => None,
        }
    }

    fn keep_time(&mut self, now: Timestamp, decision: &mut Decision) {
        self.leave_finished_phases();
        if let Some((limit, cause)) = self.time_limit()
            && limit <= now
        {
            self.record(Stopping { cause, phase: self.phase }, now, decision);
        }
    }

    fn go_on(&mut self, now: Timestamp, decision: &mut Decision) {
        if self.stop.is_some() && self.started_at.is_none() {
            return self.finish(now, decision);
        }
        loop {
            while self.work_once(now, decision) {}
            if !self.group().is_over() {
                return;
            }
            if self.phase == Phase::Finally {
                self.close(Phase::Finally);
                return self.finish(now, decision);
            }
            // What is waited for may have used up the time to clean up.
            self.keep_time(now, decision);
        }
    }

    /// Moves on past phases that are over or do not apply, up to the last. What runs is waited
    /// for even when its phase does not apply any more.
    pub(super) fn leave_finished_phases(&mut self) {
        while let Some(next) = self.phase.next() {
            let group = self.group();
            if group.in_flight > 0 || (!group.is_over() && self.applies(self.phase)) {
                return;
            }
            self.close(self.phase);
            self.phase = next;
        }
    }

    fn applies(&self, phase: Phase) -> bool {
        let cause = self.stop.map(|stop| stop.cause);
        match phase {
            Phase::Main | Phase::Finally => true,
            Phase::OnFailure => match cause {
                Some(Cause::Cancelled) => false,
                Some(Cause::TimedOut) => true,
                None => self.groups[Phase::Main.index()].failure.is_some(),
            },
        }
    }

    /// One pass over what became possible; answers whether there may be more.
    fn work_once(&mut self, now: Timestamp, decision: &mut Decision) -> bool {
        if self.child_answered(now, decision) {
            return true;
        }
        if self.group().halted {
            return false;
        }
        let answered = self.answer_one(now, decision);
        let fired = self.fire_timer(now, decision);
        if self.group().halted {
            return false;
        }
        let ready = self.groups[self.phase.index()].ready.pop_front();
        if let Some(node) = ready {
            self.look_at(node, now, decision);
        }
        let open = self.groups[self.phase.index()].open.pop_front();
        if let Some(node) = open {
            self.start_items(node, now, decision);
        }
        answered || fired || ready.is_some() || open.is_some()
    }

    fn fire_timer(&mut self, now: Timestamp, decision: &mut Decision) -> bool {
        let Some(&(at, key)) = self.timers.first().filter(|(at, _)| *at <= now) else {
            return false;
        };
        self.timers.pop_first();
        let Some(slot) = self.slots(key).and_then(|slots| slots.slot(key.slot)) else {
            return true;
        };
        match slot.state {
            SlotState::Retrying(due) if due == at => {
                if let Some(slots) = self.slots(key) {
                    slots.again(key.slot);
                }
                self.queue(key.node);
            }
            SlotState::Waiting { since, until } if until == at => {
                let done = StepSucceeded {
                    step: self.step(key.node).id.to_string(),
                    item: self.item_of(key),
                    attempt: 1,
                    started_at: since,
                    input: None,
                    output: json!({ "until": until }),
                    cached: false,
                    cost: Cost::default(),
                };
                self.record(done, now, decision);
            }
            SlotState::Awaiting { since, until } if until == Some(at) => {
                let event = self.unanswered(key, since);
                self.record(event, now, decision);
            }
            SlotState::Calling(call) if call.until == Some(at) => {
                self.call_timed_out(key, call, now, decision);
            }
            _ => {}
        }
        true
    }

    /// Asks a step's condition and unfolds its `for_each`.
    fn look_at(&mut self, node: usize, now: Timestamp, decision: &mut Decision) {
        if !matches!(self.nodes[node].work, Work::Untouched) {
            return;
        }
        self.scope.item = None;
        self.scope.index = None;
        let step = self.step(node);
        let id = step.id.to_string();
        let wanted = step
            .condition
            .as_deref()
            .map_or(Ok(true), |condition| evaluate_condition(condition, &self.scope));
        let items = step.for_each.as_ref().map(|list| evaluate(list, &self.scope)).transpose();
        match (wanted, items) {
            (Ok(false), _) => self.record(StepSkipped { step: id }, now, decision),
            (Err(error), _) => self.refuse(node, "if", &error, now, decision),
            (Ok(true), Err(error)) => self.refuse(node, "for_each", &error, now, decision),
            (Ok(true), Ok(None)) => self.open(node, None),
            (Ok(true), Ok(Some(Value::Array(items)))) => {
                self.record(StepExpanded { step: id, items }, now, decision);
            }
            (Ok(true), Ok(Some(other))) => {
                let error = ActionError::permanent("FOR_EACH_NOT_A_LIST", "for_each gave no list")
                    .with_details(json!({ "got": kind_of(&other) }));
                self.give_up(RunKey { node, slot: 0 }, error, now, decision);
            }
        }
    }

    fn start_items(&mut self, node: usize, now: Timestamp, decision: &mut Decision) {
        let most = self.step(node).max_parallel.max(1);
        if let Work::Open { queued, .. } = &mut self.nodes[node].work {
            *queued = false;
        }
        loop {
            let Work::Open { slots, .. } = &mut self.nodes[node].work else { return };
            if slots.active >= most || self.groups[self.phase.index()].halted {
                return;
            }
            let Some(slot) = slots.next() else { return };
            self.start(RunKey { node, slot }, now, decision);
        }
    }

    fn start(&mut self, key: RunKey, now: Timestamp, decision: &mut Decision) {
        let Some(slots) = self.slots(key) else { return };
        let at = usize::try_from(key.slot).unwrap_or(usize::MAX);
        let item = slots.items.as_ref().and_then(|items| items.get(at)).cloned();
        let index = slots.items.is_some().then_some(key.slot);
        self.scope.item = item;
        self.scope.index = index;
        match evaluate(&self.step(key.node).with, &self.scope) {
            Err(error) => self.refuse_item(key, "with", &error, now, decision),
            Ok(input) => self.begin_run(key, input, now, decision),
        }
    }

    fn begin_run(&mut self, key: RunKey, input: Value, now: Timestamp, decision: &mut Decision) {
        match self.step(key.node).uses.as_str() {
            WAIT_FOR => self.wait_for(key, &input, now, decision),
            WAIT_UNTIL => self.wait_until(key, &input, now, decision),
            WAIT_SIGNAL => self.await_signal(key, &input, now, decision),
            _ => {
                let cache = match self.cache_of(key) {
                    Ok(cache) => cache,
                    Err(error) => return self.refuse_item(key, "cache", &error, now, decision),
                };
                self.turn(key, SlotState::Running);
                let hidden = self.hidden_of(key);
                let run = StepRun { hidden, cache, ..self.run_of(key, input) };
                decision.run.push(run);
            }
        }
    }

    /// The scope is that of the item.
    fn hidden_of(&self, key: RunKey) -> Option<Box<Hidden>> {
        let step = self.step(key.node);
        (!step.secrets.is_empty()).then(|| {
            let (template, secrets) = (step.with.clone(), step.secrets.clone());
            Box::new(Hidden { template, scope: self.scope.clone(), secrets })
        })
    }

    /// The scope is that of the item.
    fn cache_of(&self, key: RunKey) -> Result<Option<Cached>, ExpressionError> {
        let step = self.step(key.node);
        let Some(policy) = &step.cache else { return Ok(None) };
        let own = evaluate(&policy.key, &self.scope)?;
        if own.is_null() {
            return Ok(None);
        }
        let name = json!([self.definition.name, step.id.as_str(), step.uses, own]);
        let key = blake3::hash(name.to_string().as_bytes()).to_hex().to_string();
        Ok(Some(Cached { key, ttl: policy.ttl }))
    }

    pub(super) fn item_of(&self, key: RunKey) -> Option<u32> {
        match &self.nodes[key.node].work {
            Work::Open { slots, .. } => slots.items.is_some().then_some(key.slot),
            Work::Untouched | Work::Settled | Work::Broken(_) => None,
        }
    }

    fn run_of(&mut self, key: RunKey, input: Value) -> StepRun {
        let item = self.item_of(key);
        let slot = self.slots(key).and_then(|slots| slots.slot(key.slot));
        let attempt = slot.as_ref().map_or(1, |slot| slot.failed_attempts + 1);
        let records = slot.and_then(|slot| slot.records.as_ref());
        let records = records.map(|records| records.list.clone()).unwrap_or_default();
        let step = self.step(key.node);
        let mut place = item.map_or_else(|| "-".to_owned(), |item| item.to_string());
        // What cleans up runs anew in each round, though it may have succeeded before; and an
        // execution that was started and failed is not taken up again, another one is started.
        let calls = step.spread || (step.uses == WORKFLOW_RUN && waits_for_it(&input));
        let anew = self.plan.steps[key.node].phase != Phase::Main
            || step.uses == WORKFLOW_RUN
            || step.spread;
        if self.round > 0 && anew {
            place = format!("{place}/{}", self.round);
        }
        StepRun {
            key,
            step: step.id.to_string(),
            item,
            uses: step.uses.clone(),
            attempt,
            calls,
            spread: step.spread,
            cache: None,
            hidden: None,
            input,
            idempotency_key: match &self.fragment {
                Some(item) => item.idempotency_key.clone(),
                None => idempotency_key(self.identity.id, step.id.as_str(), &place),
            },
            // An item elsewhere is timed there.
            timeout: step.timeout.filter(|_| !step.spread),
            records,
        }
    }

    fn wait_for(&mut self, key: RunKey, input: &Value, now: Timestamp, decision: &mut Decision) {
        let text = input.get("duration").and_then(Value::as_str).unwrap_or_default();
        let Ok(duration) = parse_duration(text) else {
            let error = ActionError::invalid_input("duration", "is not a duration such as 90s");
            return self.give_up(key, error, now, decision);
        };
        self.wait(key, now.plus(duration), now, decision);
    }

    fn wait_until(&mut self, key: RunKey, input: &Value, now: Timestamp, decision: &mut Decision) {
        let text = input.get("at").and_then(Value::as_str).unwrap_or_default();
        if let Ok(until) = text.parse() {
            self.wait(key, until, now, decision);
        } else {
            let message = "is not an instant such as 2026-12-01T08:00:00+08:00";
            self.give_up(key, ActionError::invalid_input("at", message), now, decision);
        }
    }

    fn wait(&mut self, key: RunKey, until: Timestamp, now: Timestamp, decision: &mut Decision) {
        let (step, item) = (self.step(key.node).id.to_string(), self.item_of(key));
        self.record(WaitStarted { step, item, until }, now, decision);
    }

    fn refuse(
        &mut self,
        node: usize,
        place: &str,
        error: &ExpressionError,
        now: Timestamp,
        decision: &mut Decision,
    ) {
        let error = ActionError::permanent("EXPRESSION_FAILED", format!("{place}: {error}"));
        self.give_up(RunKey { node, slot: 0 }, error, now, decision);
    }

    fn refuse_item(
        &mut self,
        key: RunKey,
        place: &str,
        error: &ExpressionError,
        now: Timestamp,
        decision: &mut Decision,
    ) {
        let error = ActionError::permanent("EXPRESSION_FAILED", format!("{place}: {error}"));
        self.give_up(key, error, now, decision);
    }

    /// Fails a run that never reached its action.
    pub(super) fn give_up(
        &mut self,
        key: RunKey,
        error: ActionError,
        now: Timestamp,
        decision: &mut Decision,
    ) {
        let failed = StepFailed {
            step: self.step(key.node).id.to_string(),
            item: self.item_of(key),
            attempt: 1,
            started_at: now,
            input: None,
            error,
            retry_at: None,
            cost: Cost::default(),
        };
        self.record(failed, now, decision);
    }

    fn finish(&mut self, now: Timestamp, decision: &mut Decision) {
        let failure = self.groups.iter_mut().find_map(|group| group.failure.take());
        let cause = self.stop.map(|stop| stop.cause);
        let (status, error) = match (cause, failure) {
            (Some(Cause::Cancelled), _) => (Status::Cancelled, None),
            (Some(Cause::TimedOut), _) => {
                let error = ExecutionError::of_run("TIMED_OUT", "the run took too long");
                (Status::TimedOut, Some(error))
            }
            (None, Some(failure)) => (Status::Failed, Some(failure)),
            (None, None) => (Status::Succeeded, None),
        };
        let finished = match (status, self.outputs()) {
            (Status::Succeeded, Err(error)) => Finished {
                status: Status::Failed,
                outputs: Value::Null,
                error: Some(ExecutionError::of_run("OUTPUTS_FAILED", error.to_string())),
            },
            (_, outputs) => Finished { status, outputs: outputs.unwrap_or_default(), error },
        };
        self.record(finished, now, decision);
    }

    fn outputs(&mut self) -> Result<Value, ExpressionError> {
        self.scope.item = None;
        self.scope.index = None;
        let mut outputs = serde_json::Map::new();
        for (name, template) in &self.definition.outputs {
            outputs.insert(name.clone(), evaluate(template, &self.scope)?);
        }
        Ok(Value::Object(outputs))
    }

    fn wake_at(&self, now: Timestamp) -> Option<Timestamp> {
        if self.finished.is_some() {
            return None;
        }
        let timer = self.timers.first().map(|(at, _)| *at).filter(|_| !self.group().halted);
        let limit = self.time_limit().map(|(at, _)| at).filter(|at| *at > now);
        [timer, limit].into_iter().flatten().min()
    }
}

const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// What the other side of an effect may know a run of a step by; `place` is the item's number or
/// `-`.
pub fn idempotency_key(execution: Id<Marker>, step: &str, place: &str) -> String {
    format!("{execution}/{step}/{place}")
}
