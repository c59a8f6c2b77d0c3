//! Random definitions, random results, random crashes.

mod snapshots;

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};
use shared_kernel::{
    application::ActionError,
    domain::{Execution as Marker, Id, Timestamp},
};

use super::{
    Cause, ChildEnded, ChildStarted, Decision, Execution, ExecutionView, JournalEvent, RunKey,
    Signal, Status, StepRun, StepStatus, Verdict,
    tests::{at, created, failure, machine, stopped, success},
};

/// More turns than any of these definitions can need.
const TURNS: usize = 4000;

#[derive(Debug, Clone)]
struct StepPlan {
    /// Earlier steps it needs, as bits.
    needs: u8,
    items: Option<u8>,
    parallel: u8,
    attempts: u8,
    soft: bool,
    waits: Option<&'static str>,
}

fn step_plan() -> impl Strategy<Value = StepPlan> {
    let items = proptest::option::of(0_u8..5);
    let waits = prop_oneof![
        8 => Just(None),
        1 => Just(Some("wait.for")),
        1 => Just(Some("wait.signal")),
        1 => Just(Some("workflow.run")),
    ];
    (any::<u8>(), items, 1_u8..4, 1_u8..4, any::<bool>(), waits).prop_map(
        |(needs, items, parallel, attempts, soft, waits)| StepPlan {
            needs,
            items,
            parallel,
            attempts,
            soft,
            waits,
        },
    )
}

fn step(prefix: &str, index: usize, plan: &StepPlan) -> Value {
    let needs: Vec<_> = (0..index)
        .filter(|bit| plan.needs >> bit & 1 == 1)
        .map(|bit| format!("{prefix}{bit}"))
        .collect();
    let mut step = json!({
        "id": format!("{prefix}{index}"),
        "uses": plan.waits.unwrap_or("x"),
        "with": match plan.waits {
            Some("wait.for") => json!({ "duration": "30s" }),
            Some("workflow.run") => json!({ "workflow": "other" }),
            Some(_) => json!({ "timeout": "45s" }),
            None => json!({}),
        },
        "needs": needs,
        "max_parallel": plan.parallel,
        "retry": { "max_attempts": plan.attempts, "initial": "5s", "backoff": "fixed" },
        "on_error": if plan.soft { "continue" } else { "fail" },
    });
    if let Some(items) = plan.items {
        step["for_each"] = json!((0..items).collect::<Vec<_>>());
        step["spread"] = json!(plan.waits.is_none() && plan.needs & 0x80 != 0);
    }
    step
}

fn list(prefix: &str, plans: &[StepPlan]) -> Vec<Value> {
    plans.iter().enumerate().map(|(index, plan)| step(prefix, index, plan)).collect()
}

fn definition() -> impl Strategy<Value = Value> {
    let lists = (vec(step_plan(), 1..6), vec(step_plan(), 0..3), vec(step_plan(), 0..3));
    (lists, any::<bool>()).prop_map(|((main, failed, last), limited)| {
        let mut model = json!({
            "name": "random",
            "steps": list("m", &main),
            "on_failure": list("f", &failed),
            "finally": list("l", &last),
        });
        if limited {
            model["timeout"] = json!("40s");
        }
        model
    })
}

/// What the world does next.
#[derive(Debug, Clone, Copy)]
enum Turn {
    /// One of the running steps succeeds.
    Succeed(u8),
    Fail(u8),
    FailForGood(u8),
    /// Time goes by, up to the next timer.
    Wait,
    /// The process dies and another one goes on from the journal.
    Crash,
    Cancel,
    /// Somebody approves or rejects, whether or not a step waits for it.
    Signal(u8, Verdict),
    /// One of the executions that steps started is over.
    ChildEnds(u8, Status),
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        8 => any::<u8>().prop_map(Turn::Succeed),
        3 => any::<u8>().prop_map(Turn::Fail),
        1 => any::<u8>().prop_map(Turn::FailForGood),
        2 => Just(Turn::Wait),
        2 => Just(Turn::Crash),
        1 => Just(Turn::Cancel),
        2 => (any::<u8>(), prop_oneof![Just(Verdict::Approve), Just(Verdict::Reject)])
            .prop_map(|(step, verdict)| Turn::Signal(step, verdict)),
        2 => (any::<u8>(), prop_oneof![Just(Status::Succeeded), Just(Status::Failed)])
            .prop_map(|(child, status)| Turn::ChildEnds(child, status)),
    ]
}

