//! One life of a worker: from its registration to its leaving.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures::StreamExt as _;
use sea_orm::DbErr;
use shared_kernel::{
    application::{BusMessage, BusStream, Subscription},
    domain::{Execution, Id, Timestamp, TraceContext},
};
use tokio::{
    sync::{Notify, Semaphore, mpsc},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, info, info_span, warn};
use uuid::Uuid;

use super::{
    End, WorkerParts, WorkerSettings,
    driver::{self, Control, Desk, Parted},
    heartbeat::Heart,
    load,
    logs::LogWriter,
    meters::Meters,
};
use crate::application::executions::StoredEvent;
use crate::infrastructure::{
    announce::{CANCEL, LETTER, READY},
    journal::{JournalReader, JournalWriter, SnapshotStore},
    openings::Handed,
    queue::{Claimed, Queue, WorkerWatch},
};

/// Most executions taken in one claim.
const CLAIM: usize = 64;
/// Longest time that a worker waits for more room.
const GATHER: Duration = Duration::from_millis(2);
/// Leases without a driver are looked for on every so many looks.
const ORPHANS_EVERY: u32 = 4;

struct Life<'a> {
    id: Uuid,
    parts: &'a WorkerParts,
    settings: &'a WorkerSettings,
    queue: Queue,
    desk: Arc<Desk>,
    /// Rung when something may have come into the queue.
    work: Arc<Notify>,
    /// It was rung and the queue not looked at since.
    rung: bool,
    /// An execution was let go and the queue not looked at since.
    freed: bool,
    drivers: JoinSet<Parted>,
    controls: HashMap<Id<Execution>, Control>,
    /// The earliest timer of an execution that was parked.
    timer: Option<Timestamp>,
    /// What was started in this process for this worker.
    handed: mpsc::UnboundedReceiver<Handed>,
    /// How often it looked around.
    looks: u32,
    /// Leases that nobody drove at the last look.
    orphans: HashSet<Id<Execution>>,
}

/// Lives until the process stops or others declare the worker dead.
pub(super) async fn live(
    parts: &WorkerParts,
    settings: &WorkerSettings,
    stop: &CancellationToken,
) -> Result<End, DbErr> {
    let id = parts.ambient.uuid();
    let now = parts.ambient.now();
    let watch = WorkerWatch::register(parts.database.clone(), id, &settings.name, now).await?;
    if settings.sole {
        let left = watch.bury_all_others(now).await?;
        if left > 0 {
            metrics::counter!("workflow_leases_expired_total").increment(left);
            info!("{left} executions of the last run go on");
        }
    }
    let work = Arc::new(Notify::new());
    let (logs, log_task) = LogWriter::start(&parts.database);
    let queue = Queue::new(parts.database.clone());
    let desk = Arc::new(Desk {
        parts: parts.clone(),
        settings: settings.clone(),
        worker: id,
        queue: queue.clone(),
        writer: JournalWriter::start(&parts.database, id, &parts.announcer),
        reader: JournalReader::new(parts.database.clone(), Arc::clone(&parts.blobs)),
        snapshots: SnapshotStore::new(parts.database.clone(), Arc::clone(&parts.blobs)),
        snapshot_turn: Semaphore::new(1),
        logs,
        meters: Meters::new(&parts.actions),
    });
    let heart = Heart::start(watch, parts.ambient.clone(), settings.heartbeat_every, work.clone());
    let mut life = Life {
        id,
        parts,
        settings,
        queue,
        desk,
        work,
        rung: false,
        freed: false,
        drivers: JoinSet::new(),
        controls: HashMap::new(),
        timer: None,
        handed: parts.openings.open(id),
        looks: 0,
        orphans: HashSet::new(),
    };
    let end = life.work_until(stop, &heart.lost).await;
    parts.openings.close();
    if let End::Stopped = end {
        life.hand_back().await;
    }
    life.drivers.shutdown().await;
    drop(life);
    heart.leave().await?;
    if tokio::time::timeout(settings.stop_grace, log_task).await.is_err() {
        warn!("some log lines were not written in time");
    }
    Ok(end)
}

