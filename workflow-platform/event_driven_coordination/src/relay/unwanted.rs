//! Events that concern nobody, as most do on a quiet evening: written off with one statement, and
//! no transaction that keeps writers waiting.

use sea_orm::{ConnectionTrait as _, DbErr};
use shared_kernel::domain::{DomainEvent, Timestamp};

use super::{
    Relay, RelayError,
    lists::{among, numbers},
    outbox::THESE,
};

/// A crowd is not looked at twice.
const FEW: usize = 16;

/// What a first look found, outside of any transaction.
pub(super) enum Look {
    Nothing,
    /// All that there was concerned nobody; so many were written off.
    WrittenOff(usize),
    /// Somebody may be concerned.
    Wanted,
}

impl Relay {
    /// Looks at what may be taken in hand, and is done with it if it is little and new and
    /// concerns nobody.
    pub(super) async fn look(&self, now: Timestamp) -> Result<Look, RelayError> {
        let places = self.may_be_taken(self.database.read(), now, FEW).await?;
        if places.is_empty() {
            return Ok(Look::Nothing);
        }
        if places.len() == FEW || !self.concern_nobody(&places, now).await? {
            return Ok(Look::Wanted);
        }
        Ok(Look::WrittenOff(self.write_off(&places, now).await?))
    }

    async fn concern_nobody(&self, places: &[i64], now: Timestamp) -> Result<bool, DbErr> {
        let sql = format!("{THESE} {}", among(self.database.backend()));
        let these = self.database.statement(&sql, [numbers(places)]);
        let rows = self.database.read().query_all_raw(these).await?;
        let fresh = rows.iter().map(|row| self.read(row, now).ok());
        let fresh = fresh.map(|event| event.filter(|event| event.attempts == 0));
        let events: Option<Vec<DomainEvent>> = fresh.map(|event| Some(event?.event)).collect();
        let Some(events) = events else { return Ok(false) };
        Ok(self.handlers.concerning(&events).await.is_empty())
    }

    /// Another process may have been faster.
    async fn write_off(&self, places: &[i64], now: Timestamp) -> Result<usize, DbErr> {
        let sql = format!(
            "UPDATE outbox SET delivered_at = $2, attempts = 1 WHERE position IN {} \
             AND attempts = 0 AND +delivered_at IS NULL AND +parked_at IS NULL",
            among(self.database.backend())
        );
        let statement = self.database.statement(&sql, [numbers(places), now.into()]);
        let written = self.database.write().execute_raw(statement).await?.rows_affected();
        Ok(usize::try_from(written).unwrap_or(usize::MAX))
    }
}
