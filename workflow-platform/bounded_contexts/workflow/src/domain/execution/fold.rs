//! What an event changes. The cost of one event does not grow with the steps and items done.

use std::sync::Arc;

use serde_json::Value;
use shared_kernel::{application::ActionError, domain::Timestamp};

use super::{
    Execution, ExecutionError, JournalEvent, Phase, RunKey, StepStatus, Stopping,
    machine::{Stop, Work},
    slots::{SlotState, Slots},
};
use crate::domain::expression::StepView;

impl Execution {
    /// Takes in one event of the journal. `at` is when it was written.
    pub fn apply(&mut self, event: &JournalEvent, at: Timestamp) {
        self.event_at = at;
        match event {
            JournalEvent::Created(created) => {
                self.scope.params = created.params.clone();
                self.scope.vars = created.vars.clone();
                self.scope.trigger = created.trigger.clone();
                self.fragment.clone_from(&created.fragment);
            }
            JournalEvent::Started(_) => {
                self.started_at = self.started_at.or(Some(at));
                self.round_since = self.round_since.or(Some(at));
            }
            JournalEvent::StepExpanded(body) => {
                self.at_step(&body.step, None, |this, key| {
                    this.open(key.node, Some(body.items.clone()));
                });
            }
            JournalEvent::StepSkipped(body) => {
                self.at_step(&body.step, None, |this, key| this.skip(key.node));
            }
            JournalEvent::StepStarted(_) => {}
            JournalEvent::StepRecorded(body) => {
                self.at_slot(&body.step, body.item, |this, key| {
                    if let Some(slot) = this.slots(key).and_then(|slots| slots.slot(key.slot)) {
                        slot.records.get_or_insert_default().add(&body.records);
                    }
                });
            }
            JournalEvent::WaitStarted(body) => {
                let state = SlotState::Waiting { since: at, until: body.until };
                self.at_slot(&body.step, body.item, |this, key| {
                    this.turn(key, state);
                    this.timers.insert((body.until, key));
                });
            }
            JournalEvent::SignalAwaited(body) => {
                let state = SlotState::Awaiting { since: at, until: body.until };
                self.at_slot(&body.step, body.item, |this, key| {
                    this.turn(key, state);
                    this.timers.extend(body.until.map(|until| (until, key)));
                    this.answerable.push_back(key);
                });
            }
            JournalEvent::SignalReceived(body) => {
                self.at_step(&body.step, body.item, |this, key| {
                    this.keep_signal(key, &body.signal);
                });
            }
            JournalEvent::ChildStarted(body) => self.child_started(body),
            JournalEvent::ChildEnded(body) => self.child_ended(body),
            JournalEvent::StepSucceeded(body) => {
                self.at_slot(&body.step, body.item, |this, key| this.succeed(key, &body.output));
            }
            JournalEvent::StepFailed(body) => {
                self.at_slot(&body.step, body.item, |this, key| {
                    this.fail(key, body.attempt, &body.error, body.retry_at);
                });
            }
            JournalEvent::StepCancelled(body) => {
                self.at_slot(&body.step, body.item, |this, key| {
                    this.turn(key, SlotState::Cancelled);
                    this.settle_when_done(key.node);
                });
            }
            JournalEvent::Stopping(body) => self.halt(body, at),
            JournalEvent::Finished(body) => self.finished = Some(body.status),
            JournalEvent::Retried(_) => self.take_up(at),
        }
    }

    /// Events of steps the definition does not have are passed over: they change nothing.
    pub(super) fn at_step(
        &mut self,
        step: &str,
        item: Option<u32>,
        f: impl FnOnce(&mut Self, RunKey),
    ) {
        if let Some(&node) = self.plan.by_id.get(step) {
            f(self, RunKey { node, slot: item.unwrap_or(0) });
        }
    }

    /// As `at_step`, and opens a step that runs once: its opening is not journalled.
    pub(super) fn at_slot(
        &mut self,
        step: &str,
        item: Option<u32>,
        f: impl FnOnce(&mut Self, RunKey),
    ) {
        self.at_step(step, item, |this, key| {
            if item.is_none() && matches!(this.nodes[key.node].work, Work::Untouched) {
                this.open(key.node, None);
            }
            f(this, key);
        });
    }

    pub(super) fn slots(&mut self, key: RunKey) -> Option<&mut Slots> {
        match &mut self.nodes[key.node].work {
            Work::Open { slots, .. } => Some(slots),
            Work::Untouched | Work::Settled | Work::Broken(_) => None,
        }
    }

    /// Makes a step's items available.
    pub(super) fn open(&mut self, node: usize, items: Option<Vec<Value>>) {
        if !matches!(self.nodes[node].work, Work::Untouched) {
            return;
        }
        let slots = Box::new(Slots::new(items));
        self.nodes[node].work = Work::Open { slots, queued: false };
        self.queue(node);
        self.settle_when_done(node);
    }

    /// Lets the node be looked at for items to start.
    pub(super) fn queue(&mut self, node: usize) {
        let group = &mut self.groups[self.plan.steps[node].phase.index()];
        if let Work::Open { queued: queued @ false, .. } = &mut self.nodes[node].work {
            *queued = true;
            group.open.push_back(node);
        }
    }

