//! The outbox table as the relay uses it.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};
use shared_kernel::{
    domain::{DomainEvent, NewerEvent, Timestamp},
    infrastructure::db::{Backend, UnitOfWork},
};
use tracing::error;
use uuid::Uuid;

use super::{
    Found, Relay, RelayError,
    lists::{among, numbers},
    unwanted::Look,
};

/// An event that is ours until its lease ends.
#[derive(Debug)]
pub(super) struct Leased {
    pub position: i64,
    /// Times it was taken in hand, this one included.
    pub attempts: u32,
    pub until: Timestamp,
    pub event: DomainEvent,
}

/// Any number; relays of one database take turns leasing under it.
const LEASE_LOCK: i64 = 0x6f75_7462_6f78;

/// Why an event is parked that nobody could tell of.
pub(super) const DEADLY: &str = "every process that handled it died";

/// In the order of writing.
pub(super) const THESE: &str = "SELECT * FROM outbox WHERE position IN";

/// What one turn at the outbox gave.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Events that moved, those that need no handling included.
    pub taken: usize,
    pub leased: Vec<Leased>,
    /// It was in hand before and nobody told how it ended. Whoever had it may have died of it: it
    /// is handled with nothing beside it that could be blamed for its deeds.
    pub suspect: bool,
    /// They were few, and none concerned anybody.
    pub idle: bool,
}

impl Batch {
    /// What a turn found that was to bring at most so many, and handled none of them here.
    pub fn passed_on(&self, most: u32) -> Found {
        match u32::try_from(self.taken) {
            Ok(0) => Found::Nothing,
            // What comes after them wakes us if it concerns anybody. Sign-ins, say, would else be
            // looked for as often as if they did.
            Ok(_) if self.idle => Found::Nothing,
            Ok(taken) if taken < most => Found::All,
            _ => Found::More,
        }
    }
}

