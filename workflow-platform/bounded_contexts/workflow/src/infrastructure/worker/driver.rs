//! Drives one execution: the shell around the pure machine.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::FutureExt as _;
use serde_json::{Value, json};
use shared_kernel::{
    application::{ActionContext, ActionError},
    domain::{DomainEvent, Execution as Marker, Id, Timestamp},
};
use tokio::{
    sync::{Notify, mpsc, oneshot},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

use super::{
    WorkerParts, WorkerSettings,
    channel::{DriverChannel, RecordRequest},
    load::load,
    logs::LogWriter,
    outcome::Running,
    run_step::run_step,
};
use crate::{
    domain::execution::{
        Cause, Execution, ExecutionError, Finished, JournalEvent, RunKey, Status, StepRun,
    },
    infrastructure::{
        journal::{Append, AppendError, JournalWriter, Lease, Projection, pack},
        queue::{Claimed, Queue},
    },
};

/// Checkpoints that may wait for the driver.
const RECORDS: usize = 64;
/// Pause before an execution that could not be loaded is tried again.
const LATER: Duration = Duration::from_secs(5);
/// Longest time between two looks at the clock while a timer runs in process; a clock may jump.
const GLANCE: Duration = Duration::from_millis(500);

/// What all drivers of one worker share.
pub(super) struct Desk {
    pub parts: WorkerParts,
    pub settings: WorkerSettings,
    pub queue: Queue,
    pub writer: JournalWriter,
    pub logs: LogWriter,
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
    pub id: Id<Marker>,
    pub parked_until: Option<Timestamp>,
}

struct Driver {
    desk: Arc<Desk>,
    claimed: Claimed,
    control: Control,
    machine: Execution,
    /// Number of the next event.
    next_seq: i64,
    /// Applied to the machine, not yet in the journal.
    pending: Vec<(JournalEvent, Timestamp)>,
    /// The wish to cancel is among the pending events.
    cancel_taken: bool,
    running: HashMap<RunKey, Running>,
    tasks: JoinSet<(RunKey, Result<Value, ActionError>)>,
    records: (mpsc::Sender<RecordRequest>, mpsc::Receiver<RecordRequest>),
    /// Steps that wait for their checkpoints to be durable.
    answers: Vec<oneshot::Sender<()>>,
}

/// Drives the execution until it ends, waits, or belongs to somebody else.
pub(super) async fn drive(desk: Arc<Desk>, claimed: Claimed, control: Control) -> Parted {
    let parked_until = match start(desk, claimed, control).await {
        Ok(parked_until) => parked_until,
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
    Parted { id: claimed.id, parked_until }
}

async fn start(
    desk: Arc<Desk>,
    claimed: Claimed,
    control: Control,
) -> Result<Option<Timestamp>, AppendError> {
    let loaded = match load(&desk, &claimed).await {
        Ok(loaded) => loaded,
        Err(fault) => {
            warn!(
                error = &fault as &dyn std::error::Error,
                execution.id = %claimed.id,
                "execution cannot be read for now"
            );
            return put_off(&desk, &claimed).await.map(Some);
        }
    };
    let next_seq = loaded.seq + 1;
    let Some(machine) = loaded.machine else {
        return give_up(&desk, &claimed, next_seq).await.map(|()| None);
    };
    let driver = Driver {
        desk,
        claimed,
        control,
        machine,
        next_seq,
        pending: Vec::new(),
        cancel_taken: false,
        running: HashMap::new(),
        tasks: JoinSet::new(),
        records: mpsc::channel(RECORDS),
        answers: Vec::new(),
    };
    driver.run().await
}

/// Tries again later, on whatever worker.
async fn put_off(desk: &Desk, claimed: &Claimed) -> Result<Timestamp, AppendError> {
    let now = desk.parts.ambient.now();
    let at = now.plus(LATER);
    let projection = Projection {
        status: Status::Running,
        lease: Lease::Park(at),
        error: None,
        cancel_taken: false,
        at: now,
    };
    desk.writer
        .append(Append {
            execution: claimed.id,
            epoch: claimed.epoch,
            first_seq: 0,
            events: Vec::new(),
            projection: Some(projection),
            outbox: Vec::new(),
        })
        .await
        .map(|()| at)
}

/// Without its definition an execution can only fail.
async fn give_up(desk: &Desk, claimed: &Claimed, seq: i64) -> Result<(), AppendError> {
    let now = desk.parts.ambient.now();
    let error = ExecutionError::of_run("DEFINITION_MISSING", "the workflow's version is gone");
    let status = Status::Failed;
    let finished = Finished { status, outputs: Value::Null, error: Some(error.clone()) };
    let event = pack(desk.parts.blobs.as_ref(), &finished.into(), now).await?;
    let projection =
        Projection { status, lease: Lease::End, error: Some(error), cancel_taken: true, at: now };
    desk.writer
        .append(Append {
            execution: claimed.id,
            epoch: claimed.epoch,
            first_seq: seq,
            events: vec![event],
            projection: Some(projection),
            outbox: vec![finished_event(desk, claimed, status, now)],
        })
        .await
}

fn finished_event(desk: &Desk, claimed: &Claimed, status: Status, at: Timestamp) -> DomainEvent {
    DomainEvent {
        id: desk.parts.ambient.id(),
        kind: "execution.finished".to_owned(),
        version: 1,
        aggregate: "execution".to_owned(),
        aggregate_id: claimed.id.to_string(),
        user: Some(claimed.owner.user()),
        payload: json!({
            "execution_id": claimed.id,
            "definition_id": claimed.definition_id,
            "version": claimed.version,
            "status": status,
        }),
        occurred_at: at,
        request_id: None,
    }
}

/// What woke the driver.
enum Woken {
    GoOn,
    Stop,
}

impl Driver {
    async fn run(mut self) -> Result<Option<Timestamp>, AppendError> {
        if self.claimed.cancel_requested {
            self.take_cancel();
        }
        loop {
            let now = self.now();
            let decision = self.machine.decide(now);
            self.pending.extend(decision.record.into_iter().map(|event| (event, now)));
            if decision.stop_running {
                self.stop_running();
            }
            if let Some(status) = decision.finished {
                return self.finish(status).await.map(|()| None);
            }
            if self.must_flush() {
                self.flush(None).await?;
            }
            for run in decision.run {
                self.start(run);
            }
            if self.running.is_empty() {
                match decision.wake_at {
                    Some(at) if at.since(now) < self.desk.settings.park_from => {}
                    wake_at => return self.park(wake_at, now).await.map(Some),
                }
            }
            match self.wait(decision.wake_at).await? {
                Woken::GoOn => {}
                Woken::Stop => return self.hand_back().await.map(|()| None),
            }
        }
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

    /// That a worker took the execution may wait for the first result: nothing depends on it.
    fn must_flush(&self) -> bool {
        self.cancel_taken
            || !self.answers.is_empty()
            || self.pending.iter().any(|(event, _)| !matches!(event, JournalEvent::Started(_)))
    }

    /// Makes everything pending durable, and tells those who wait for it.
    async fn flush(&mut self, mut projection: Option<Projection>) -> Result<(), AppendError> {
        let mut outbox = Vec::new();
        if self.cancel_taken && projection.is_none() {
            projection = Some(self.projection(Status::Running, Lease::Keep));
        }
        if let Some(ended) = projection.as_ref().filter(|p| p.lease == Lease::End) {
            outbox.push(finished_event(&self.desk, &self.claimed, ended.status, ended.at));
        }
        let mut events = Vec::with_capacity(self.pending.len());
        for (event, at) in self.pending.drain(..) {
            events.push(pack(self.desk.parts.blobs.as_ref(), &event, at).await?);
        }
        let first_seq = self.next_seq;
        self.next_seq += i64::try_from(events.len()).unwrap_or(i64::MAX);
        let (execution, epoch) = (self.claimed.id, self.claimed.epoch);
        let append = Append { execution, epoch, first_seq, events, projection, outbox };
        self.desk.writer.append(append).await?;
        self.cancel_taken = false;
        for answer in self.answers.drain(..) {
            // A step that was cut off does not wait any more.
            let _ = answer.send(());
        }
        Ok(())
    }

    fn projection(&self, status: Status, lease: Lease) -> Projection {
        let (cancel_taken, at) = (self.cancel_taken, self.now());
        Projection { status, lease, error: None, cancel_taken, at }
    }

    async fn finish(mut self, status: Status) -> Result<(), AppendError> {
        let error = match self.pending.last() {
            Some((JournalEvent::Finished(finished), _)) => finished.error.clone(),
            _ => None,
        };
        let projection = Projection { error, ..self.projection(status, Lease::End) };
        self.flush(Some(projection)).await?;
        info!(
            execution.id = %self.claimed.id,
            execution.status = status.as_str(),
            "execution {} {}", self.claimed.id, status.as_str()
        );
        Ok(())
    }

    /// Nothing runs: the lease is given up until the timer is due.
    async fn park(
        mut self,
        wake_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Timestamp, AppendError> {
        let at = wake_at.unwrap_or_else(|| {
            error!(execution.id = %self.claimed.id, "execution waits for nothing, looking later");
            now.plus(Duration::from_mins(1))
        });
        let projection = self.projection(Status::Waiting, Lease::Park(at));
        self.flush(Some(projection)).await?;
        debug!(execution.id = %self.claimed.id, "execution waits until {at}");
        Ok(at)
    }

    /// What ended in time is kept, what did not is run again by whoever takes the execution.
    async fn hand_back(mut self) -> Result<(), AppendError> {
        for running in self.running.values() {
            running.cancel.cancel();
        }
        let limit = tokio::time::sleep(self.desk.settings.stop_grace);
        tokio::pin!(limit);
        while !self.tasks.is_empty() {
            tokio::select! {
                () = &mut limit => break,
                Some(ended) = self.tasks.join_next() => {
                    if let Ok((key, Ok(output))) = ended {
                        self.end(key, Ok(output));
                    }
                }
                Some(request) = self.records.1.recv() => {
                    self.record(request);
                    self.flush(None).await?;
                }
            }
        }
        let projection = self.projection(Status::Running, Lease::Yield);
        self.flush(Some(projection)).await
    }

    fn start(&mut self, run: StepRun) {
        let cancel = CancellationToken::new();
        let (key, started_at) = (run.key, self.now());
        let ctx = self.context(&run, cancel.clone(), started_at);
        let action = self.desk.parts.actions.get(&run.uses).cloned();
        let grace = self.desk.settings.cancel_grace;
        let (name, input, timeout) = (run.uses.clone(), run.input.clone(), run.timeout);
        self.tasks.spawn(
            run_step(action, name, ctx, input, timeout, grace).map(move |result| (key, result)),
        );
        let running = Running { run, started_at, announced: false, cancel, cancelled: false };
        self.running.insert(key, running);
    }

    fn context(&self, run: &StepRun, cancel: CancellationToken, now: Timestamp) -> ActionContext {
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
            traceparent: None,
        }
    }

    fn stop_running(&mut self) {
        for running in self.running.values_mut() {
            running.cancelled = true;
            running.cancel.cancel();
        }
    }

    fn take_cancel(&mut self) {
        self.cancel_taken = true;
        if let Some(event) = self.machine.stopping(Cause::Cancelled) {
            self.take(event);
        }
    }

    /// Until something happened that may change what is to be done.
    async fn wait(&mut self, wake_at: Option<Timestamp>) -> Result<Woken, AppendError> {
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

    /// The row is the truth: a wish that was told twice is taken once.
    async fn look_at_wish(&mut self) {
        match self.desk.queue.cancel_wanted(self.claimed.id).await {
            Ok(true) => self.take_cancel(),
            Ok(false) => {}
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "wish to cancel cannot be read");
            }
        }
    }

    fn ended(
        &mut self,
        ended: Result<(RunKey, Result<Value, ActionError>), tokio::task::JoinError>,
    ) {
        match ended {
            Ok((key, result)) => self.end(key, result),
            Err(error) => warn!(error = &error as &dyn std::error::Error, "a step broke off"),
        }
    }

    fn end(&mut self, key: RunKey, result: Result<Value, ActionError>) {
        if let Some(running) = self.running.remove(&key) {
            let event = running.ended(&self.machine, &self.desk.parts.ambient, result);
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
