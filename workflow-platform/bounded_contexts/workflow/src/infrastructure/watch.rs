//! How workers and queue stand, for those who look after the platform.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use shared_kernel::{
    application::{EngineStanding, EngineWatch, QueueStanding, WorkerStanding},
    domain::Timestamp,
    infrastructure::db::Database,
};

use super::readings::QUEUE;

/// Leases are counted along their index, which has as many rows as executions run.
const WORKERS: &str = "SELECT w.id, w.name, w.started_at, w.beat_at, w.dead_at, \
     (SELECT count(*) FROM workflow_executions e WHERE e.worker_id = w.id) \
     FROM workflow_workers w \
     ORDER BY CASE WHEN w.dead_at IS NULL THEN 0 ELSE 1 END, w.started_at DESC, w.id LIMIT 500";

const OLDEST: &str = "SELECT MIN(ready_at) FROM (SELECT ready_at FROM workflow_executions \
     WHERE ready_at IS NOT NULL LIMIT 100000) a";

/// Looks at the tables.
pub struct SqlEngineWatch(pub Database);

#[async_trait]
impl EngineWatch for SqlEngineWatch {
    async fn standing(&self) -> Result<EngineStanding, Box<dyn std::error::Error + Send + Sync>> {
        let workers = self.rows(WORKERS).await?;
        let workers = workers.iter().map(worker).collect::<Result<_, _>>()?;
        let mut queue = QueueStanding::default();
        for row in self.rows(QUEUE).await? {
            let (kind, count): (String, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let count = u64::try_from(count).unwrap_or(0);
            match kind.as_str() {
                "ready" => queue.ready = count,
                "timer" => queue.timer = count,
                "leased" => queue.leased = count,
                _ => queue.letter = count,
            }
        }
        if let Some(row) = self.rows(OLDEST).await?.first() {
            let oldest: Option<i64> = row.try_get_by_index(0)?;
            queue.oldest_ready_at = oldest.map(Timestamp::from_micros);
        }
        Ok(EngineStanding { workers, queue })
    }
}

impl SqlEngineWatch {
    async fn rows(&self, sql: &str) -> Result<Vec<QueryResult>, DbErr> {
        self.0.read().query_all_raw(self.0.statement(sql, [])).await
    }
}

fn worker(row: &QueryResult) -> Result<WorkerStanding, DbErr> {
    let executions: i64 = row.try_get_by_index(5)?;
    Ok(WorkerStanding {
        id: row.try_get_by_index(0)?,
        name: row.try_get_by_index(1)?,
        started_at: Timestamp::from_micros(row.try_get_by_index(2)?),
        beat_at: Timestamp::from_micros(row.try_get_by_index(3)?),
        is_alive: row.try_get_by_index::<Option<i64>>(4)?.is_none(),
        executions: u64::try_from(executions).unwrap_or(0),
    })
}