struct World {
    model: Value,
    machine: Execution,
    journal: Vec<(JournalEvent, Timestamp)>,
    running: BTreeMap<RunKey, StepRun>,
    now: Timestamp,
    wake_at: Option<Timestamp>,
    stopping: bool,
    over: bool,
}

impl World {
    fn new(model: Value) -> Self {
        Self {
            machine: machine(&model),
            model,
            journal: vec![(created(), at(0))],
            running: BTreeMap::new(),
            now: at(0),
            wake_at: None,
            stopping: false,
            over: false,
        }
    }

    fn happen(&mut self, event: JournalEvent) {
        self.machine.apply(&event, self.now);
        self.journal.push((event, self.now));
    }

    fn view(&self) -> ExecutionView {
        let mut view = ExecutionView::new(self.machine.definition());
        for (seq, (event, at)) in (1..).zip(&self.journal) {
            view.apply(seq, event, *at);
        }
        view
    }

    fn decide(&mut self) {
        let Decision { record, run, stop_running, wake_at, finished, awaits_letter, cancel } =
            self.machine.decide(self.now);
        let wanted = !self.children().is_empty() && finished.is_none();
        assert!(!wanted || awaits_letter, "nobody listens for the ends of {:?}", self.children());
        self.journal.extend(record.into_iter().map(|event| (event, self.now)));
        let settled = self.settled();
        for run in run {
            self.check_needs(&run, &settled);
            let twice = self.running.insert(run.key, run);
            assert!(twice.is_none(), "a step runs beside itself");
        }
        self.check_limits();
        self.wake_at = wake_at;
        self.stopping = stop_running;
        self.over = finished.is_some();
        self.cancel(&cancel);
        if stop_running {
            for run in std::mem::take(&mut self.running).values() {
                self.happen(stopped(run, self.now));
            }
            self.decide_again();
        }
    }

    /// Executions that steps started and that are not over.
    fn children(&self) -> Vec<Id<Marker>> {
        let mut children = Vec::new();
        for (event, _) in &self.journal {
            match event {
                JournalEvent::ChildStarted(body) => children.push(body.execution),
                JournalEvent::ChildEnded(body) => children.retain(|one| *one != body.execution),
                _ => {}
            }
        }
        children
    }

    fn child_ends(&mut self, execution: Id<Marker>, status: Status) {
        let (outputs, error) = (json!({ "n": 1 }), None);
        self.happen(ChildEnded { execution, status, outputs, error }.into());
    }

    /// What is told to end does so.
    fn cancel(&mut self, children: &[Id<Marker>]) {
        for child in children {
            if self.children().contains(child) {
                self.child_ends(*child, Status::Cancelled);
            }
        }
    }

    fn decide_again(&mut self) {
        if !self.over {
            self.decide();
        }
    }

    fn settled(&self) -> BTreeSet<String> {
        use StepStatus::{Cancelled, Failed, Skipped, Succeeded};
        let view = self.view();
        let over = |status| matches!(status, Succeeded | Failed | Skipped | Cancelled);
        view.steps.iter().filter(|step| over(step.status)).map(|step| step.id.clone()).collect()
    }

    /// Nothing runs before its needs, and nothing that succeeded runs again.
    fn check_needs(&self, run: &StepRun, settled: &BTreeSet<String>) {
        let definition = self.machine.definition();
        let mut all =
            definition.steps.iter().chain(&definition.on_failure).chain(&definition.finally);
        let step = all.find(|step| step.id.as_str() == run.step).unwrap();
        for need in &step.needs {
            assert!(settled.contains(need.as_str()), "{} ran before {need}", run.step);
        }
        // What cleans up runs anew when the execution is taken up again.
        let is_main = definition.steps.iter().any(|step| step.id.as_str() == run.step);
        let retried = |(event, _): &(JournalEvent, _)| matches!(event, JournalEvent::Retried(_));
        let round = self.journal.iter().rposition(retried).filter(|_| !is_main).unwrap_or(0);
        let again = self.journal[round..].iter().any(|(event, _)| {
            matches!(event, JournalEvent::StepSucceeded(done) if done.step == run.step && done.item == run.item)
        });
        assert!(!again, "{} {:?} succeeded and ran again", run.step, run.item);
    }

