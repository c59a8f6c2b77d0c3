//! Takes parcels from the stream and has their events handled.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use sea_orm::{ConnectionTrait as _, DbErr};
use shared_kernel::{
    domain::Timestamp,
    infrastructure::redis_streams::{Consumer, Entry, RedisStream, StreamError},
};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use super::{
    Relay,
    forgotten::Forgotten,
    hold::Hold,
    lists::{among, numbers},
    outbox::{DEADLY, Leased, UnreadableEvent, read},
    publish::Parcel,
};

/// How long a read waits in Redis; a consumer that is told to stop takes that long.
const WAIT: Duration = Duration::from_millis(500);
/// Before a stream or a database that failed is tried again.
const AGAIN_AFTER: Duration = Duration::from_millis(500);
/// Names of consumers that died so long ago are forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_hours(1);

#[derive(Debug, thiserror::Error)]
enum ConsumeError {
    #[error(transparent)]
    Stream(#[from] StreamError),
    #[error("database failed")]
    Database(#[from] DbErr),
}

impl Relay {
    /// Handles what comes over the stream until told to stop; connects again when it is lost. The
    /// first of a process's consumers also takes over from the dead.
    pub(super) async fn consume(
        &self,
        stream: &RedisStream,
        number: usize,
        stop: &CancellationToken,
    ) {
        let (mut told, mut forgotten) = (false, None);
        while !stop.is_cancelled() {
            let claims = number == 0;
            let once = self.consume_once(stream, claims, stop, &mut told, &mut forgotten);
            let Err(failure) = once.await else { return };
            if !told {
                let failure = &failure as &dyn std::error::Error;
                warn!(error = failure, "events do not come over the stream");
                told = true;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(AGAIN_AFTER) => {}
            }
        }
    }

    async fn consume_once(
        &self,
        stream: &RedisStream,
        claims: bool,
        stop: &CancellationToken,
        told: &mut bool,
        forgotten: &mut Option<Forgotten>,
    ) -> Result<(), ConsumeError> {
        let name = self.ambient.uuid().simple().to_string();
        let consumer = stream.consumer(name, WAIT).await?;
        self.notice(&consumer, forgotten);
        consumer.forget_dead(FORGOTTEN_AFTER).await?;
        *told = false;
        let mut looked_at: Option<Instant> = None;
        while !stop.is_cancelled() {
            if claims && looked_at.is_none_or(|at| at.elapsed() >= self.settings.claim_after / 4) {
                looked_at = Some(Instant::now());
                let claimed = consumer.claim(self.settings.claim_after, self.settings.take).await?;
                self.take(&consumer, claimed, true).await?;
            }
            self.notice(&consumer, forgotten);
            self.take_back_when_due(forgotten).await?;
            let next = consumer.next(self.settings.take).await?;
            self.take(&consumer, next, false).await?;
        }
        Ok(consumer.leave().await?)
    }

    /// Handles the entries and takes them off the stream. What could not be settled is due again
    /// in the outbox when its lease ends.
    async fn take(
        &self,
        consumer: &Consumer,
        entries: Vec<Entry>,
        claimed: bool,
    ) -> Result<(), ConsumeError> {
        if entries.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = entries.iter().map(|entry| entry.id.clone()).collect();
        let hold = Hold::of(self.settings.claim_after * 3 / 5);
        let handled = async {
            let groups = self.opened(&entries).await?;
            if claimed {
                self.deliver_suspects(groups, &hold).await
            } else {
                self.deliver_groups(groups, &hold).await
            }
        };
        tokio::select! {
            handled = handled => handled?,
            () = keep(consumer, &ids, &hold, self.settings.claim_after / 5) => {}
        }
        // What came meanwhile of these aggregates may be taken in hand now.
        self.freed.notify_one();
        // What may be in other hands is theirs to take away.
        if hold.lasts() {
            consumer.done(&ids).await?;
        }
        Ok(())
    }

    /// The events of the parcels that are still under the lease they were sent with.
    async fn opened(&self, entries: &[Entry]) -> Result<Vec<Vec<Leased>>, DbErr> {
        let parcels: Vec<Parcel> =
            entries.iter().filter_map(|entry| serde_json::from_str(&entry.body).ok()).collect();
        let positions: Vec<i64> =
            parcels.iter().flat_map(|parcel| &parcel.positions).copied().collect();
        if positions.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT * FROM outbox WHERE position IN {} AND delivered_at IS NULL \
             AND parked_at IS NULL",
            among(self.database.backend())
        );
        let asked = self.database.statement(sql, [numbers(&positions)]);
        let rows = self.database.read().query_all_raw(asked).await?;
        let (mut found, mut newer) = (HashMap::new(), HashSet::new());
        for row in &rows {
            let due: i64 = row.try_get("", "due_at")?;
            let until = Timestamp::from_micros(due);
            let leased = match self.read(row, until) {
                Err(UnreadableEvent::Newer(..)) => {
                    newer.insert(row.try_get::<i64>("", "position")?);
                    read(row, until)
                }
                known => known,
            };
            match leased {
                Ok(leased) => drop(found.insert((leased.position, due), leased)),
                Err(failure) => error!("an event cannot be read: {failure}"),
            }
        }
        let mut groups = Vec::new();
        for parcel in parcels {
            let places = parcel.positions.iter();
            let group: Vec<Leased> =
                places.filter_map(|at| found.remove(&(*at, parcel.until))).collect();
            if parcel.positions.iter().any(|at| newer.contains(at)) {
                // It is sent again, perhaps to one who knows it.
                for leased in &group {
                    self.hand_back(leased).await?;
                }
            } else if !group.is_empty() {
                groups.push(group);
            }
        }
        Ok(groups)
    }

    /// Whoever had them in hand died. What stands first in a group may have been the cause: it
    /// counts as an attempt, and the last one parks it. One group after the other, and each counted
    /// only when its turn comes, so that none is blamed for what another does.
    async fn deliver_suspects(&self, groups: Vec<Vec<Leased>>, hold: &Hold) -> Result<(), DbErr> {
        for mut group in groups {
            let Some(first) = group.first_mut() else { continue };
            first.attempts += 1;
            let ours = if first.attempts > self.settings.attempts {
                let parked = self.park(first, DEADLY).await?;
                metrics::counter!("events_parked_total").increment(u64::from(parked));
                group.remove(0);
                parked
            } else {
                self.blame(first).await?
            };
            if ours {
                self.deliver_in_order(group, hold).await?;
            }
        }
        Ok(())
    }
}

/// Says again and again that the entries are in our hand, until that is no longer sure: saying it
/// then would take them from whoever has them now. Never ends.
async fn keep(consumer: &Consumer, ids: &[String], hold: &Hold, every: Duration) {
    loop {
        sleep(every).await;
        let asked_at = Instant::now();
        if !hold.lasts() {
            return std::future::pending().await;
        }
        if consumer.keep(ids).await.is_ok() {
            hold.renew(asked_at);
        }
    }
}
