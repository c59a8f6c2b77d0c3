//! Drives one execution: the shell around the pure machine.

mod attempt;
mod commit;
mod told;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use shared_kernel::{
    application::{ActionError, trace},
    domain::{Execution as Marker, Id, Timestamp},
};
use tokio::{
    sync::{Notify, Semaphore, mpsc, oneshot},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};
use uuid::Uuid;

use super::{
    WorkerParts, WorkerSettings, cached::Output, channel::RecordRequest, load::load,
    logs::LogWriter, meters::Meters, outcome::Running, snapshots::Snapshots, spans,
};
use crate::{
    application::executions::StoredEvent,
    domain::execution::{Awaited, Execution, JournalEvent, RunKey, Status},
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
    // In its place at once: what goes on within is large, and copied with whatever is put around it.
    let driven = Box::pin(start(desk, claimed, history, control));
    let driven = trace::within(span.context(), driven).await;
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
            let later = Box::pin(commit::put_off(&desk, &claimed)).await?;
            return Ok(Left::Parked(Some(later)));
        }
    };
    let next_seq = loaded.seq + 1;
    let Some(machine) = loaded.machine else {
        Box::pin(commit::give_up(&desk, &claimed, next_seq)).await?;
        return Ok(Left::Ended(Status::Failed));
    };
    let driver = Box::new(Driver {
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
    });
    driver.run().await
}

/// What woke the driver.
enum Woken {
    GoOn,
    Stop,
}

impl Driver {
    async fn run(mut self: Box<Self>) -> Result<Left, AppendError> {
        if self.claimed.cancel_requested {
            self.take_cancel();
        }
        if self.claimed.has_letters() {
            Box::pin(self.read_letters()).await;
        }
        loop {
            let now = self.now();
            let decision = self.machine.decide(now);
            self.pending.extend(decision.record.into_iter().map(|event| (event, now)));
            if decision.stop_running {
                self.stop_running();
            }
            if !decision.cancel.is_empty() {
                Box::pin(self.cancel_children(&decision.cancel)).await?;
            }
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
                Woken::Stop => {
                    return Box::pin(self.hand_back()).await.map(|()| Left::HandedBack);
                }
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
            () = control.look_at_wish.notified() => Box::pin(self.look_at_wish()).await,
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
            let action = attempt::action_of(&running.run).to_owned();
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
