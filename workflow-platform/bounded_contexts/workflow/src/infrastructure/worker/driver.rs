//! Drives one execution: the shell around the pure machine.

mod commit;
mod told;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    task::Poll,
    time::Duration,
};

use futures::{FutureExt as _, poll};
use shared_kernel::{
    application::{ActionContext, ActionError, Spent, trace},
    domain::{Execution as Marker, Id, Timestamp, TraceContext},
};
use tokio::{
    sync::{Notify, Semaphore, mpsc, oneshot},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, error, info, warn};
use uuid::Uuid;

use super::{
    WorkerParts, WorkerSettings,
    cached::{Output, Shelf},
    channel::{DriverChannel, RecordRequest},
    hidden::run_hidden,
    load::load,
    logs::LogWriter,
    meters::Meters,
    outcome::Running,
    run_step::run_step,
    snapshots::Snapshots,
    spans,
};
use crate::{
    application::executions::{RunItem, StoredEvent},
    domain::execution::{Awaited, Execution, JournalEvent, RunKey, Status, StepRun},
    infrastructure::{
        journal::{AppendError, JournalReader, JournalWriter, SnapshotStore},
        queue::{Claimed, Queue},
    },
};

/// Checkpoints that may wait for the driver.
const RECORDS: usize = 64;
/// Longest time between two looks at the clock while a timer runs in process; a clock may jump.
const GLANCE: Duration = Duration::from_millis(500);

/// What all drivers of one worker share.
pub(super) struct Desk {
    pub parts: WorkerParts,
    pub settings: WorkerSettings,
    /// Its id.
    pub worker: Uuid,
    pub queue: Queue,
    pub writer: JournalWriter,
    pub reader: JournalReader,
    pub snapshots: SnapshotStore,
    pub snapshot_turn: Semaphore,
    pub logs: LogWriter,
    pub meters: Meters,
}

/// The worker's hold on a driver.
#[derive(Clone, Default)]
pub(super) struct Control {
    /// Somebody may want the execution cancelled.
    pub look_at_wish: Arc<Notify>,
    /// The process ends: hand the lease back.
    pub stop: CancellationToken,
}

/// A driver is done with its execution.
pub(super) struct Parted {
    pub claimed: Claimed,
    pub parked_until: Option<Timestamp>,
}

/// How a driver leaves its execution.
#[derive(Debug, Clone, Copy)]
pub(super) enum Left {
    Ended(Status),
    /// Until then; without a time until a letter comes.
    Parked(Option<Timestamp>),
    /// For another worker.
    HandedBack,
}

/// A run and its result.
type Ended = (RunKey, Result<Output, ActionError>);

struct Driver {
    desk: Arc<Desk>,
    claimed: Claimed,
    control: Control,
    machine: Execution,
    /// Number of the next event.
    next_seq: i64,
    /// Applied to the machine, not yet in the journal.
    pending: Vec<(JournalEvent, Timestamp)>,
    /// Journalled since the last projection.
    bytes: i64,
    snapshots: Snapshots,
    /// The wish to cancel is among the pending events.
    cancel_taken: bool,
    /// Who waits for a signal, as the projection has it.
    shown_awaited: Option<Awaited>,
    /// Letters of which the pending events tell.
    letters: Vec<Uuid>,
    /// Letters of which the journal and the pending events tell.
    letters_taken: i64,
    running: HashMap<RunKey, Running>,
    tasks: JoinSet<Ended>,
    /// Steps that ended as soon as they began.
    at_once: Vec<Ended>,
    /// Executions started by steps that were asked to end.
    told: HashSet<Id<Marker>>,
    /// Nothing of the execution ever ran.
    is_fresh: bool,
    records: (mpsc::Sender<RecordRequest>, mpsc::Receiver<RecordRequest>),
    /// Steps that wait for their checkpoints to be durable.
    answers: Vec<oneshot::Sender<()>>,
}

/// Drives the execution until it ends, waits, or belongs to somebody else.
pub(super) async fn drive(
    desk: Arc<Desk>,
    claimed: Claimed,
    history: Vec<StoredEvent>,
    control: Control,
) -> Parted {
    let span = spans::drive(&claimed);
    let driven = start(desk, claimed, history, control);
    let driven = Box::pin(trace::within(span.context(), driven)).await;
    spans::left(span, &driven);
    let parked_until = match driven {
        Ok(Left::Parked(until)) => until,
        Ok(Left::Ended(_) | Left::HandedBack) => None,
        Err(AppendError::Fenced) => {
            info!(execution.id = %claimed.id, "execution {} went to another worker", claimed.id);
            None
        }
        Err(fault) => {
            let chain = &fault as &dyn std::error::Error;
            error!(error = chain, execution.id = %claimed.id, "execution {} was dropped", claimed.id);
            None
        }
    };
    Parted { claimed, parked_until }
}