impl Life<'_> {
    async fn work_until(&mut self, stop: &CancellationToken, lost: &CancellationToken) -> End {
        let mut news = self.listen().await;
        self.look_around().await;
        loop {
            while let Some(parted) = self.drivers.try_join_next() {
                self.part(parted.ok());
            }
            self.gather().await;
            self.claim().await;
            self.parts.openings.offer(if self.rung { 0 } else { self.free() });
            let poll = tokio::time::sleep(self.pause());
            let work = Arc::clone(&self.work);
            tokio::select! {
                () = stop.cancelled() => return End::Stopped,
                () = lost.cancelled() => return End::DeclaredDead,
                message = news.next() => {
                    if let Some(message) = message {
                        self.hear(&message);
                    } else {
                        tokio::time::sleep(self.settings.poll_every).await;
                        news = self.listen().await;
                        self.look_around().await;
                    }
                }
                () = work.notified() => self.rung = true,
                Some(handed) = self.handed.recv() => self.take(handed),
                Some(parted) = self.drivers.join_next() => self.part(parted.ok()),
                () = poll => self.look_around().await,
            }
        }
    }

    async fn listen(&self) -> BusStream {
        let heard = self.parts.bus.subscribe(Subscription::Prefix("workflow.".into())).await;
        heard.unwrap_or_else(|error| {
            warn!(error = &error as &dyn std::error::Error, "worker hears nothing, it only looks");
            futures::stream::pending().boxed()
        })
    }

    fn hear(&mut self, message: &BusMessage) {
        if &*message.topic == READY {
            self.work.notify_one();
        } else if matches!(&*message.topic, CANCEL | LETTER)
            && let Ok(id) = message.payload.parse()
        {
            self.tell_of_wish(id);
        }
    }

    fn tell_of_wish(&self, id: Id<Execution>) {
        match self.controls.get(&id) {
            Some(control) => control.look_at_wish.notify_one(),
            // It may stand in the queue, or be parked: then it is in the queue by now.
            None => self.work.notify_one(),
        }
    }

    /// Until the next timer, but never longer than the usual look.
    fn pause(&self) -> Duration {
        let until = self.timer.map(|at| at.since(self.parts.ambient.now()));
        until.unwrap_or(Duration::MAX).min(self.settings.poll_every)
    }

    /// Does by looking what the bus may have failed to tell.
    async fn look_around(&mut self) {
        if let Err(error) = self.try_to_look_around().await {
            warn!(error = &error as &dyn std::error::Error, "worker cannot see its queue for now");
        }
    }

    async fn try_to_look_around(&mut self) -> Result<(), DbErr> {
        let now = self.parts.ambient.now();
        let due = self.queue.next_timer().await?;
        self.timer = due;
        if due.is_some_and(|at| at <= now) {
            self.queue.fire_timers(now).await?;
            self.timer = self.queue.next_timer().await?;
        }
        for id in self.queue.with_wishes(self.id).await? {
            self.tell_of_wish(id);
        }
        self.looks = self.looks.wrapping_add(1);
        if self.looks.is_multiple_of(ORPHANS_EVERY) {
            self.release_orphans(now).await?;
        }
        if self.queue.has_work().await? {
            self.work.notify_one();
        }
        Ok(())
    }

    /// Gives up leases whose driver broke off, for lack of a blob store or by a fault of ours. What
    /// nobody drives for the first time may just have been started for this worker.
    async fn release_orphans(&mut self, now: Timestamp) -> Result<(), DbErr> {
        let leased = self.queue.leased_by(self.id).await?;
        let orphans = leased.into_iter().filter(|id| !self.controls.contains_key(id));
        let before = std::mem::replace(&mut self.orphans, orphans.collect());
        for id in self.orphans.intersection(&before) {
            warn!(execution.id = %id, "nobody drives execution {id}, it goes back to the queue");
            self.queue.release(self.id, *id, now).await?;
        }
        Ok(())
    }

    /// A worker that is nearly full lets some more places come free before it asks the queue.
    async fn gather(&mut self) {
        let enough = self.settings.parallel / 8;
        let limit = tokio::time::sleep(GATHER);
        tokio::pin!(limit);
        while self.rung && (1..enough).contains(&self.room()) {
            tokio::select! {
                () = &mut limit => return,
                Some(parted) = self.drivers.join_next() => self.part(parted.ok()),
            }
        }
    }

    /// Places without a driver.
    fn free(&self) -> usize {
        self.settings.parallel.saturating_sub(self.controls.len())
    }

    /// Places for what stands in the queue.
    fn room(&self) -> usize {
        self.free().saturating_sub(self.parts.openings.reserved())
    }

    /// Drives what was started for this worker, with all that came along.
    fn take(&mut self, first: Handed) {
        let mut next = Some(first);
        while let Some(Handed { claimed, history }) = next {
            self.parts.openings.settle(self.id, 1);
            self.drive(claimed, history);
            next = self.handed.try_recv().ok();
        }
    }

    fn drive(&mut self, claimed: Claimed, history: Vec<StoredEvent>) {
        let control = Control::default();
        self.controls.insert(claimed.id, control.clone());
        let around = info_span!(
            "execution",
            execution_id = %claimed.id,
            user_id = %claimed.owner.user(),
            trace_id = claimed.trace.map(TraceContext::trace_id),
        );
        let drive = driver::drive(Arc::clone(&self.desk), claimed, history, control);
        self.drivers.spawn(drive.instrument(around));
        metrics::gauge!("workflow_executions_leased").set(len(self.controls.len()));
    }

    /// Takes from the queue while there is work and room, when it was rung for.
    async fn claim(&mut self) {
        if std::mem::take(&mut self.freed) && !self.rung {
            self.rung = self.queue.has_work().await.unwrap_or(false);
        }
        while self.rung && self.room() > 0 {
            let room = self.room().min(CLAIM);
            match self.queue.claim(self.id, room, self.parts.ambient.now()).await {
                Ok(claimed) => {
                    self.rung = claimed.len() == room;
                    self.drive_all(claimed).await;
                }
                Err(error) => {
                    warn!(error = &error as &dyn std::error::Error, "claim failed");
                    self.rung = false;
                }
            }
        }
    }

    /// What fresh executions begin with is read in one go. If that fails, each reads for itself.
    async fn drive_all(&mut self, claimed: Vec<Claimed>) {
        let fresh: Vec<_> = claimed.iter().filter(|one| one.epoch == 1).map(|one| one.id).collect();
        let mut histories = HashMap::new();
        if !fresh.is_empty() {
            let read = self.desk.reader.beginnings(&fresh, load::BEGINNING).await;
            histories = read.unwrap_or_default();
        }
        for claimed in claimed {
            let history = histories.remove(&claimed.id).unwrap_or_default();
            self.drive(claimed, history);
        }
    }

    /// A driver is done with its execution. Its end may let another one start.
    fn part(&mut self, parted: Option<Parted>) {
        let Some(parted) = parted else {
            warn!("a driver broke off; its execution is taken over by and by");
            return;
        };
        self.controls.remove(&parted.id);
        metrics::gauge!("workflow_executions_leased").set(len(self.controls.len()));
        if let Some(at) = parted.parked_until {
            self.timer = Some(self.timer.map_or(at, |timer| timer.min(at)));
        }
        self.freed = true;
    }

    /// Gives all leases back so that others go on at once.
    async fn hand_back(&mut self) {
        for control in self.controls.values() {
            control.stop.cancel();
        }
        let all = async { while self.drivers.join_next().await.is_some() {} };
        if tokio::time::timeout(self.settings.stop_grace * 2, all).await.is_err() {
            warn!("some executions could not be handed back in time");
        }
    }
}

fn len(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