impl Relay {
    /// Takes the next events in hand. Those that nobody wants are written off at once, and those
    /// that cannot be read are parked, so that they hold nobody up. Where one is suspect,
    /// it comes alone.
    pub(super) async fn lease(&self, most: u32) -> Result<Batch, RelayError> {
        let now = self.ambient.now();
        // Mostly there is nothing, or nothing that concerns anybody.
        match self.look(now).await? {
            Look::Nothing => return Ok(Batch::default()),
            Look::WrittenOff(taken) => {
                return Ok(Batch { taken, idle: true, ..Batch::default() });
            }
            Look::Wanted => {}
        }
        let work = self.database.begin().await?;
        self.take_turn(&work).await?;
        let until = now.plus(self.settings.lease);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let places = self.may_be_taken(work.conn(), now, most).await?;
        let sql = format!("{THESE} {} ORDER BY position", among(self.database.backend()));
        let these = self.database.statement(sql, [numbers(&places)]);
        let mut rows = work.conn().query_all_raw(these).await?;
        let suspect = suspect(&rows)?;
        if let Some(place) = suspect {
            rows = vec![rows.swap_remove(place)];
        }
        let (mut found, mut left) = (Vec::new(), Left::default());
        for row in &rows {
            let position: i64 = row.try_get("", "position")?;
            match self.read(row, until) {
                // Whoever knows it keeps the order of its aggregate.
                Ok(event) if left.holds(&event.event) => left.add(position, &event.event),
                // The last one never told how it ended.
                Ok(event) if event.attempts >= self.settings.attempts => {
                    self.park_unhandled(&work, position, DEADLY, now).await?;
                }
                // This is another one.
                Ok(event) => found.push(Leased { attempts: event.attempts + 1, ..event }),
                Err(UnreadableEvent::Newer(event, _)) => left.add(position, &event),
                Err(error) => self.park_unhandled(&work, position, &error.to_string(), now).await?,
            }
        }
        let events: Vec<_> = found.iter().map(|leased| leased.event.clone()).collect();
        let concerning = self.handlers.concerning(&events).await;
        let (leased, unwanted): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|leased| concerning.contains(&leased.event.id));
        let wanted: Vec<i64> = leased.iter().map(|event| event.position).collect();
        let unwanted: Vec<i64> = unwanted.iter().map(|event| event.position).collect();
        self.leave(&work, now.plus(self.settings.left_for), &left.positions).await?;
        self.mark(&work, "due_at = $2, last_error = NULL", until, &wanted).await?;
        self.mark(&work, "delivered_at = $2", now, &unwanted).await?;
        work.commit().await?;
        Ok(Batch { taken: rows.len(), leased, suspect: suspect.is_some(), idle: false })
    }

    /// The event of a row in today's form.
    pub(super) fn read(
        &self,
        row: &QueryResult,
        until: Timestamp,
    ) -> Result<Leased, UnreadableEvent> {
        let mut leased = read(row, until)?;
        match self.catalog.modernise(&mut leased.event) {
            Ok(()) => {
                #[cfg(debug_assertions)]
                self.compare(&leased.event);
                Ok(leased)
            }
            Err(newer) => Err(UnreadableEvent::Newer(Box::new(leased.event), newer)),
        }
    }

    /// Tests fail on this line of the log. Without a catalogue there is nothing to compare with.
    #[cfg(debug_assertions)]
    fn compare(&self, event: &DomainEvent) {
        let compared = if self.catalog.is_empty() { Ok(()) } else { self.catalog.check(event) };
        if let Err(fault) = compared {
            error!("an event is not as its kind is described: {fault}");
        }
    }

    /// Leaves events to others for a while, without counting an attempt.
    async fn leave(
        &self,
        work: &UnitOfWork,
        until: Timestamp,
        positions: &[i64],
    ) -> Result<(), DbErr> {
        if positions.is_empty() {
            return Ok(());
        }
        let among = among(self.database.backend());
        let sql = format!("UPDATE outbox SET due_at = $2 WHERE position IN {among}");
        let values = [numbers(positions), until.into()];
        work.conn().execute_raw(self.database.statement(sql, values)).await?;
        Ok(())
    }

    /// Changes all rows of the positions at once and counts the attempt.
    async fn mark(
        &self,
        work: &UnitOfWork,
        change: &str,
        at: Timestamp,
        positions: &[i64],
    ) -> Result<(), DbErr> {
        if positions.is_empty() {
            return Ok(());
        }
        let among = among(self.database.backend());
        let sql = format!(
            "UPDATE outbox SET {change}, attempts = attempts + 1 WHERE position IN {among}"
        );
        let values = [numbers(positions), at.into()];
        work.conn().execute_raw(self.database.statement(sql, values)).await?;
        Ok(())
    }

    async fn park_unhandled(
        &self,
        work: &UnitOfWork,
        position: i64,
        failure: &str,
        now: Timestamp,
    ) -> Result<(), DbErr> {
        error!(event.position = position, "an event is parked: {failure}");
        metrics::counter!("events_parked_total").increment(1);
        let sql = "UPDATE outbox SET parked_at = $2, last_error = $3 WHERE position = $1";
        let values = [position.into(), now.into(), failure.into()];
        work.conn().execute_raw(self.database.statement(sql, values)).await?;
        Ok(())
    }

    /// SQLite's immediate transaction is a turn already.
    async fn take_turn(&self, work: &UnitOfWork) -> Result<(), DbErr> {
        if self.database.backend() == Backend::Postgres {
            let lock =
                self.database.statement("SELECT pg_advisory_xact_lock($1)", [LEASE_LOCK.into()]);
            work.conn().query_one_raw(lock).await?;
        }
        Ok(())
    }

    /// Changes the row if it is still ours; tells whether it was.
    async fn settle(
        &self,
        leased: &Leased,
        change: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<bool, DbErr> {
        let sql = format!(
            "UPDATE outbox SET {change} WHERE position = $1 AND due_at = $2 \
             AND delivered_at IS NULL AND parked_at IS NULL"
        );
        let values = [leased.position.into(), leased.until.into()].into_iter().chain(values);
        let statement = self.database.statement(sql, values);
        Ok(self.database.write().execute_raw(statement).await?.rows_affected() > 0)
    }

    pub(super) async fn delivered(&self, leased: &Leased) -> Result<bool, DbErr> {
        let now = self.ambient.now();
        self.settle(leased, "delivered_at = $3, last_error = NULL", [now.into()]).await
    }

    pub(super) async fn retry_at(
        &self,
        leased: &Leased,
        at: Timestamp,
        error: &str,
    ) -> Result<bool, DbErr> {
        self.settle(leased, "due_at = $3, last_error = $4", [at.into(), error.into()]).await
    }

    pub(super) async fn park(&self, leased: &Leased, error: &str) -> Result<bool, DbErr> {
        let now = self.ambient.now();
        self.settle(leased, "parked_at = $3, last_error = $4", [now.into(), error.into()]).await
    }

    /// Counts one attempt more.
    pub(super) async fn blame(&self, leased: &Leased) -> Result<bool, DbErr> {
        self.settle(leased, "attempts = attempts + 1", []).await
    }

    /// Gives it back untouched, to be taken again when its turn comes.
    pub(super) async fn hand_back(&self, leased: &Leased) -> Result<bool, DbErr> {
        let now = self.ambient.now();
        self.settle(leased, "due_at = $3, attempts = attempts - 1", [now.into()]).await
    }
}