async fn start(
    desk: Arc<Desk>,
    claimed: Claimed,
    history: Vec<StoredEvent>,
    control: Control,
) -> Result<Left, AppendError> {
    let loaded = match load(&desk, &claimed, history).await {
        Ok(loaded) => loaded,
        Err(fault) => {
            warn!(
                error = &fault as &dyn std::error::Error,
                execution.id = %claimed.id,
                "execution cannot be read for now"
            );
            let later = commit::put_off(&desk, &claimed).await?;
            return Ok(Left::Parked(Some(later)));
        }
    };
    let next_seq = loaded.seq + 1;
    let Some(machine) = loaded.machine else {
        commit::give_up(&desk, &claimed, next_seq).await?;
        return Ok(Left::Ended(Status::Failed));
    };
    let driver = Driver {
        desk,
        claimed,
        control,
        shown_awaited: machine.awaited(),
        machine,
        next_seq,
        pending: Vec::new(),
        bytes: 0,
        snapshots: Snapshots::after(loaded.snapshot),
        cancel_taken: false,
        letters: Vec::new(),
        letters_taken: claimed.letters_taken,
        running: HashMap::new(),
        tasks: JoinSet::new(),
        at_once: Vec::new(),
        told: HashSet::new(),
        is_fresh: claimed.epoch == 1 && !claimed.is_fragment,
        records: mpsc::channel(RECORDS),
        answers: Vec::new(),
    };
    driver.run().await
}

/// What woke the driver.
enum Woken {
    GoOn,
    Stop,
}

/// An item that is an execution of its own is started by an action that definitions do not name.
fn action_of(run: &StepRun) -> &str {
    if run.spread { RunItem::NAME } else { &run.uses }
}

impl Driver {
    async fn run(mut self) -> Result<Left, AppendError> {
        if self.claimed.cancel_requested {
            self.take_cancel();
        }
        if self.claimed.has_letters() {
            self.read_letters().await;
        }
        loop {
            let now = self.now();
            let decision = self.machine.decide(now);
            self.pending.extend(decision.record.into_iter().map(|event| (event, now)));
            if decision.stop_running {
                self.stop_running();
            }
            self.cancel_children(&decision.cancel).await?;
            if let Some(status) = decision.finished {
                self.finish(status).await?;
                return Ok(Left::Ended(status));
            }
            if self.must_flush() {
                self.flush(None).await?;
            }
            for run in decision.run {
                self.start(run).await;
            }
            if self.running.is_empty() {
                match decision.wake_at {
                    Some(at) if at.since(now) < self.desk.settings.park_from => {}
                    None if decision.awaits_letter => {
                        return self.park(None).await.map(Left::Parked);
                    }
                    wake_at => {
                        let later = self.later(wake_at, now);
                        return self.park(Some(later)).await.map(Left::Parked);
                    }
                }
            }
            match self.wait(decision.wake_at).await? {
                Woken::GoOn => {}
                Woken::Stop => return self.hand_back().await.map(|()| Left::HandedBack),
            }
        }
    }

    /// An execution that waits for nothing is a fault of ours; it is looked at again.
    fn later(&self, wake_at: Option<Timestamp>, now: Timestamp) -> Timestamp {
        wake_at.unwrap_or_else(|| {
            error!(execution.id = %self.claimed.id, "execution waits for nothing, looking later");
            now.plus(Duration::from_mins(1))
        })
    }

    fn now(&self) -> Timestamp {
        self.desk.parts.ambient.now()
    }

    /// Applies an event that the machine did not decide itself.
    fn take(&mut self, event: JournalEvent) {
        let now = self.now();
        self.machine.apply(&event, now);
        self.pending.push((event, now));
    }

    /// What needs no waiting is over when this returns, without a task of its own.
    async fn start(&mut self, mut run: StepRun) {
        let cancel = CancellationToken::new();
        let (key, started_at) = (run.key, self.now());
        if std::mem::take(&mut self.is_fresh) {
            self.desk.meters.first_step(self.claimed.id, started_at);
        }
        let name = action_of(&run);
        let span = spans::step(&self.claimed, &run, name);
        let part_of = span.context();
        let ctx = self.context(&run, cancel.clone(), started_at, part_of);
        let action = self.desk.parts.actions.get(name).cloned();
        let grace = self.desk.settings.cancel_grace;
        let (name, input, timeout) = (name.to_owned(), run.input.clone(), run.timeout);
        let shelf = Shelf {
            cache: Arc::clone(&self.desk.parts.cache),
            owner: self.claimed.owner,
            ambient: self.desk.parts.ambient.clone(),
            place: run.cache.clone(),
        };
        let step = match run.hidden.take() {
            None => {
                let step = shelf.or_run(run_step(action, name, ctx, input, timeout, grace));
                step.map(move |result| (key, result)).boxed()
            }
            Some(hidden) => {
                let vault = self.desk.parts.vault.clone();
                let go = move |ctx, input| run_step(action, name, ctx, input, timeout, grace);
                let step = async move { run_hidden(&vault, *hidden, input, ctx, go).await };
                shelf.or_run(step).map(move |result| (key, result)).boxed()
            }
        };
        let spent = Arc::new(Spent::default());
        let step = trace::within(part_of, spent.scope(step)).map(move |ended| {
            spans::step_ended(span, &ended.1);
            ended
        });
        let mut step = step.in_current_span().boxed();
        match poll!(&mut step) {
            Poll::Ready(ended) => self.at_once.push(ended),
            Poll::Pending => {
                self.tasks.spawn(step);
            }
        }
        let running =
            Running { run, started_at, announced: false, cancel, spent, cancelled: false };
        self.running.insert(key, running);
    }

