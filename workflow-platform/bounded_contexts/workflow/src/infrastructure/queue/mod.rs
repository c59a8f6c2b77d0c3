//! Who may work on which execution: the queue, timers and leases, all of them columns of
//! `workflow_executions`.
//!
//! An execution that has not ended is in exactly one of four places: in the queue (`ready_at`),
//! parked until a timer (`wake_at`), leased (`worker_id`), or, all three being null, parked until
//! somebody's letter comes. Each claim raises its `epoch`.

mod claim;
mod inbox;
mod workers;

pub use claim::Claimed;
pub use inbox::{Envelope, Told};
pub(crate) use inbox::{leave, send};
pub use workers::{Beat, WorkerWatch};

use sea_orm::{ConnectionTrait as _, DbErr};
use shared_kernel::{
    domain::{Execution, Id, Timestamp},
    infrastructure::db::{Backend, Database},
};
use uuid::Uuid;

/// Timers moved in one statement.
const TIMERS: i64 = 1000;

/// The queue of one database.
#[derive(Debug, Clone)]
pub struct Queue {
    database: Database,
}

impl Queue {
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// Whether anything is in the queue; cheap.
    pub async fn has_work(&self) -> Result<bool, DbErr> {
        let sql = "SELECT 1 FROM workflow_executions WHERE ready_at IS NOT NULL LIMIT 1";
        let row = self.database.read().query_one_raw(self.database.statement(sql, [])).await?;
        Ok(row.is_some())
    }

    /// When the next timer is due.
    pub async fn next_timer(&self) -> Result<Option<Timestamp>, DbErr> {
        let sql = "SELECT wake_at FROM workflow_executions WHERE wake_at IS NOT NULL \
                   ORDER BY wake_at LIMIT 1";
        let row = self.database.read().query_one_raw(self.database.statement(sql, [])).await?;
        let at = row.map(|row| row.try_get_by_index::<i64>(0)).transpose()?;
        Ok(at.map(Timestamp::from_micros))
    }

    /// Puts executions whose timer is due into the queue; answers how many.
    pub async fn fire_timers(&self, now: Timestamp) -> Result<u64, DbErr> {
        let lock = match self.database.backend() {
            Backend::Postgres => " FOR UPDATE SKIP LOCKED",
            Backend::Sqlite => "",
        };
        let sql = format!(
            "UPDATE workflow_executions SET ready_at = $1, wake_at = NULL WHERE id IN ( \
             SELECT id FROM workflow_executions WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2{lock})"
        );
        let statement = self.database.statement(sql, [now.into(), TIMERS.into()]);
        Ok(self.database.write().execute_raw(statement).await?.rows_affected())
    }

    /// Which of the worker's executions somebody wants cancelled, or sent letters to.
    pub async fn with_wishes(&self, worker: Uuid) -> Result<Vec<Id<Execution>>, DbErr> {
        let sql = "SELECT id FROM workflow_executions \
                   WHERE worker_id = $1 AND (cancel_at IS NOT NULL OR letters > letters_taken)";
        self.ids(sql, worker).await
    }

    /// Whether somebody wants an execution cancelled and that does not stand in its journal yet.
    pub async fn cancel_wanted(&self, execution: Id<Execution>) -> Result<bool, DbErr> {
        let sql = "SELECT 1 FROM workflow_executions WHERE id = $1 AND cancel_at IS NOT NULL";
        let statement = self.database.statement(sql, [execution.into()]);
        Ok(self.database.read().query_one_raw(statement).await?.is_some())
    }

    /// The executions a worker has according to the database.
    pub async fn leased_by(&self, worker: Uuid) -> Result<Vec<Id<Execution>>, DbErr> {
        self.ids("SELECT id FROM workflow_executions WHERE worker_id = $1", worker).await
    }

    async fn ids(&self, sql: &str, worker: Uuid) -> Result<Vec<Id<Execution>>, DbErr> {
        let statement = self.database.statement(sql, [worker.into()]);
        let rows = self.database.read().query_all_raw(statement).await?;
        rows.iter().map(|row| row.try_get_by_index::<Uuid>(0).map(Id::from)).collect()
    }

    /// Gives a lease up, so that any worker goes on with the execution at once. Does nothing when
    /// the lease is the worker's no more.
    pub async fn release(
        &self,
        worker: Uuid,
        execution: Id<Execution>,
        now: Timestamp,
    ) -> Result<(), DbErr> {
        let statement = self.database.statement(
            "UPDATE workflow_executions SET worker_id = NULL, ready_at = $3 \
             WHERE id = $2 AND worker_id = $1",
            [worker.into(), execution.into(), now.into()],
        );
        self.database.write().execute_raw(statement).await?;
        Ok(())
    }
}
