//! Counts by user and day.

use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;
use shared_kernel::{
    domain::{Cost, Owner, Timestamp},
    infrastructure::db::{Database, UnitOfWork},
};

use super::rows::column;
use crate::application::ports::{StoreError, UsageDay, UsageMeter};

const SECONDS_OF_A_DAY: i64 = 86_400;
const COUNT: &str = "INSERT INTO usage_days AS u (user_id, day, executions) VALUES ($1, $2, 1) \
     ON CONFLICT (user_id, day) DO UPDATE SET executions = u.executions + 1";
const FETCHED: &str = "INSERT INTO usage_days AS u (user_id, day, executions, pages, bytes, proxy_bytes) \
     VALUES ($1, $2, 0, $3, $4, $5) ON CONFLICT (user_id, day) DO UPDATE SET \
     pages = u.pages + $3, bytes = u.bytes + $4, proxy_bytes = u.proxy_bytes + $5";

/// [`UsageMeter`] on SQLite or PostgreSQL.
#[derive(Debug)]
pub struct SqlMeter {
    database: Database,
}

impl SqlMeter {
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

fn day_of(at: Timestamp) -> i32 {
    i32::try_from(at.seconds().div_euclid(SECONDS_OF_A_DAY)).unwrap_or(i32::MAX)
}

#[async_trait]
impl UsageMeter for SqlMeter {
    async fn count_execution(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let statement = self.database.statement(COUNT, [owner.into(), day_of(at).into()]);
        work.conn().execute_raw(statement).await?;
        Ok(())
    }

    async fn count_fetched(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        at: Timestamp,
        cost: Cost,
    ) -> Result<(), StoreError> {
        let [pages, bytes, proxy_bytes] = [cost.pages, cost.bytes, cost.proxy_bytes]
            .map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        let values =
            [owner.into(), day_of(at).into(), pages.into(), bytes.into(), proxy_bytes.into()];
        work.conn().execute_raw(self.database.statement(FETCHED, values)).await?;
        Ok(())
    }

    async fn executions_since(&self, owner: Owner, since: Timestamp) -> Result<u64, StoreError> {
        let sql = "SELECT CAST(COALESCE(SUM(executions), 0) AS bigint) AS n FROM usage_days \
                   WHERE user_id = $1 AND day >= $2";
        let statement = self.database.statement(sql, [owner.into(), day_of(since).into()]);
        let row = self.database.read().query_one_raw(statement).await?;
        let count = row.map(|row| column::<i64>(&row, "n")).transpose()?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }

    async fn days(&self, owner: Owner, since: Timestamp) -> Result<Vec<UsageDay>, StoreError> {
        let sql = "SELECT day, executions, pages, bytes, proxy_bytes FROM usage_days WHERE user_id = $1 AND day >= $2 \
                   ORDER BY day";
        let statement = self.database.statement(sql, [owner.into(), day_of(since).into()]);
        let rows = self.database.read().query_all_raw(statement).await?;
        let day = |row: &sea_orm::QueryResult| {
            let (day, executions): (i32, i64) = (column(row, "day")?, column(row, "executions")?);
            let starts_at = Timestamp::from_millis(i64::from(day) * SECONDS_OF_A_DAY * 1000);
            let number =
                |name| Ok::<_, StoreError>(u64::try_from(column::<i64>(row, name)?).unwrap_or(0));
            let fetched = Cost {
                pages: number("pages")?,
                bytes: number("bytes")?,
                proxy_bytes: number("proxy_bytes")?,
                cpu_ms: 0,
            };
            let executions = u64::try_from(executions).unwrap_or(0);
            Ok(UsageDay { starts_at, executions, fetched })
        };
        rows.iter().map(day).collect()
    }
}