    fn context(
        &self,
        run: &StepRun,
        cancel: CancellationToken,
        now: Timestamp,
        trace: Option<TraceContext>,
    ) -> ActionContext {
        let parts = &self.desk.parts;
        let channel = DriverChannel {
            execution: self.claimed.id,
            key: run.key,
            step: run.step.clone(),
            item: run.item,
            ambient: parts.ambient.clone(),
            records: self.records.0.clone(),
            logs: self.desk.logs.clone(),
            announcer: parts.announcer.clone(),
        };
        ActionContext {
            owner: self.claimed.owner,
            execution: self.claimed.id,
            step: run.step.clone(),
            item: run.item,
            attempt: run.attempt,
            idempotency_key: run.idempotency_key.clone(),
            cancel,
            deadline: run.timeout.map(|timeout| now.plus(timeout)),
            ambient: parts.ambient.clone(),
            blobs: Arc::clone(&parts.blobs),
            channel: Arc::new(channel),
            records: Arc::clone(&run.records),
            secrets: Arc::default(),
            trace,
        }
    }

    fn stop_running(&mut self) {
        for running in self.running.values_mut() {
            running.cancelled = true;
            running.cancel.cancel();
        }
    }

    /// Until something happened that may change what is to be done.
    async fn wait(&mut self, wake_at: Option<Timestamp>) -> Result<Woken, AppendError> {
        if !self.at_once.is_empty() {
            for (key, result) in std::mem::take(&mut self.at_once) {
                self.end(key, result);
            }
            return Ok(Woken::GoOn);
        }
        let pause = self.pause(wake_at);
        let control = self.control.clone();
        tokio::select! {
            () = control.stop.cancelled() => return Ok(Woken::Stop),
            () = control.look_at_wish.notified() => self.look_at_wish().await,
            Some(ended) = self.tasks.join_next() => self.ended(ended),
            Some(request) = self.records.1.recv() => self.record(request),
            () = tokio::time::sleep(pause) => self.announce_slow(),
        }
        // Whatever else is there by now goes into the same append.
        while let Some(ended) = self.tasks.try_join_next() {
            self.ended(ended);
        }
        while let Ok(request) = self.records.1.try_recv() {
            self.record(request);
        }
        Ok(Woken::GoOn)
    }

    fn pause(&self, wake_at: Option<Timestamp>) -> Duration {
        let now = self.now();
        let timer = wake_at.map(|at| at.since(now).min(GLANCE));
        let quiet = self.running.values().filter(|running| !running.announced);
        let slow = quiet.map(|running| running.started_at).min();
        let slow = slow.map(|at| at.plus(self.desk.settings.announce_after).since(now));
        let pause = [timer, slow].into_iter().flatten().min().unwrap_or(Duration::from_hours(1));
        pause.max(Duration::from_millis(1))
    }

    fn announce_slow(&mut self) {
        let due = self.now().minus(self.desk.settings.announce_after);
        let slow = self.running.values_mut().filter(|running| !running.announced);
        let slow = slow.filter(|running| running.started_at <= due);
        let events: Vec<_> = slow.map(Running::announce).collect();
        for event in events {
            self.take(event);
        }
    }

    fn ended(&mut self, ended: Result<Ended, tokio::task::JoinError>) {
        match ended {
            Ok((key, result)) => self.end(key, result),
            Err(error) => warn!(error = &error as &dyn std::error::Error, "a step broke off"),
        }
    }

    fn end(&mut self, key: RunKey, result: Result<Output, ActionError>) {
        if let Some(running) = self.running.remove(&key) {
            let elapsed = self.now().since(running.started_at);
            let action = action_of(&running.run).to_owned();
            let event = running.ended(&self.machine, &self.desk.parts.ambient, result);
            self.desk.meters.step(&action, &event, elapsed);
            self.take(event);
        }
    }

    fn record(&mut self, request: RecordRequest) {
        let run = self.running.get(&request.key).map(|running| &running.run);
        if let Some(recorded) = run.and_then(|run| self.machine.recorded(run, request.records)) {
            self.take(recorded.into());
        }
        self.answers.push(request.answer);
    }
}