pub(super) type Aggregate = (String, String);

pub(super) fn aggregate(row: &QueryResult) -> Result<Aggregate, DbErr> {
    Ok((row.try_get("", "aggregate")?, row.try_get("", "aggregate_id")?))
}

/// The place of the first event that was taken in hand and never settled, or of the first of its
/// aggregate. A failure that was told leaves its text, which the next taking in hand removes.
fn suspect(rows: &[QueryResult]) -> Result<Option<usize>, DbErr> {
    for row in rows {
        let attempts: i32 = row.try_get("", "attempts")?;
        let told: Option<String> = row.try_get("", "last_error")?;
        if attempts > 0 && told.is_none() {
            let whose = aggregate(row)?;
            return Ok(rows.iter().position(|row| aggregate(row).is_ok_and(|is| is == whose)));
        }
    }
    Ok(None)
}

/// What is left to newer processes.
#[derive(Default)]
struct Left {
    positions: Vec<i64>,
    aggregates: HashSet<Aggregate>,
}

impl Left {
    fn holds(&self, event: &DomainEvent) -> bool {
        !self.aggregates.is_empty()
            && self.aggregates.contains(&(event.aggregate.clone(), event.aggregate_id.clone()))
    }

    fn add(&mut self, position: i64, event: &DomainEvent) {
        self.positions.push(position);
        self.aggregates.insert((event.aggregate.clone(), event.aggregate_id.clone()));
    }
}

/// The row is no event that this process can handle.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnreadableEvent {
    #[error("row cannot be read: {0}")]
    Row(#[from] DbErr),
    #[error("payload cannot be read: {0}")]
    Payload(#[from] serde_json::Error),
    #[error("{1}")]
    Newer(Box<DomainEvent>, #[source] NewerEvent),
}

/// The event of a row in the form in which it was written.
pub(super) fn read(row: &QueryResult, until: Timestamp) -> Result<Leased, UnreadableEvent> {
    let id: Uuid = row.try_get("", "id")?;
    let payload: String = row.try_get("", "payload")?;
    let payload = serde_json::from_str(&payload)?;
    let attempts: i32 = row.try_get("", "attempts")?;
    let version: i32 = row.try_get("", "version")?;
    let event = DomainEvent {
        id: id.into(),
        kind: row.try_get("", "kind")?,
        version: u16::try_from(version).unwrap_or(u16::MAX),
        aggregate: row.try_get("", "aggregate")?,
        aggregate_id: row.try_get("", "aggregate_id")?,
        user: row.try_get::<Option<Uuid>>("", "user_id")?.map(Into::into),
        payload,
        occurred_at: Timestamp::from_micros(row.try_get("", "occurred_at")?),
        request_id: row.try_get("", "request_id")?,
    };
    let attempts = u32::try_from(attempts).unwrap_or(0);
    Ok(Leased { position: row.try_get("", "position")?, attempts, until, event })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_concerns_nobody_is_no_reason_to_look_again_soon() {
        let found = |taken, idle| Batch { taken, idle, ..Batch::default() }.passed_on(100);
        assert_eq!(found(0, false), Found::Nothing);
        assert_eq!(found(3, true), Found::Nothing);
        assert_eq!(found(3, false), Found::All);
        assert_eq!(found(100, false), Found::More);
    }
}
