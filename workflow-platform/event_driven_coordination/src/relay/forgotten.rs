//! Takes back what was sent over a stream that Redis has forgotten.
//!
//! Otherwise it would be due again only when its lease ends. Whether a parcel had been read is not
//! to be known, so what is taken back may be handled twice at once. Of events that only want to be
//! written no harm comes of that: the inbox lets one of both through, and the second of an
//! aggregate cannot be written before the first. What acts outside the database keeps its lease.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use shared_kernel::{
    domain::{DomainEvent, Timestamp},
    infrastructure::redis_streams::Consumer,
};
use tokio::time::Instant;
use tracing::info;

use super::{
    Relay,
    lists::{among_pairs, pairs},
    outbox::{Aggregate, Leased, aggregate},
};

/// Events looked at in one go.
const AT_ONCE: usize = 4096;

const IN_HAND: &str = "SELECT * FROM outbox WHERE delivered_at IS NULL AND parked_at IS NULL \
    AND due_at > $1 AND due_at <= $2 AND attempts > 0 AND last_error IS NULL \
    AND position > $3 ORDER BY position LIMIT $4";

/// When it was seen that Redis had forgotten.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forgotten {
    seen: Instant,
    /// No lease from before lasts longer.
    leased_until: Timestamp,
}

impl Relay {
    /// Whether Redis has forgotten since the reader was last asked.
    pub(super) fn notice(&self, consumer: &Consumer, forgotten: &mut Option<Forgotten>) {
        if consumer.has_founded() {
            let leased_until = self.ambient.now().plus(self.settings.lease);
            *forgotten = Some(Forgotten { seen: Instant::now(), leased_until });
        }
    }

    /// Takes back what is left of it, once whoever had read it before has had time to be done.
    pub(super) async fn take_back_when_due(
        &self,
        forgotten: &mut Option<Forgotten>,
    ) -> Result<(), DbErr> {
        let due = |one: &Forgotten| one.seen.elapsed() >= self.settings.claim_after;
        let Some(one) = forgotten.take_if(|one| due(one)) else { return Ok(()) };
        let taken = self.take_back(one.leased_until).await?;
        if taken > 0 {
            info!(events = taken, "Redis forgot {taken} events, which are taken in hand again");
            self.freed.notify_one();
        }
        Ok(())
    }

    async fn take_back(&self, leased_until: Timestamp) -> Result<u64, DbErr> {
        let (mut after, mut taken) = (0_i64, 0);
        loop {
            let now = self.ambient.now();
            let most = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
            let asked = [now.into(), leased_until.into(), after.into(), most.into()];
            let asked = self.database.statement(IN_HAND, asked);
            let rows = self.database.read().query_all_raw(asked).await?;
            taken += self.give_back(&self.harmless(&rows).await?, now).await?;
            match rows.last() {
                Some(last) if rows.len() == AT_ONCE => after = last.try_get("", "position")?,
                _ => return Ok(taken),
            }
        }
    }

    /// Those of aggregates of which everything is known and concerns nobody who acts outside.
    async fn harmless(&self, rows: &[QueryResult]) -> Result<Vec<Leased>, DbErr> {
        let (mut known, mut others) = (Vec::new(), HashSet::new());
        for row in rows {
            let until = Timestamp::from_micros(row.try_get("", "due_at")?);
            match self.read(row, until) {
                Ok(leased) => known.push(leased),
                Err(_) => drop(others.insert(aggregate(row)?)),
            }
        }
        let events: Vec<DomainEvent> = known.iter().map(|leased| leased.event.clone()).collect();
        let effects = self.handlers.concerning_effects(&events).await;
        let acting = events.iter().filter(|event| effects.contains(&event.id));
        others.extend(acting.map(of_event));
        known.retain(|leased| !others.contains(&of_event(&leased.event)));
        Ok(known)
    }

    /// As if they had not been taken in hand.
    async fn give_back(&self, leased: &[Leased], now: Timestamp) -> Result<u64, DbErr> {
        if leased.is_empty() {
            return Ok(0);
        }
        let these = pairs(leased.iter().map(|leased| (leased.position, leased.until.micros())));
        let sql = format!(
            "UPDATE outbox SET due_at = $2, attempts = attempts - 1 \
             WHERE (position, due_at) IN {} AND +delivered_at IS NULL AND +parked_at IS NULL",
            among_pairs(self.database.backend())
        );
        let given = self.database.statement(sql, [these, now.into()]);
        Ok(self.database.write().execute_raw(given).await?.rows_affected())
    }
}

fn of_event(event: &DomainEvent) -> Aggregate {
    (event.aggregate.clone(), event.aggregate_id.clone())
}
