//! Taking an execution up again that ended without success.

use shared_kernel::domain::Timestamp;

use super::{
    Execution, JournalEvent, Phase, Retried, Status, children::Children, groups::Group,
    machine::Work,
};

impl Execution {
    /// The event of somebody's wish that it goes on; `None` unless it ended without success.
    pub fn retried(&self) -> Option<JournalEvent> {
        let ended = self.finished.is_some_and(|status| status != Status::Succeeded);
        ended.then(|| Retried {}.into())
    }

    /// Keeps what succeeded or was skipped for its condition; all else is to be done.
    pub(super) fn take_up(&mut self, at: Timestamp) {
        // What was never closed, as the end came before it was looked at.
        for phase in Phase::ALL {
            self.close(phase);
        }
        self.finished = None;
        self.stop = None;
        self.main_quiet_at = None;
        self.phase = Phase::Main;
        self.round += 1;
        self.round_since = self.started_at.map(|_| at);
        self.timers.clear();
        self.answerable.clear();
        self.children = Children::default();
        self.groups = Default::default();
        for node in 0..self.nodes.len() {
            self.reopen(node);
        }
        self.count();
    }

    fn reopen(&mut self, node: usize) {
        let is_main = self.plan.steps[node].phase == Phase::Main;
        let forgiven = is_main && !self.fails_run(node);
        let work = std::mem::replace(&mut self.nodes[node].work, Work::Untouched);
        self.nodes[node].work = match work {
            _ if !is_main => Work::Untouched,
            Work::Settled => Work::Settled,
            Work::Broken(slots) if forgiven && slots.is_settled() && slots.cancelled == 0 => {
                Work::Broken(slots)
            }
            Work::Broken(mut slots) | Work::Open { mut slots, .. } => {
                slots.reopen();
                Work::Open { slots, queued: false }
            }
            Work::Untouched => Work::Untouched,
        };
        if !matches!(self.nodes[node].work, Work::Settled | Work::Broken(_)) {
            let id = self.step(node).id.to_string();
            self.scope.steps.remove(&id);
        }
    }

    /// Counts and queues what is to be done, as if the execution began with the rest settled.
    fn count(&mut self) {
        for node in &mut self.nodes {
            node.blocked_by = 0;
        }
        for (node, planned) in self.plan.steps.iter().enumerate() {
            if matches!(self.nodes[node].work, Work::Settled | Work::Broken(_)) {
                continue;
            }
            self.groups[planned.phase.index()].unsettled += 1;
            for &dependant in &planned.dependants {
                self.nodes[dependant].blocked_by += 1;
            }
        }
        for node in &mut self.nodes {
            // What it was opened with is found out anew from the steps it needs.
            if node.blocked_by > 0 && matches!(node.work, Work::Open { .. }) {
                node.work = Work::Untouched;
            }
        }
        for node in 0..self.nodes.len() {
            let group: &mut Group = &mut self.groups[self.plan.steps[node].phase.index()];
            match &self.nodes[node].work {
                Work::Untouched if self.nodes[node].blocked_by == 0 => group.ready.push_back(node),
                Work::Open { .. } => self.queue(node),
                _ => {}
            }
        }
    }
}
