//! The journal on PostgreSQL, a partition for each month.
//!
//! Ids of executions begin with their time (UUIDv7), so a range of ids is a range of time. A
//! partition whose executions were all forgotten is dropped, which gives its space back at once.

use chrono::{DateTime, Datelike as _, Months, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DbErr, RuntimeErr};
use shared_kernel::{
    domain::Timestamp,
    infrastructure::db::{Backend, Database},
};
use tracing::{info, warn};
use uuid::Uuid;

/// Months ahead for which there is room.
const AHEAD: u32 = 2;
/// How long everybody may be kept from the journal while a partition comes or goes.
const PATIENCE: &str = "SET LOCAL lock_timeout = '2s'";
/// `invalid_object_definition`: the new partition would overlap another.
const OVERLAP: &str = "42P17";
/// Those that hold no month stay.
const MONTHS: &str = "SELECT c.relname FROM pg_inherits i \
     JOIN pg_class c ON c.oid = i.inhrelid \
     WHERE i.inhparent = 'execution_events'::regclass AND c.relname LIKE 'execution_events_2%' \
     ORDER BY c.relname";

/// Does nothing on SQLite.
#[derive(Debug, Clone)]
pub(crate) struct Partitions {
    database: Database,
}

impl Partitions {
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// Makes the partitions of this month and the next ones.
    pub async fn look_ahead(&self, now: Timestamp) -> Result<(), DbErr> {
        if self.database.backend() == Backend::Sqlite {
            return Ok(());
        }
        for month in (0..=AHEAD).filter_map(|ahead| Month::of(now).plus(ahead)) {
            if self.exists(month).await? {
                continue;
            }
            match self.in_patience(&month.create()).await {
                // Rows of the month may stand in the partition for everything else.
                Err(error) if !is_there_already(&error) => {
                    warn!(%error, "partition {} was not made", month.name());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Drops partitions of months that are over and of which nothing is kept.
    pub async fn drop_empty(&self, now: Timestamp) -> Result<(), DbErr> {
        if self.database.backend() == Backend::Sqlite {
            return Ok(());
        }
        let this_month = Month::of(now).name();
        let rows = self.database.read().query_all_raw(self.database.statement(MONTHS, [])).await?;
        for row in rows {
            let name: String = row.try_get_by_index(0)?;
            let is_old = name < this_month;
            if is_old && self.is_empty(&name).await? {
                match self.in_patience(&format!("DROP TABLE {name}")).await {
                    Ok(()) => info!("partition {name} was empty and is gone"),
                    Err(error) => warn!(%error, "partition {name} stays for now"),
                }
            }
        }
        Ok(())
    }

    async fn exists(&self, month: Month) -> Result<bool, DbErr> {
        let sql = "SELECT to_regclass($1) IS NOT NULL";
        let asked = self.database.statement(sql, [month.name().into()]);
        let row = self.database.read().query_one_raw(asked).await?;
        row.map_or(Ok(false), |row| row.try_get_by_index(0))
    }

    async fn is_empty(&self, name: &str) -> Result<bool, DbErr> {
        let asked = self.database.statement(format!("SELECT 1 FROM {name} LIMIT 1"), []);
        Ok(self.database.read().query_one_raw(asked).await?.is_none())
    }

    async fn in_patience(&self, change: &str) -> Result<(), DbErr> {
        let work = self.database.begin().await?;
        work.conn().execute_unprepared(PATIENCE).await?;
        work.conn().execute_unprepared(change).await?;
        work.commit().await
    }
}

/// A partition holds the ids of the month: the first one does, for the month in which it was made.
fn is_there_already(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    let code = error.as_database_error().and_then(sea_orm::sqlx::error::DatabaseError::code);
    code.as_deref() == Some(OVERLAP)
}

/// A calendar month in UTC, by its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Month(NaiveDate);

impl Month {
    pub fn of(at: Timestamp) -> Self {
        let day = at.to_chrono().date_naive();
        Self(day.with_day(1).unwrap_or(day))
    }

    pub fn plus(self, months: u32) -> Option<Self> {
        self.0.checked_add_months(Months::new(months)).map(Self)
    }

    /// `execution_events_202611`, which sorts by time.
    pub fn name(self) -> String {
        format!("execution_events_{:04}{:02}", self.0.year(), self.0.month())
    }

    /// The first id that an execution of the month can have: milliseconds since 1970 in its first
    /// six bytes (RFC 9562, section 5.7).
    pub fn first_id(self) -> Uuid {
        let start = DateTime::<Utc>::from_naive_utc_and_offset(self.0.into(), Utc);
        let millis = u128::try_from(start.timestamp_millis()).unwrap_or(0);
        Uuid::from_u128(millis << 80)
    }

    pub fn create(self) -> String {
        let end = self.plus(1).unwrap_or(self);
        format!(
            "CREATE TABLE {} PARTITION OF execution_events FOR VALUES FROM ('{}') TO ('{}')",
            self.name(),
            self.first_id(),
            end.first_id()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_month_in_which_the_journal_was_divided_is_there_already() {
        for test in testkit::databases(&[crate::migrations as fn() -> _]).await {
            if test.database.backend() == Backend::Sqlite {
                continue;
            }
            let partitions = Partitions::new(test.database.clone());
            let now = shared_kernel::infrastructure::system::ambient().now();
            let error = partitions.in_patience(&Month::of(now).create()).await.unwrap_err();
            assert!(is_there_already(&error), "{error:?}");
            let other = partitions.in_patience("DROP TABLE nothing_of_the_kind").await.unwrap_err();
            assert!(!is_there_already(&other), "{other:?}");
        }
    }

    #[test]
    fn a_month_holds_the_ids_of_its_time() {
        let month = Month::of("2026-12-31T23:59:59.999Z".parse().unwrap());
        assert_eq!(month.name(), "execution_events_202612");
        assert_eq!(month.plus(1).unwrap().name(), "execution_events_202701");
        let id = |text: &str| {
            let at: Timestamp = text.parse().unwrap();
            let millis = u64::try_from(at.micros() / 1000).unwrap();
            Uuid::from_u128((u128::from(millis) << 80) | 0x7abc_8000_0000_0000_0001)
        };
        let (first, next) = (month.first_id(), month.plus(1).unwrap().first_id());
        assert!(id("2026-11-30T23:59:59.999Z") < first && first < id("2026-12-01T00:00:00Z"));
        assert!(id("2026-12-31T23:59:59.999Z") < next && next < id("2027-01-01T00:00:00Z"));
    }
}
