//! How the engine stands, for those who look after the platform.

use async_trait::async_trait;
use uuid::Uuid;

use crate::domain::Timestamp;

/// A worker that drives executions, or did within a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerStanding {
    pub id: Uuid,
    pub name: String,
    pub started_at: Timestamp,
    pub beat_at: Timestamp,
    pub is_alive: bool,
    /// Executions it drives.
    pub executions: u64,
}

/// Executions that have not ended, by where they are; each counted up to a hundred thousand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueStanding {
    pub ready: u64,
    pub timer: u64,
    pub leased: u64,
    pub letter: u64,
    /// When the oldest of those that are ready came into the queue.
    pub oldest_ready_at: Option<Timestamp>,
}

/// Workers and queue of all processes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EngineStanding {
    /// At most 500, those alive and the newest first.
    pub workers: Vec<WorkerStanding>,
    pub queue: QueueStanding,
}

/// Whoever knows the engine.
#[async_trait]
pub trait EngineWatch: Send + Sync {
    async fn standing(&self) -> Result<EngineStanding, Box<dyn std::error::Error + Send + Sync>>;
}