    /// No step runs more items at once than it may, or more often than it may try.
    fn check_limits(&self) {
        let mut beside: BTreeMap<&str, usize> = BTreeMap::new();
        for run in self.running.values() {
            *beside.entry(&run.step).or_default() += 1;
            let step = self.machine.step(run.key.node);
            let tries = step.retry.max_attempts;
            assert!(run.attempt <= tries, "{} is tried {} times", run.step, run.attempt);
            let most = usize::try_from(step.max_parallel).unwrap();
            assert!(beside[&*run.step] <= most, "more than {most} of {} run", run.step);
        }
    }

    fn replay(&self) -> Execution {
        let mut machine = machine(&self.model);
        for (event, at) in self.journal.iter().skip(1) {
            machine.apply(event, *at);
        }
        machine
    }

    /// The journal alone gives the same decisions, twice; and as many runs of each step as the
    /// process that died had under way, unless a failure has halted them: what was cut off then
    /// is not run again.
    fn crash(&mut self) {
        let (mut one, mut two) = (self.replay(), self.replay());
        let (first, second) = (one.decide(self.now), two.decide(self.now));
        assert_eq!(format!("{first:?}"), format!("{second:?}"));
        if !self.machine.groups[self.machine.phase.index()].halted {
            assert!(first.record.is_empty(), "nothing was left undecided: {:?}", first.record);
            assert_eq!(count(first.run.iter()), count(self.running.values()));
            assert_eq!(first.wake_at, self.wake_at);
        }
        self.journal.extend(first.record.into_iter().map(|event| (event, self.now)));
        self.over = first.finished.is_some();
        self.wake_at = first.wake_at;
        self.running = first.run.into_iter().map(|run| (run.key, run)).collect();
        self.machine = one;
        self.cancel(&first.cancel);
    }

    fn take(&mut self, choice: u8) -> Option<StepRun> {
        let keys: Vec<_> = self.running.keys().copied().collect();
        let key = keys.get(usize::from(choice) % keys.len().max(1))?;
        self.running.remove(key)
    }

    fn turn(&mut self, turn: Turn) {
        match turn {
            Turn::Succeed(choice) => {
                if let Some(run) = self.take(choice) {
                    let event = if run.calls {
                        self.calling(&run)
                    } else {
                        success(&run, self.now, json!(choice))
                    };
                    self.happen(event);
                }
            }
            Turn::ChildEnds(choice, status) => {
                let children = self.children();
                if let Some(child) = children.get(usize::from(choice) % children.len().max(1)) {
                    self.child_ends(*child, status);
                }
            }
            Turn::Fail(choice) => self.fail(choice, ActionError::retryable("X", "x")),
            Turn::FailForGood(choice) => self.fail(choice, ActionError::permanent("Y", "y")),
            Turn::Wait => self.now = self.wake_at.unwrap_or(self.now).max(self.now),
            Turn::Crash => self.crash(),
            Turn::Signal(choice, verdict) => self.signal(choice, verdict),
            Turn::Cancel => {
                if let Some(event) = self.machine.stopping(Cause::Cancelled) {
                    self.happen(event);
                }
            }
        }
    }

    fn calling(&self, run: &StepRun) -> JournalEvent {
        let number = u128::try_from(self.journal.len()).unwrap();
        ChildStarted {
            step: run.step.clone(),
            item: run.item,
            attempt: run.attempt,
            started_at: self.now,
            input: None,
            execution: uuid::Uuid::from_u128(number).into(),
            until: None,
        }
        .into()
    }

    fn signal(&mut self, choice: u8, verdict: Verdict) {
        let definition = self.machine.definition();
        let steps: Vec<_> =
            definition.steps.iter().filter(|step| step.uses == "wait.signal").collect();
        let Some(step) = steps.get(usize::from(choice) % steps.len().max(1)) else { return };
        let item = step.for_each.is_some().then_some(u32::from(choice) % 3);
        let id = step.id.to_string();
        let by = uuid::Uuid::from_u128(2).into();
        let signal = Signal { decision: Some(verdict), data: json!(choice), by, at: self.now };
        let event = self.machine.signalled(&id, item, signal).unwrap();
        self.happen(event);
    }

