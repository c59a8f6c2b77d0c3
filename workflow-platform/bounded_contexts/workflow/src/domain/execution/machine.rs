//! The state of one execution and what the driver asks of it.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    fmt,
    sync::Arc,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared_kernel::{
    application::{ActionError, ActionFailure, StepRecord},
    domain::{Cost, Execution as ExecutionMarker, Id, Owner, Timestamp},
};

use super::{
    Cause, Fragment, JournalEvent, Phase, Signal, Status, StepFailed, StepRecorded, Stopping,
    children::Children,
    groups::{Group, Plan, steps_of},
    slots::{Slot, Slots},
};
use crate::domain::{
    definition::{Definition, OnError, Step},
    expression::{Scope, Template},
};

/// How long `on_failure` and `finally` may take after a run was cancelled or timed out.
pub const CLEANUP_LIMIT: Duration = Duration::from_mins(15);

/// Who and what an execution is, as far as expressions see it.
#[derive(Debug, Clone)]
pub struct Identity {
    pub id: Id<ExecutionMarker>,
    pub owner: Owner,
    /// `user` in expressions, such as `{"id", "email"}`.
    pub user: Value,
    /// The definition's version.
    pub version: u32,
}

/// One run of a step: the step's number and, with `for_each`, the item's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunKey {
    pub(super) node: usize,
    pub(super) slot: u32,
}

/// A step to be run now.
#[derive(Debug, Clone)]
pub struct StepRun {
    pub key: RunKey,
    pub step: String,
    pub item: Option<u32>,
    pub uses: String,
    /// From 1; a run that was cut off does not count.
    pub attempt: u32,
    pub input: Value,
    /// The same for every attempt and after every take-over.
    pub idempotency_key: String,
    /// What it starts is waited for.
    pub calls: bool,
    /// It is started as an execution of its own.
    pub spread: bool,
    /// Its input has secrets in it: `input` shows masks in their place.
    pub hidden: Option<Box<Hidden>>,
    /// Under which its result may be there already, and is kept.
    pub cache: Option<Cached>,
    pub timeout: Option<Duration>,
    /// What earlier attempts recorded.
    pub records: Arc<Vec<StepRecord>>,
}

/// An input to be worked out anew where the secrets are at hand.
#[derive(Debug, Clone)]
pub struct Hidden {
    pub template: Template,
    pub scope: Scope,
    /// Names of those that it uses.
    pub secrets: Vec<String>,
}

/// Where a result is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cached {
    /// Unique among the user's: made of the workflow, the step, what it uses and its own key.
    pub key: String,
    pub ttl: Duration,
}

/// What follows from the events so far. The driver journals `record` first, then runs `run`.
#[derive(Debug, Default)]
pub struct Decision {
    /// Events already applied to the machine, to be journalled in this order.
    pub record: Vec<JournalEvent>,
    pub run: Vec<StepRun>,
    /// Everything that runs now must be told to stop.
    pub stop_running: bool,
    /// The earliest time at which deciding again gives something new.
    pub wake_at: Option<Timestamp>,
    /// A signal, or the end of an execution that a step started, would give something new.
    pub awaits_letter: bool,
    /// Executions that steps started and that nobody waits for any more; to be told before
    /// `record` is journalled.
    pub cancel: Vec<Id<ExecutionMarker>>,
    /// Set once the execution is over.
    pub finished: Option<Status>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Stop {
    pub cause: Cause,
    pub at: Timestamp,
}

/// A step of this execution.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Node {
    /// Needs that have not settled.
    pub blocked_by: usize,
    pub work: Work,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Work {
    /// Its condition was not asked yet.
    Untouched,
    Open {
        slots: Box<Slots>,
        /// Stands in its group's queue of open nodes.
        queued: bool,
    },
    Settled,
    /// Settled without success; a retry of the execution goes on with what is missing.
    Broken(Box<Slots>),
}

/// One run of a workflow, folded from its journal.
pub struct Execution {
    pub(super) definition: Arc<Definition>,
    pub(super) identity: Identity,
    pub(super) plan: Plan,
    pub(super) nodes: Vec<Node>,
    pub(super) groups: [Group; 3],
    pub(super) phase: Phase,
    pub(super) scope: Scope,
    pub(super) timers: BTreeSet<(Timestamp, RunKey)>,
    /// Signals that nobody has taken yet.
    pub(super) signals: HashMap<RunKey, VecDeque<Signal>>,
    /// Runs that may have a signal to take.
    pub(super) answerable: VecDeque<RunKey>,
    /// The item that this execution is, which has its key from elsewhere.
    pub(super) fragment: Option<Fragment>,
    /// What became of executions that steps started.
    pub(super) children: Children,
    pub(super) started_at: Option<Timestamp>,
    /// Since when the present round runs.
    pub(super) round_since: Option<Timestamp>,
    /// How often it was taken up again.
    pub(super) round: u32,
    pub(super) stop: Option<Stop>,
    /// When the event at hand was written.
    pub(super) event_at: Timestamp,
    /// When the last of what the main steps had under way came to its end.
    pub(super) main_quiet_at: Option<Timestamp>,
    pub(super) finished: Option<Status>,
}

impl Execution {
    /// An execution of which no event was applied yet.
    pub fn new(definition: Arc<Definition>, identity: Identity) -> Self {
        let plan = Plan::of(&definition);
        let mut groups: [Group; 3] = Default::default();
        let mut nodes = Vec::with_capacity(plan.steps.len());
        for (node, step) in plan.steps.iter().enumerate() {
            let group = &mut groups[step.phase.index()];
            group.unsettled += 1;
            if step.needs == 0 {
                group.ready.push_back(node);
            }
            nodes.push(Node { blocked_by: step.needs, work: Work::Untouched });
        }
        let scope = Scope {
            user: identity.user.clone(),
            execution: json!({
                "id": identity.id,
                "definition_name": definition.name,
                "version": identity.version,
            }),
            ..Scope::default()
        };
        Self {
            definition,
            identity,
            plan,
            nodes,
            groups,
            phase: Phase::Main,
            scope,
            timers: BTreeSet::new(),
            signals: HashMap::new(),
            answerable: VecDeque::new(),
            fragment: None,
            children: Children::default(),
            started_at: None,
            round_since: None,
            round: 0,
            stop: None,
            event_at: Timestamp::default(),
            main_quiet_at: None,
            finished: None,
        }
    }