    /// Moves a slot and keeps the counters; a free place lets the next item start.
    pub(super) fn turn(&mut self, key: RunKey, state: SlotState) {
        let Some(slots) = self.slots(key) else { return };
        let Some((before, now)) = slots.turn(key.slot, state) else { return };
        if let SlotState::Calling(call) = before {
            self.children.forget(call.execution);
        }
        let group = &mut self.groups[self.plan.steps[key.node].phase.index()];
        group.in_flight += usize::from(now.is_in_flight());
        group.in_flight -= usize::from(before.is_in_flight());
        group.calling += usize::from(now.is_calling());
        group.calling -= usize::from(before.is_calling());
        group.awaiting += usize::from(now.is_awaiting());
        group.awaiting -= usize::from(before.is_awaiting());
        let is_quiet = before.is_in_flight() && group.in_flight == 0;
        if is_quiet && self.plan.steps[key.node].phase == Phase::Main {
            self.main_quiet_at = Some(self.event_at);
        }
        if state != SlotState::Running {
            self.queue(key.node);
        }
    }

    fn succeed(&mut self, key: RunKey, output: &Value) {
        self.use_signal(key);
        if let Some(slot) = self.slots(key).and_then(|slots| slots.slot(key.slot)) {
            slot.output = Some(output.clone());
            slot.records = None;
        }
        self.turn(key, SlotState::Succeeded);
        self.settle_when_done(key.node);
    }

    fn fail(&mut self, key: RunKey, attempt: u32, error: &ActionError, again: Option<Timestamp>) {
        self.use_signal(key);
        if let Some(slot) = self.slots(key).and_then(|slots| slots.slot(key.slot)) {
            slot.failed_attempts = slot.failed_attempts.max(attempt);
        }
        if let Some(at) = again {
            self.turn(key, SlotState::Retrying(at));
            self.timers.insert((at, key));
            return;
        }
        if let Some(slots) = self.slots(key) {
            slots.first_error.get_or_insert_with(|| error.clone());
        }
        self.turn(key, SlotState::Failed);
        if self.fails_run(key.node) {
            let failure = ExecutionError::of_step(&self.step(key.node).id.to_string(), error);
            let group = &mut self.groups[self.plan.steps[key.node].phase.index()];
            group.halted = true;
            group.failure.get_or_insert(failure);
        }
        self.settle_when_done(key.node);
    }

    fn skip(&mut self, node: usize) {
        if matches!(self.nodes[node].work, Work::Untouched) {
            self.settle(node, StepStatus::Skipped);
        }
    }

    fn halt(&mut self, stopping: &Stopping, at: Timestamp) {
        self.stop.get_or_insert(Stop { cause: stopping.cause, at });
        for group in &mut self.groups[..=stopping.phase.index()] {
            group.halted = true;
        }
    }

    fn settle_when_done(&mut self, node: usize) {
        let Work::Open { slots, .. } = &self.nodes[node].work else { return };
        if slots.is_settled() {
            let status = status_of(slots);
            self.settle(node, status);
        }
    }

    /// Shows the step to expressions and lets go those that wait for it.
    fn settle(&mut self, node: usize, status: StepStatus) {
        self.show(node, status);
        let planned = &self.plan.steps[node];
        let group = &mut self.groups[planned.phase.index()];
        group.unsettled -= 1;
        for &dependant in &planned.dependants {
            let blocked_by = &mut self.nodes[dependant].blocked_by;
            *blocked_by -= 1;
            if *blocked_by == 0 {
                group.ready.push_back(dependant);
            }
        }
    }

    /// Puts what is known of a step into the scope of expressions and frees the rest.
    fn show(&mut self, node: usize, status: StepStatus) {
        let work = std::mem::replace(&mut self.nodes[node].work, Work::Settled);
        let mut view = StepView { status: status.as_str().into(), ..StepView::default() };
        if let Work::Open { mut slots, .. } = work {
            view.error = error_value(slots.first_error.as_ref());
            let broken = matches!(status, StepStatus::Failed | StepStatus::Cancelled);
            let mut outputs = if broken { slots.outputs() } else { slots.take_outputs() };
            if slots.items.is_some() {
                view.outputs = outputs;
            } else {
                view.output = outputs.pop().unwrap_or_default();
            }
            if broken {
                self.nodes[node].work = Work::Broken(slots);
            }
        }
        let id = self.step(node).id.to_string();
        self.scope.steps.insert(id, Arc::new(view));
    }

    /// Ends a group that is over: steps that never settled get the status they are left in.
    pub(super) fn close(&mut self, phase: Phase) {
        let steps = &self.plan.steps;
        self.timers.retain(|(_, key)| steps[key.node].phase != phase);
        for node in 0..self.nodes.len() {
            if self.plan.steps[node].phase != phase {
                continue;
            }
            match &self.nodes[node].work {
                Work::Settled | Work::Broken(_) => {}
                Work::Untouched => {
                    self.show(node, StepStatus::Skipped);
                    self.nodes[node].work = Work::Untouched;
                }
                Work::Open { slots, .. } => {
                    let status = left_in(slots);
                    self.show(node, status);
                }
            }
        }
    }
}

fn status_of(slots: &Slots) -> StepStatus {
    if slots.failed > 0 {
        StepStatus::Failed
    } else if slots.cancelled > 0 {
        StepStatus::Cancelled
    } else {
        StepStatus::Succeeded
    }
}

fn left_in(slots: &Slots) -> StepStatus {
    if slots.failed > 0 { StepStatus::Failed } else { StepStatus::Cancelled }
}

fn error_value(error: Option<&ActionError>) -> Value {
    error.and_then(|error| serde_json::to_value(error).ok()).unwrap_or_default()
}
