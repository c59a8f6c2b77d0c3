//! Counts by user, limit and month.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult};
use shared_kernel::{
    domain::Timestamp,
    infrastructure::db::{Backend, Database, UnitOfWork},
};

use super::rows::column;
use crate::{
    application::ports::{Counter, QuotaCounters, StoreError},
    domain::Count,
};

/// Rows removed at once.
const PRUNED_AT_ONCE: i64 = 500;

/// [`QuotaCounters`] on SQLite or PostgreSQL.
#[derive(Debug)]
pub struct SqlCounters {
    database: Database,
}

impl SqlCounters {
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

fn name(counter: Counter) -> String {
    format!("{}/{}", counter.limit.as_str(), counter.month.to_chrono().format("%Y-%m"))
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(row: &QueryResult, name: &str) -> Result<Option<u64>, StoreError> {
    let number: Option<i64> = column(row, name)?;
    Ok(number.map(|number| u64::try_from(number).unwrap_or(0)))
}

#[async_trait]
impl QuotaCounters for SqlCounters {
    async fn lock(
        &self,
        work: &mut UnitOfWork,
        counter: Counter,
    ) -> Result<Option<Count>, StoreError> {
        let mut sql = "SELECT used, told_near, told_reached FROM quota_counters \
                       WHERE user_id = $1 AND counter = $2"
            .to_owned();
        // SQLite has one writer, and the transaction is it.
        if self.database.backend() == Backend::Postgres {
            sql.push_str(" FOR UPDATE");
        }
        let statement = self.database.statement(sql, [counter.owner.into(), name(counter).into()]);
        let Some(row) = work.conn().query_one_raw(statement).await? else { return Ok(None) };
        Ok(Some(Count {
            used: unsigned(&row, "used")?.unwrap_or(0),
            told_near: unsigned(&row, "told_near")?,
            told_reached: unsigned(&row, "told_reached")?,
        }))
    }

    async fn begin(
        &self,
        work: &mut UnitOfWork,
        counter: Counter,
        used: u64,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO quota_counters (user_id, counter, month, used) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (user_id, counter) DO NOTHING";
        let month = counter.month.micros();
        let values =
            [counter.owner.into(), name(counter).into(), month.into(), signed(used).into()];
        work.conn().execute_raw(self.database.statement(sql, values)).await?;
        Ok(())
    }

    async fn put(
        &self,
        work: &mut UnitOfWork,
        counter: Counter,
        count: Count,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE quota_counters SET used = $3, told_near = $4, told_reached = $5 \
                   WHERE user_id = $1 AND counter = $2";
        let values = [
            counter.owner.into(),
            name(counter).into(),
            signed(count.used).into(),
            count.told_near.map(signed).into(),
            count.told_reached.map(signed).into(),
        ];
        work.conn().execute_raw(self.database.statement(sql, values)).await?;
        Ok(())
    }

    async fn give_back(&self, counter: Counter, units: u64) -> Result<(), StoreError> {
        let sql = "UPDATE quota_counters SET used = CASE WHEN used > $3 THEN used - $3 ELSE 0 END \
                   WHERE user_id = $1 AND counter = $2";
        let values = [counter.owner.into(), name(counter).into(), signed(units).into()];
        self.database.write().execute_raw(self.database.statement(sql, values)).await?;
        Ok(())
    }

    async fn used(&self, counter: Counter) -> Result<u64, StoreError> {
        let sql = "SELECT used FROM quota_counters WHERE user_id = $1 AND counter = $2";
        let statement = self.database.statement(sql, [counter.owner.into(), name(counter).into()]);
        let row = self.database.read().query_one_raw(statement).await?;
        Ok(row.map(|row| unsigned(&row, "used")).transpose()?.flatten().unwrap_or(0))
    }

    async fn prune(&self, month: Timestamp) -> Result<u64, StoreError> {
        let sql = "DELETE FROM quota_counters WHERE (user_id, counter) IN \
                   (SELECT user_id, counter FROM quota_counters WHERE month < $1 LIMIT $2)";
        let values = [month.micros().into(), PRUNED_AT_ONCE.into()];
        let pruned =
            self.database.write().execute_raw(self.database.statement(sql, values)).await?;
        Ok(pruned.rows_affected())
    }
}