    pub fn definition(&self) -> &Arc<Definition> {
        &self.definition
    }

    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What its expressions see.
    pub fn into_scope(self) -> Scope {
        Scope { item: None, index: None, ..self.scope }
    }

    /// How it ended, if it did.
    pub fn finished(&self) -> Option<Status> {
        self.finished
    }

    /// Runs handed out and not answered.
    pub fn in_flight(&self) -> usize {
        self.groups.iter().map(|group| group.in_flight).sum()
    }

    /// The event of a wish to stop; `None` when there is nothing left to stop.
    pub fn stopping(&mut self, cause: Cause) -> Option<JournalEvent> {
        self.leave_finished_phases();
        let halted = self.groups[self.phase.index()].halted && self.stop.is_some();
        (self.finished.is_none() && !halted).then(|| Stopping { cause, phase: self.phase }.into())
    }

    /// The event of a failed attempt. `random` in `0.0..1.0` spreads the back-off.
    pub fn failed(&self, run: &RunOutcome, error: ActionError, random: f64) -> StepFailed {
        let retry_at = self.retry_at(run, &error, random);
        StepFailed {
            step: run.step.clone(),
            item: run.item,
            attempt: run.attempt,
            started_at: run.started_at,
            input: run.input.clone(),
            error,
            retry_at,
            cost: Cost::default(),
        }
    }

    fn retry_at(&self, run: &RunOutcome, error: &ActionError, random: f64) -> Option<Timestamp> {
        let phase = self.plan.steps[run.key.node].phase;
        let policy = &self.step(run.key.node).retry;
        let again = error.failure == ActionFailure::Retryable
            && run.attempt < policy.max_attempts
            && !self.groups[phase.index()].halted;
        let due = run.ended_at.plus(policy.delay(run.attempt, random));
        again.then(|| error.retry_at.map_or(due, |earliest| earliest.max(due)))
    }

    /// The event of checkpoints; `None` when all of them are known already.
    pub fn recorded(&self, run: &StepRun, records: Vec<StepRecord>) -> Option<StepRecorded> {
        let known = self.peek(run.key).and_then(|slot| slot.records.as_deref());
        let fresh = |record: &StepRecord| known.is_none_or(|known| !known.knows(&record.key));
        let records: Vec<_> = records.into_iter().filter(fresh).collect();
        let (step, item) = (run.step.clone(), run.item);
        (!records.is_empty()).then_some(StepRecorded { step, item, records })
    }

    pub(super) fn peek(&self, key: RunKey) -> Option<&Slot> {
        match &self.nodes[key.node].work {
            Work::Open { slots, .. } => slots.peek(key.slot),
            Work::Untouched | Work::Settled | Work::Broken(_) => None,
        }
    }

    pub(super) fn step(&self, node: usize) -> &Step {
        let planned = &self.plan.steps[node];
        &steps_of(&self.definition, planned.phase)[planned.position]
    }

    pub(super) fn fails_run(&self, node: usize) -> bool {
        matches!(self.step(node).on_error, OnError::Fail)
    }
}

/// How one run of a step went, beside its result.
#[derive(Debug, Clone)]
pub struct RunOutcome {
    pub key: RunKey,
    pub step: String,
    pub item: Option<u32>,
    pub attempt: u32,
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
    /// Left out when it stands in the journal already.
    pub input: Option<Value>,
}

impl fmt::Debug for Execution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execution")
            .field("id", &self.identity.id)
            .field("phase", &self.phase)
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}
