//! Counts by user, hour and way to end.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult};
use shared_kernel::{
    domain::{Owner, Timestamp},
    infrastructure::db::{Database, UnitOfWork},
};

use crate::{
    application::{
        executions::StoreError,
        statistics::{EndCounts, Ends},
    },
    domain::execution::Status,
};

const SECONDS_OF_AN_HOUR: i64 = 3600;
const COUNT: &str = "INSERT INTO workflow_ends AS w (user_id, hour, status, count) \
     VALUES ($1, $2, $3, 1) \
     ON CONFLICT (user_id, hour, status) DO UPDATE SET count = w.count + 1";
const BETWEEN: &str = "SELECT hour, status, count FROM workflow_ends \
     WHERE user_id = $1 AND hour >= $2 AND hour < $3 ORDER BY hour";
const UNDER_WAY: &str = "SELECT status, hour, count(*) FROM \
     (SELECT status, created_at / 3600000000 AS hour FROM workflow_executions WHERE user_id = $1 \
     AND finished_at IS NULL AND fragment = 0 AND created_at >= $2 LIMIT $3) AS open \
     GROUP BY status, hour";

/// [`EndCounts`] through plain SQL.
#[derive(Debug)]
pub struct SqlEndCounts(Database);

impl SqlEndCounts {
    pub const fn new(database: Database) -> Self {
        Self(database)
    }
}

fn hour_of(at: Timestamp) -> i32 {
    let hour = at.seconds().div_euclid(SECONDS_OF_AN_HOUR);
    i32::try_from(hour).unwrap_or(if hour < 0 { i32::MIN } else { i32::MAX })
}

#[async_trait]
impl EndCounts for SqlEndCounts {
    async fn count(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        at: Timestamp,
        status: Status,
    ) -> Result<(), StoreError> {
        let values = [owner.into(), hour_of(at).into(), status.as_str().into()];
        work.conn().execute_raw(self.0.statement(COUNT, values)).await?;
        Ok(())
    }

    async fn between(
        &self,
        owner: Owner,
        from: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<Ends>, StoreError> {
        // The hour that the end falls into belongs to the range.
        let last = hour_of(before.minus(std::time::Duration::from_micros(1)));
        let values = [owner.into(), hour_of(from).into(), last.saturating_add(1).into()];
        let rows = self.0.read().query_all_raw(self.0.statement(BETWEEN, values)).await?;
        rows.iter().map(ends).collect()
    }

    async fn under_way(
        &self,
        owner: Owner,
        from: Timestamp,
        most: u64,
    ) -> Result<Vec<Ends>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let values = [owner.into(), from.into(), most.into()];
        let rows = self.0.read().query_all_raw(self.0.statement(UNDER_WAY, values)).await?;
        rows.iter().map(standing).collect()
    }
}

fn standing(row: &QueryResult) -> Result<Ends, StoreError> {
    let (status, hour, count): (String, i64, i64) =
        (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
    Ok(Ends {
        hour: Timestamp::from_millis(hour.saturating_mul(SECONDS_OF_AN_HOUR * 1000)),
        status: status.parse().map_err(|_| StoreError::Row(status))?,
        count: u64::try_from(count).unwrap_or(0),
    })
}

fn ends(row: &QueryResult) -> Result<Ends, StoreError> {
    let (hour, status): (i32, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    let count: i64 = row.try_get_by_index(2)?;
    Ok(Ends {
        hour: Timestamp::from_millis(i64::from(hour) * SECONDS_OF_AN_HOUR * 1000),
        status: status.parse().map_err(|_| StoreError::Row(status))?,
        count: u64::try_from(count).unwrap_or(0),
    })
}
