//! Whoever is suspended has their running work stopped.
//!
//! Sessions end with the suspension itself, API keys and tokens are refused while it lasts, and
//! nothing starts; schedules are kept, so that they go on when the account is let in again. What
//! is left to do is to end what already runs.

use std::sync::Arc;

use async_trait::async_trait;
use shared_kernel::{
    application::{EffectHandler, HandlerError},
    domain::{DomainEvent, Owner},
};

/// A neighbour could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("a neighbouring context cannot be asked")]
pub struct PortError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Who may have work done.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Whether workflows of the owner may start and go on.
    async fn is_served(&self, owner: Owner) -> Result<bool, PortError>;
}

/// What is being done for somebody.
#[async_trait]
pub trait RunningWork: Send + Sync {
    /// Asks for the end of all that runs or waits, each once; gives how many were asked now.
    async fn stop(&self, owner: Owner) -> Result<u64, PortError>;
}

/// One that was just starting may have been missed: it is looked for once more, a little later.
#[derive(Debug, thiserror::Error)]
#[error("{0} executions were told to end, and others are looked for")]
struct LookAgain(u64);

/// Handler of `user.status_changed`. The event only wakes it: the account itself says whether
/// there is anything to stop, so that one that comes late stops nobody who was let in again.
pub struct StopSuspended {
    accounts: Arc<dyn Accounts>,
    work: Arc<dyn RunningWork>,
}

impl StopSuspended {
    pub fn new(accounts: Arc<dyn Accounts>, work: Arc<dyn RunningWork>) -> Self {
        Self { accounts, work }
    }
}

#[async_trait]
impl EffectHandler for StopSuspended {
    fn name(&self) -> &'static str {
        "coordination.stop_suspended"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "user.status_changed"
    }

    async fn perform(&self, event: &DomainEvent) -> Result<(), HandlerError> {
        let Some(owner) = event.owner() else { return Ok(()) };
        if self.accounts.is_served(owner).await.map_err(HandlerError::new)? {
            return Ok(());
        }
        match self.work.stop(owner).await.map_err(HandlerError::new)? {
            0 => Ok(()),
            asked => Err(HandlerError::new(LookAgain(asked))),
        }
    }
}
