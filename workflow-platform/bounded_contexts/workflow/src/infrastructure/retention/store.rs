//! [`RetentionStore`] through plain SQL.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult};
use shared_kernel::{
    domain::{Execution, Id, Owner, Timestamp},
    infrastructure::db::{Backend, Database, UnitOfWork},
};
use uuid::Uuid;

use super::Partitions;
use crate::application::{
    executions::StoreError,
    retention::{Kept, RetentionStore},
};

/// Free pages of SQLite's file that one lap gives back, at most: 200 MB of it.
const PAGES: u32 = 50_000;
/// Of them at a time, so that others can write.
const PAGES_AT_ONCE: u32 = 1_000;
/// Ledger rows of one statement.
const TICKS: i64 = 1_000;

const TAKE_TURN: &str =
    "UPDATE workflow_chores SET due_at = $2 WHERE name = 'retention' AND due_at <= $1";
const END_TURN: &str = "UPDATE workflow_chores SET due_at = $1 WHERE name = 'retention'";
const OLD_TICKS: &str = "DELETE FROM workflow_ticks WHERE (trigger_id, due_at) IN \
     (SELECT trigger_id, due_at FROM workflow_ticks WHERE at < $1 ORDER BY at LIMIT $2)";

/// Tables of what belongs to an execution.
const FORGOTTEN: [&str; 5] = [
    "execution_events",
    "execution_snapshots",
    "execution_logs",
    "execution_inbox",
    "workflow_ticks",
];

/// Both engines.
#[derive(Debug, Clone)]
pub struct SqlRetention {
    database: Database,
    partitions: Partitions,
}

impl SqlRetention {
    pub fn new(database: Database) -> Self {
        let partitions = Partitions::new(database.clone());
        Self { database, partitions }
    }

    /// The index of labels begins with what the row says of them.
    async fn forget_labels(
        &self,
        work: &UnitOfWork,
        gone: &[QueryResult],
    ) -> Result<(), StoreError> {
        for row in gone {
            let labels: String = row.try_get_by_index(2)?;
            let labels: std::collections::BTreeMap<String, String> = serde_json::from_str(&labels)?;
            let (id, owner): (Uuid, Uuid) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let created_at: i64 = row.try_get_by_index(3)?;
            for (name, value) in labels {
                let statement = self.database.statement(
                    "DELETE FROM execution_labels WHERE user_id = $1 AND name = $2 AND value = $3 \
                     AND created_at = $4 AND execution_id = $5",
                    [owner.into(), name.into(), value.into(), created_at.into(), id.into()],
                );
                work.conn().execute_raw(statement).await?;
            }
        }
        Ok(())
    }
}

fn kept(row: &QueryResult) -> Result<Kept, StoreError> {
    Ok(Kept {
        id: Id::from(row.try_get_by_index::<Uuid>(0)?),
        owner: Owner::new(row.try_get_by_index::<Uuid>(1)?.into()),
        finished_at: row.try_get_by_index::<Option<i64>>(2)?.map(Timestamp::from_micros),
        bytes: row.try_get_by_index(3)?,
    })
}

#[async_trait]
impl RetentionStore for SqlRetention {
    async fn take_turn(&self, now: Timestamp, until: Timestamp) -> Result<bool, StoreError> {
        let statement = self.database.statement(TAKE_TURN, [now.into(), until.into()]);
        Ok(self.database.write().execute_raw(statement).await?.rows_affected() > 0)
    }

    async fn end_turn(&self, next: Timestamp) -> Result<(), StoreError> {
        let statement = self.database.statement(END_TURN, [next.into()]);
        self.database.write().execute_raw(statement).await?;
        Ok(())
    }

    async fn page(
        &self,
        before: Option<Id<Execution>>,
        limit: u32,
    ) -> Result<Vec<Kept>, StoreError> {
        let statement = self.database.statement(
            "SELECT id, user_id, finished_at, bytes FROM workflow_executions \
             WHERE id < $1 ORDER BY id DESC LIMIT $2",
            [before.map_or(Uuid::max(), Id::uuid).into(), i64::from(limit).into()],
        );
        let rows = self.database.read().query_all_raw(statement).await?;
        rows.iter().map(kept).collect()
    }

    async fn forget(&self, ids: &[Id<Execution>], now: Timestamp) -> Result<u64, StoreError> {
        let work = self.database.begin().await?;
        let (among, list) = self.database.backend().among("$1", ids.iter().map(|id| id.uuid()));
        let sql = format!(
            "DELETE FROM workflow_executions WHERE id {among} AND finished_at IS NOT NULL \
             RETURNING id, user_id, labels, created_at"
        );
        let gone = work.conn().query_all_raw(self.database.statement(sql, [list])).await?;
        let ids = gone.iter().map(|row| row.try_get_by_index(0)).collect::<Result<Vec<_>, _>>()?;
        let (among, list) = self.database.backend().among("$1", ids.iter().copied());
        let garbage = format!(
            "INSERT INTO workflow_blob_garbage (execution_id, at) \
             SELECT DISTINCT execution_id, CAST($2 AS bigint) FROM execution_events \
             WHERE execution_id {among} AND blob IS NOT NULL"
        );
        let group = match self.database.backend() {
            Backend::Postgres => "CAST(substr(blob, 1, 32) AS uuid)",
            Backend::Sqlite => "unhex(substr(blob, 1, 32))",
        };
        let of_snapshots = format!(
            "INSERT INTO workflow_blob_garbage (execution_id, at) \
             SELECT {group}, CAST($2 AS bigint) FROM execution_snapshots \
             WHERE execution_id {among} AND blob IS NOT NULL"
        );
        for sql in [garbage, of_snapshots] {
            let values = [list.clone(), now.into()];
            work.conn().execute_raw(self.database.statement(sql, values)).await?;
        }
        for table in FORGOTTEN {
            let sql = format!("DELETE FROM {table} WHERE execution_id {among}");
            work.conn().execute_raw(self.database.statement(sql, [list.clone()])).await?;
        }
        self.forget_labels(&work, &gone).await?;
        work.commit().await?;
        Ok(u64::try_from(gone.len()).unwrap_or(u64::MAX))
    }

    async fn garbage(&self, limit: u32) -> Result<Vec<Uuid>, StoreError> {
        let sql = "SELECT execution_id FROM workflow_blob_garbage ORDER BY execution_id LIMIT $1";
        let statement = self.database.statement(sql, [i64::from(limit).into()]);
        let rows = self.database.read().query_all_raw(statement).await?;
        Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
    }

    async fn garbage_gone(&self, groups: &[Uuid]) -> Result<(), StoreError> {
        let (among, list) = self.database.backend().among("$1", groups.iter().copied());
        let sql = format!("DELETE FROM workflow_blob_garbage WHERE execution_id {among}");
        self.database.write().execute_raw(self.database.statement(sql, [list])).await?;
        Ok(())
    }

    async fn forget_ticks(&self, before: Timestamp) -> Result<u64, StoreError> {
        let statement = self.database.statement(OLD_TICKS, [before.into(), TICKS.into()]);
        Ok(self.database.write().execute_raw(statement).await?.rows_affected())
    }

    async fn tidy(&self, now: Timestamp) -> Result<(), StoreError> {
        self.partitions.look_ahead(now).await?;
        self.partitions.drop_empty(now).await?;
        for _ in 0..PAGES.div_ceil(PAGES_AT_ONCE) {
            if self.database.shrink(PAGES_AT_ONCE).await? == 0 {
                break;
            }
        }
        Ok(())
    }
}
