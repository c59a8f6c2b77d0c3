//! Tells how far behind the outbox is.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DbErr};
use shared_kernel::domain::Timestamp;
use tracing::warn;

use super::Relay;

const EVERY: Duration = Duration::from_secs(15);
const OLDEST: &str = "SELECT occurred_at AS n FROM outbox \
     WHERE delivered_at IS NULL AND parked_at IS NULL ORDER BY position LIMIT 1";
/// Up to a hundred thousand: more are simply many.
const WAITING: &str = "SELECT COUNT(*) AS n FROM (SELECT 1 FROM outbox \
     WHERE delivered_at IS NULL AND parked_at IS NULL LIMIT 100000) waiting";
const PARKED: &str =
    "SELECT COUNT(*) AS n FROM outbox WHERE parked_at IS NOT NULL AND delivered_at IS NULL";

/// How the outbox stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Age of the oldest event that is not handled yet.
    pub lag: Duration,
    /// Events that are not handled yet, up to a hundred thousand.
    pub waiting: i64,
    pub parked: i64,
}

/// Series that are there before anything happened, so that a first time is an increase.
pub fn register_metrics() {
    for name in ["events_delivered_total", "events_parked_total", "event_parcels_published_total"] {
        metrics::counter!(name).increment(0);
    }
}

impl Relay {
    /// How the outbox stands, for all processes together.
    pub async fn standing(&self) -> Result<Standing, DbErr> {
        let oldest = self.number(OLDEST).await?.map(Timestamp::from_micros);
        let lag = oldest.map_or(Duration::ZERO, |oldest| self.ambient.now().since(oldest));
        let waiting = self.number(WAITING).await?.unwrap_or(0);
        Ok(Standing { lag, waiting, parked: self.number(PARKED).await?.unwrap_or(0) })
    }

    async fn number(&self, sql: &str) -> Result<Option<i64>, DbErr> {
        let asked = self.database.statement(sql, []);
        let row = self.database.read().query_one_raw(asked).await?;
        row.map(|row| row.try_get("", "n")).transpose()
    }

    /// Now and then; a failure waits for the next time.
    #[expect(clippy::cast_precision_loss, reason = "nobody parks that many events")]
    pub(super) async fn observe_when_due(&self, last: &mut Option<Timestamp>) {
        let now = self.ambient.now();
        if last.is_some_and(|last| now.since(last) < EVERY) {
            return;
        }
        *last = Some(now);
        match self.standing().await {
            Ok(standing) => {
                metrics::gauge!("outbox_lag_seconds").set(standing.lag.as_secs_f64());
                metrics::gauge!("outbox_events_waiting").set(standing.waiting as f64);
                metrics::gauge!("events_parked").set(standing.parked as f64);
            }
            Err(error) => warn!(%error, "the outbox cannot be looked at"),
        }
    }
}
