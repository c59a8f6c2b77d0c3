//! Who runs: a row for each process of the platform, with its last sign of life.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use tokio_util::sync::CancellationToken;
use tracing::warn;
use uuid::Uuid;

use super::db::Database;
use crate::domain::{Ambient, Timestamp};

/// Between two signs of life.
const BEAT: Duration = Duration::from_secs(10);
/// After so long without one a process is taken for gone. Nothing but what people see hangs on it.
const SILENT: Duration = Duration::from_secs(35);
/// How long those who are gone are shown.
const KEPT: Duration = Duration::from_hours(24);
/// Most rows that are shown.
const MOST: i64 = 500;

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessRole {
    /// Answers requests and drives executions.
    All,
    Api,
    Worker,
}

impl ProcessRole {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Api => "api",
            Self::Worker => "worker",
        }
    }
}

/// A process as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub id: Uuid,
    /// Name of the machine and number of the process.
    pub name: String,
    /// `all`, `api` or `worker`.
    pub role: String,
    pub version: String,
    pub started_at: Timestamp,
    pub beat_at: Timestamp,
    pub is_alive: bool,
}

/// This process among the others. Cheap to clone: clones are the same process.
#[derive(Debug, Clone)]
pub struct Processes {
    database: Database,
    ambient: Ambient,
    id: Uuid,
}

impl Processes {
    pub fn new(database: Database, ambient: Ambient) -> Self {
        let id = ambient.uuid();
        Self { database, ambient, id }
    }

    /// This process.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Shows the process until told to stop, and says that it left.
    pub async fn run(self, role: ProcessRole, version: String, stop: CancellationToken) {
        let mut entered = false;
        while !stop.is_cancelled() {
            let told = if entered { self.beat().await } else { self.enter(role, &version).await };
            match told {
                Ok(found) => entered = found,
                Err(error) => warn!(%error, "this process cannot be shown for now"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(BEAT) => {}
            }
        }
        if let Err(error) = self.leave().await {
            warn!(%error, "others see later that this process left");
        }
    }

    /// Writes the row; forgets those that are gone for long.
    pub async fn enter(&self, role: ProcessRole, version: &str) -> Result<bool, DbErr> {
        let now = self.ambient.now();
        let forget = "DELETE FROM processes WHERE beat_at < $1";
        let forget = self.database.statement(forget, [now.minus(KEPT).into()]);
        self.database.write().execute_raw(forget).await?;
        let sql = "INSERT INTO processes (id, name, role, version, started_at, beat_at) \
                   VALUES ($1, $2, $3, $4, $5, $5)";
        let version: String = version.chars().take(80).collect();
        let values =
            [self.id.into(), name().into(), role.as_str().into(), version.into(), now.into()];
        let enter = self.database.statement(sql, values);
        self.database.write().execute_raw(enter).await.map(|_| true)
    }

    /// False when the row is gone, after a long silence.
    async fn beat(&self) -> Result<bool, DbErr> {
        let sql = "UPDATE processes SET beat_at = $2, left_at = NULL WHERE id = $1";
        let beat = self.database.statement(sql, [self.id.into(), self.ambient.now().into()]);
        Ok(self.database.write().execute_raw(beat).await?.rows_affected() > 0)
    }

    /// The last sign.
    pub async fn leave(&self) -> Result<(), DbErr> {
        let sql = "UPDATE processes SET beat_at = $2, left_at = $2 WHERE id = $1";
        let leave = self.database.statement(sql, [self.id.into(), self.ambient.now().into()]);
        self.database.write().execute_raw(leave).await.map(|_| ())
    }

    /// All that run or ran within a day, the newest first.
    pub async fn all(&self) -> Result<Vec<Process>, DbErr> {
        let now = self.ambient.now();
        let sql = "SELECT id, name, role, version, started_at, beat_at, left_at FROM processes \
                   WHERE beat_at >= $1 ORDER BY started_at DESC, id LIMIT $2";
        let asked = self.database.statement(sql, [now.minus(KEPT).into(), MOST.into()]);
        let rows = self.database.read().query_all_raw(asked).await?;
        rows.iter().map(|row| process(row, now)).collect()
    }
}

fn process(row: &QueryResult, now: Timestamp) -> Result<Process, DbErr> {
    let beat_at = Timestamp::from_micros(row.try_get_by_index(5)?);
    let left: Option<i64> = row.try_get_by_index(6)?;
    Ok(Process {
        id: row.try_get_by_index(0)?,
        name: row.try_get_by_index(1)?,
        role: row.try_get_by_index(2)?,
        version: row.try_get_by_index(3)?,
        started_at: Timestamp::from_micros(row.try_get_by_index(4)?),
        beat_at,
        is_alive: left.is_none() && now.since(beat_at) < SILENT,
    })
}

fn name() -> String {
    let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let machine: String = machine.chars().take(140).collect();
    format!("{machine}:{}", std::process::id())
}