    fn fail(&mut self, choice: u8, error: ActionError) {
        if let Some(run) = self.take(choice) {
            let event = failure(&self.machine, &run, self.now, error);
            self.happen(event);
        }
    }

    /// Somebody has it go on; answers whether there was something to go on with.
    fn retry(&mut self) -> bool {
        let Some(event) = self.machine.retried() else { return false };
        self.happen(event);
        self.over = false;
        true
    }

    /// With the given turns first, then steadily on.
    fn play(&mut self, turns: &[Turn]) {
        self.decide();
        for index in 0..TURNS {
            if self.over {
                return;
            }
            assert!(
                !self.running.is_empty() || self.wake_at.is_some() || !self.children().is_empty(),
                "it waits for nothing: {:?}",
                self.journal
            );
            let steady = match (self.running.is_empty(), self.children().is_empty()) {
                (false, _) => Turn::Succeed(0),
                (true, false) => Turn::ChildEnds(0, Status::Succeeded),
                (true, true) => Turn::Wait,
            };
            self.turn(turns.get(index).copied().unwrap_or(steady));
            self.decide_again();
        }
        panic!("it does not end");
    }
}

fn count<'a>(runs: impl Iterator<Item = &'a StepRun>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for run in runs {
        *counts.entry(run.step.clone()).or_default() += 1;
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_path_ends_and_crashes_change_nothing(
        model in definition(),
        turns in vec(turn(), 0..60),
    ) {
        let mut world = World::new(model);
        world.play(&turns);
        let finished = world.journal.iter().filter(|(e, _)| matches!(e, JournalEvent::Finished(_)));
        prop_assert_eq!(finished.count(), 1);
        prop_assert!(matches!(world.journal.last(), Some((JournalEvent::Finished(_), _))));
        prop_assert!(world.children().is_empty(), "{:?} outlive it", world.children());
        let view = world.view();
        prop_assert!(view.status.is_final());
        for step in &view.steps {
            let left = matches!(step.status, StepStatus::Pending | StepStatus::Running | StepStatus::Waiting);
            prop_assert!(!left, "{} is left {:?}", step.id, step.status);
        }
        prop_assert_eq!(world.replay().finished(), Some(view.status));
    }

    #[test]
    fn what_failed_can_be_gone_on_with_until_it_succeeds(
        model in definition(),
        rounds in vec(vec(turn(), 0..30), 1..4),
    ) {
        let mut world = World::new(model);
        let mut ended = 1;
        world.play(&rounds[0]);
        for turns in rounds[1..].iter().map(Vec::as_slice).chain([[].as_slice()]) {
            if !world.retry() {
                break;
            }
            world.play(turns);
            ended += 1;
        }
        let finished = world.journal.iter().filter(|(e, _)| matches!(e, JournalEvent::Finished(_)));
        prop_assert_eq!(finished.count(), ended);
        let view = world.view();
        prop_assert!(view.status.is_final());
        for step in &view.steps {
            let left = matches!(step.status, StepStatus::Pending | StepStatus::Running | StepStatus::Waiting);
            prop_assert!(!left, "{} is left {:?}", step.id, step.status);
        }
        prop_assert_eq!(world.replay().finished(), Some(view.status));
    }

    #[test]
    fn any_prefix_of_a_journal_can_be_gone_on_with(
        model in definition(),
        turns in vec(turn(), 0..40),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut world = World::new(model.clone());
        world.play(&turns);
        let kept = cut.index(world.journal.len()) + 1;
        let mut other = World::new(model);
        for (event, at) in world.journal.iter().take(kept).skip(1) {
            other.now = *at;
            other.happen(event.clone());
        }
        other.over = other.machine.finished().is_some();
        other.play(&[]);
        let finished = other.journal.iter().filter(|(e, _)| matches!(e, JournalEvent::Finished(_)));
        prop_assert_eq!(finished.count(), 1);
    }
}
