//! Heartbeats and the taking over of what a dead worker left.
//!
//! A worker is dead when its counter has not moved while another counted [`DEAD_AFTER`] beats of
//! its own. No clocks are compared, so clocks that differ or jump neither kill nor save anybody.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait as _, DbErr};
use shared_kernel::{domain::Timestamp, infrastructure::db::Database};
use uuid::Uuid;

/// Own beats without a sign of the other.
const DEAD_AFTER: u32 = 4;
/// How long the rows of dead workers are kept for people to see, in microseconds.
const KEPT_MICROS: i64 = 24 * 3600 * 1_000_000;

/// An execution whose lease is nobody's.
const ABANDONED: &str = "e.worker_id IS NOT NULL AND NOT EXISTS \
     (SELECT 1 FROM workflow_workers w WHERE w.id = e.worker_id AND w.dead_at IS NULL)";

/// What a heartbeat found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// `taken_over` executions of dead workers are in the queue again.
    Alive { taken_over: u64 },
    /// Others took this worker for dead; all its leases are lost.
    DeclaredDead,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    beats: i64,
    unchanged: u32,
}

/// One worker's own heartbeat and its eye on the others.
#[derive(Debug)]
pub struct WorkerWatch {
    database: Database,
    id: Uuid,
    seen: HashMap<Uuid, Seen>,
}

impl WorkerWatch {
    /// Registers the worker.
    pub async fn register(
        database: Database,
        id: Uuid,
        name: &str,
        now: Timestamp,
    ) -> Result<Self, DbErr> {
        let statement = database.statement(
            "INSERT INTO workflow_workers (id, name, started_at, beats, beat_at) \
             VALUES ($1, $2, $3, 0, $3)",
            [id.into(), name.into(), now.into()],
        );
        database.write().execute_raw(statement).await?;
        Ok(Self { database, id, seen: HashMap::new() })
    }

    pub fn id(&self) -> Uuid {
        self.id
    }

    /// For a process that is the only one on its database: whoever else is registered is a
    /// former self, and what it left goes on at once.
    pub async fn bury_all_others(&self, now: Timestamp) -> Result<u64, DbErr> {
        let statement = self.database.statement(
            "UPDATE workflow_workers SET dead_at = $2 WHERE id <> $1 AND dead_at IS NULL",
            [self.id.into(), now.into()],
        );
        self.database.write().execute_raw(statement).await?;
        self.take_over(now).await
    }

    /// One heartbeat.
    pub async fn beat(&mut self, now: Timestamp) -> Result<Beat, DbErr> {
        let statement = self.database.statement(
            "UPDATE workflow_workers SET beats = beats + 1, beat_at = $2 \
             WHERE id = $1 AND dead_at IS NULL",
            [self.id.into(), now.into()],
        );
        if self.database.write().execute_raw(statement).await?.rows_affected() == 0 {
            return Ok(Beat::DeclaredDead);
        }
        for (worker, beats) in self.silent().await? {
            self.bury(worker, beats, now).await?;
        }
        let taken_over = if self.any_dead().await? { self.take_over(now).await? } else { 0 };
        Ok(Beat::Alive { taken_over })
    }

    /// Looks at the counters of the others and answers those that stood still too long.
    async fn silent(&mut self) -> Result<Vec<(Uuid, i64)>, DbErr> {
        let statement = self.database.statement(
            "SELECT id, beats FROM workflow_workers WHERE dead_at IS NULL AND id <> $1",
            [self.id.into()],
        );
        let rows = self.database.read().query_all_raw(statement).await?;
        let mut now_seen = HashMap::with_capacity(rows.len());
        for row in &rows {
            let (id, beats): (Uuid, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let unchanged = match self.seen.get(&id) {
                Some(before) if before.beats == beats => before.unchanged + 1,
                _ => 0,
            };
            now_seen.insert(id, Seen { beats, unchanged });
        }
        self.seen = now_seen;
        let silent = self.seen.iter().filter(|(_, seen)| seen.unchanged >= DEAD_AFTER);
        Ok(silent.map(|(id, seen)| (*id, seen.beats)).collect())
    }

    /// Declares a worker dead unless it has moved in the meantime.
    async fn bury(&self, worker: Uuid, beats: i64, now: Timestamp) -> Result<(), DbErr> {
        let statement = self.database.statement(
            "UPDATE workflow_workers SET dead_at = $3 \
             WHERE id = $1 AND beats = $2 AND dead_at IS NULL",
            [worker.into(), beats.into(), now.into()],
        );
        if self.database.write().execute_raw(statement).await?.rows_affected() > 0 {
            tracing::warn!(worker.id = %worker, "worker {worker} is silent and was declared dead");
        }
        Ok(())
    }

    /// Whether anything may be held by somebody who is dead, or whom nobody knows any more.
    async fn any_dead(&self) -> Result<bool, DbErr> {
        let sql = format!(
            "SELECT 1 FROM workflow_workers WHERE dead_at IS NOT NULL \
             UNION ALL SELECT 1 FROM workflow_executions e WHERE {ABANDONED} LIMIT 1"
        );
        let statement = self.database.statement(sql, []);
        Ok(self.database.read().query_one_raw(statement).await?.is_some())
    }

    /// Puts into the queue whatever dead workers hold, also what one claimed or started while it was
    /// being declared dead.
    async fn take_over(&self, now: Timestamp) -> Result<u64, DbErr> {
        let sql = format!(
            "UPDATE workflow_executions AS e SET worker_id = NULL, ready_at = $1 WHERE {ABANDONED}"
        );
        let statement = self.database.statement(sql, [now.into()]);
        let taken = self.database.write().execute_raw(statement).await?.rows_affected();
        let statement = self.database.statement(
            "DELETE FROM workflow_workers WHERE dead_at < $1",
            [(now.micros() - KEPT_MICROS).into()],
        );
        self.database.write().execute_raw(statement).await?;
        Ok(taken)
    }

    /// Leaves in good order: others need not wait for the silence.
    pub async fn leave(&self, now: Timestamp) -> Result<(), DbErr> {
        let statement = self.database.statement(
            "UPDATE workflow_workers SET dead_at = $2 WHERE id = $1 AND dead_at IS NULL",
            [self.id.into(), now.into()],
        );
        self.database.write().execute_raw(statement).await?;
        self.take_over(now).await.map(|_| ())
    }
}
