//! `/system/status`: for administrators.

use axum::extract::State;
use serde::Serialize;
use shared_kernel::{
    api::{Envelope, ErrorEnvelope, Failure, Reply},
    application::{EngineStanding, Principal, QueueStanding, WorkerStanding},
    domain::Timestamp,
    infrastructure::{
        db::{Backend, PoolUse},
        invariants::Checked,
        processes::Process,
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{SystemStatus, SystemWatch};
use crate::Standing;

/// Routes of the module, without the `/api/v1` prefix.
pub fn routes(watch: SystemWatch) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(system_status)).with_state(watch)
}

/// A process of the platform.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProcessView {
    pub id: Uuid,
    /// Name of the machine and number of the process.
    #[schema(example = "app-1:4711")]
    pub name: String,
    /// `all` answers and works, `api` answers, `worker` works.
    #[schema(example = "all")]
    pub role: String,
    pub version: String,
    pub started_at: Timestamp,
    pub last_seen_at: Timestamp,
    /// A sign of life came within the last 35 seconds, and it did not leave.
    pub alive: bool,
    /// It gave this answer.
    pub current: bool,
}

/// A worker that drives executions. One that was taken for dead begins again under a new id.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WorkerView {
    pub id: Uuid,
    pub name: String,
    pub started_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub alive: bool,
    /// Executions it drives.
    pub executions: u64,
}

/// Executions that have not ended, by where they are; each counted up to 100,000.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct QueueView {
    /// In the queue.
    pub ready: u64,
    /// Until a time.
    pub timer: u64,
    /// With a worker.
    pub leased: u64,
    /// Until a signal, an approval or another execution's end.
    pub letter: u64,
    pub oldest_ready_at: Option<Timestamp>,
}

/// Events on their way.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OutboxView {
    /// Age of the oldest event that is not handled.
    pub lag_seconds: f64,
    /// Not handled yet, up to 100,000.
    pub waiting: i64,
    /// Put aside until somebody looks at them.
    pub parked: i64,
}

/// Connections of the process that answers.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ConnectionsView {
    /// `read` and `write` on SQLite, `shared` on PostgreSQL.
    #[schema(example = "shared")]
    pub pool: String,
    pub used: u32,
    pub idle: u32,
    pub max: u32,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DatabaseView {
    /// `sqlite` or `postgresql`.
    #[schema(example = "postgresql")]
    pub kind: String,
    pub pools: Vec<ConnectionsView>,
}

/// Something that must always hold.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct InvariantView {
    #[schema(example = "lease_alive")]
    pub name: String,
    /// How many things broke it when it was checked last; 0 is well.
    pub broken: u64,
    pub checked_at: Timestamp,
}

/// How the platform stands.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SystemStatusView {
    pub version: String,
    /// The newest migration that is in the database.
    pub schema_version: String,
    /// Migrations that this version knows and the database has not.
    pub schema_pending: usize,
    pub checked_at: Timestamp,
    /// Those that run, or ran within a day; the newest first.
    pub processes: Vec<ProcessView>,
    /// Those alive first.
    pub workers: Vec<WorkerView>,
    pub queue: QueueView,
    pub outbox: OutboxView,
    pub database: DatabaseView,
    /// `memory` or `redis`.
    #[schema(example = "redis")]
    pub cache: String,
    /// What the platform checks of itself, by name. Those of the engine are checked every minute,
    /// those of the books every hour.
    pub invariants: Vec<InvariantView>,
}

/// How the platform stands: processes and workers, queue, events, database, and what must always
/// hold.
#[utoipa::path(
    get, path = "/system/status", tag = "system",
    responses(
        (status = 200, body = Envelope<SystemStatusView>),
        (status = 403, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn system_status(
    State(watch): State<SystemWatch>,
    who: Principal,
) -> Result<Reply<SystemStatusView>, Failure> {
    Ok(Reply::ok(watch.show(&who).await?.into()))
}

impl From<SystemStatus> for SystemStatusView {
    fn from(status: SystemStatus) -> Self {
        let EngineStanding { workers, queue } = status.engine;
        let current = status.process;
        Self {
            version: status.version,
            schema_version: status.schema_version,
            schema_pending: status.schema_pending,
            checked_at: status.checked_at,
            processes: status.processes.into_iter().map(|one| process(one, current)).collect(),
            workers: workers.into_iter().map(WorkerView::from).collect(),
            queue: queue.into(),
            outbox: status.outbox.into(),
            database: DatabaseView {
                kind: match status.database {
                    Backend::Sqlite => "sqlite".to_owned(),
                    Backend::Postgres => "postgresql".to_owned(),
                },
                pools: status.pools.into_iter().map(ConnectionsView::from).collect(),
            },
            cache: status.cache.to_owned(),
            invariants: status.invariants.into_iter().map(InvariantView::from).collect(),
        }
    }
}

fn process(process: Process, current: Uuid) -> ProcessView {
    ProcessView {
        id: process.id,
        name: process.name,
        role: process.role,
        version: process.version,
        started_at: process.started_at,
        last_seen_at: process.beat_at,
        alive: process.is_alive,
        current: process.id == current,
    }
}

impl From<WorkerStanding> for WorkerView {
    fn from(worker: WorkerStanding) -> Self {
        let WorkerStanding { id, name, started_at, beat_at, is_alive, executions } = worker;
        Self { id, name, started_at, last_seen_at: beat_at, alive: is_alive, executions }
    }
}

impl From<QueueStanding> for QueueView {
    fn from(queue: QueueStanding) -> Self {
        let QueueStanding { ready, timer, leased, letter, oldest_ready_at } = queue;
        Self { ready, timer, leased, letter, oldest_ready_at }
    }
}

impl From<Standing> for OutboxView {
    fn from(standing: Standing) -> Self {
        let Standing { lag, waiting, parked } = standing;
        Self { lag_seconds: lag.as_secs_f64(), waiting, parked }
    }
}

impl From<PoolUse> for ConnectionsView {
    fn from(pool: PoolUse) -> Self {
        let PoolUse { pool, used, idle, most } = pool;
        Self { pool: pool.to_owned(), used, idle, max: most }
    }
}

impl From<Checked> for InvariantView {
    fn from(checked: Checked) -> Self {
        let Checked { name, broken, checked_at } = checked;
        Self { name, broken, checked_at }
    }
}
