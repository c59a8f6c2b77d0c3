//! One life of a worker: from its registration to its leaving.

mod places;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures::StreamExt as _;
use sea_orm::DbErr;
use shared_kernel::{
    application::{BusMessage, BusStream, Subscription},
    domain::{Execution, Id, Timestamp},
};
use tokio::{
    sync::{Notify, Semaphore, mpsc},
    task::JoinSet,
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use uuid::Uuid;

use super::{
    End, WorkerParts, WorkerSettings,
    driver::{Control, Desk, Parted},
    heartbeat::Heart,
    logs::LogWriter,
    meters::Meters,
    standby::Standby,
};
use crate::infrastructure::{
    announce::{CANCEL, LETTER, READY},
    journal::{JournalReader, JournalWriter, SnapshotStore},
    openings::Handed,
    queue::{Queue, WorkerWatch},
};
use places::{Claiming, brings};

/// Of the places of a worker, the part that may be leased ahead.
const AHEAD: usize = 2;
/// Leases without a driver are looked for on every so many looks.
const ORPHANS_EVERY: u32 = 4;

/// The worker's hold on an execution of its own.
struct Held {
    /// Of the lease.
    epoch: i64,
    control: Control,
}

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
    /// An execution with a key was let go and the queue not looked at since.
    freed: bool,
    claiming: Option<Claiming>,
    /// The last claim brought all that it asked for: more may wait in the queue.
    is_long: bool,
    standby: Standby,
    drivers: JoinSet<Parted>,
    /// Whatever it has leased.
    held: HashMap<Id<Execution>, Held>,
    /// The earliest timer of an execution that was parked.
    timer: Option<Timestamp>,
    /// What was started in this process for this worker.
    handed: mpsc::UnboundedReceiver<Handed>,
    /// How often it looked around, and when it did last.
    looks: u32,
    looked_at: Instant,
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
        claiming: None,
        is_long: false,
        standby: Standby::new(settings.parallel / AHEAD),
        drivers: JoinSet::new(),
        held: HashMap::new(),
        timer: None,
        handed: parts.openings.open(id),
        looks: 0,
        looked_at: Instant::now(),
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
            while let Some(Ok(parted)) = self.drivers.try_join_next() {
                self.part(&parted);
            }
            self.fill();
            self.gather().await;
            self.claim().await;
            self.offer();
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
                Some(Ok(parted)) = self.drivers.join_next() => self.part(&parted),
                brought = brings(&mut self.claiming) => self.bring(brought),
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
        match self.held.get(&id) {
            Some(held) => held.control.look_at_wish.notify_one(),
            // It may stand in the queue, or be parked: then it is in the queue by now.
            None => self.work.notify_one(),
        }
    }

    /// Until the next timer, but never longer than to the usual look, however busy it is.
    fn pause(&self) -> Duration {
        let until = self.timer.map(|at| at.since(self.parts.ambient.now()));
        let usual = self.settings.poll_every.saturating_sub(self.looked_at.elapsed());
        until.unwrap_or(Duration::MAX).min(usual)
    }

    /// Does by looking what the bus may have failed to tell.
    async fn look_around(&mut self) {
        self.looked_at = Instant::now();
        if let Err(error) = self.try_to_look_around().await {
            warn!(error = &error as &dyn std::error::Error, "worker cannot see its queue for now");
        }
    }

    async fn try_to_look_around(&mut self) -> Result<(), DbErr> {
        let now = self.parts.ambient.now();
        for overdue in self.standby.overdue(now) {
            self.give_back(overdue, now).await?;
        }
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
        let orphans = leased.into_iter().filter(|id| !self.held.contains_key(id));
        let before = std::mem::replace(&mut self.orphans, orphans.collect());
        for id in self.orphans.intersection(&before) {
            warn!(execution.id = %id, "nobody drives execution {id}, it goes back to the queue");
            self.queue.release(self.id, *id, now).await?;
        }
        Ok(())
    }

    /// Gives all leases back so that others go on at once.
    async fn hand_back(&mut self) {
        for held in self.held.values() {
            held.control.stop.cancel();
        }
        let limit = self.settings.stop_grace * 2;
        let all = async {
            let given_back = self.give_back_standby().await;
            while self.drivers.join_next().await.is_some() {}
            given_back
        };
        if !matches!(tokio::time::timeout(limit, all).await, Ok(Ok(()))) {
            warn!("some executions could not be handed back in time");
        }
    }
}
