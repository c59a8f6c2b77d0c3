//! Looks at everything that tells how the platform stands.

use std::sync::Arc;

use shared_kernel::{
    application::{EngineStanding, EngineWatch, Principal},
    domain::{Ambient, Permission, Timestamp},
    infrastructure::{
        db::{Backend, Database, MigrationState, Migrations, PoolUse},
        invariants::{Checked, checked},
        processes::{Process, Processes},
    },
};
use uuid::Uuid;

use super::StatusError;
use crate::{Relay, Standing};

/// What does not change while the process runs.
#[derive(Debug, Clone)]
pub struct Facts {
    pub version: String,
    /// `memory` or `redis`.
    pub cache: &'static str,
    pub migrations: Migrations,
}

/// How the platform stands at one moment.
#[derive(Debug, Clone)]
pub struct SystemStatus {
    pub version: String,
    pub checked_at: Timestamp,
    /// The newest migration that is in the database, and how many are not.
    pub schema_version: String,
    pub schema_pending: usize,
    /// The process that answers.
    pub process: Uuid,
    pub processes: Vec<Process>,
    pub engine: EngineStanding,
    pub outbox: Standing,
    pub database: Backend,
    pub pools: Vec<PoolUse>,
    pub cache: &'static str,
    pub invariants: Vec<Checked>,
}

/// Whoever may look. Cheap to clone.
#[derive(Clone)]
pub struct SystemWatch {
    pub facts: Facts,
    pub database: Database,
    pub processes: Processes,
    pub relay: Relay,
    pub engine: Arc<dyn EngineWatch>,
    pub ambient: Ambient,
}

impl SystemWatch {
    /// How the platform stands.
    pub async fn show(&self, who: &Principal) -> Result<SystemStatus, StatusError> {
        who.require(Permission::SystemRead)?;
        let steps = self.facts.migrations.status(&self.database).await?;
        let applied = steps.iter().filter(|step| step.state == MigrationState::Applied);
        // Contexts follow each other in the list, and their migrations each other in time.
        let newest = applied.clone().map(|step| step.name.as_str()).max().unwrap_or_default();
        Ok(SystemStatus {
            version: self.facts.version.clone(),
            checked_at: self.ambient.now(),
            schema_version: newest.to_owned(),
            schema_pending: steps.len() - applied.count(),
            process: self.processes.id(),
            processes: self.processes.all().await?,
            engine: self.engine.standing().await.map_err(StatusError::Engine)?,
            outbox: self.relay.standing().await?,
            database: self.database.backend(),
            pools: self.database.pool_use(),
            cache: self.facts.cache,
            invariants: checked(&self.database).await?,
        })
    }
}
