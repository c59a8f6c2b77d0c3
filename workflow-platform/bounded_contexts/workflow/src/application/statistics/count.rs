//! Counts ends as they are told.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use shared_kernel::{
    application::{EventHandler, HandlerError},
    domain::DomainEvent,
    infrastructure::db::UnitOfWork,
};

use super::EndCounts;
use crate::domain::execution::Status;

/// Handler of `execution.finished`. The inbox sees to it that each is counted once.
pub struct CountEnds {
    pub counts: Arc<dyn EndCounts>,
}

#[derive(Deserialize)]
struct Finished {
    status: Status,
}

#[async_trait]
impl EventHandler for CountEnds {
    fn name(&self) -> &'static str {
        "workflow.count_ends"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "execution.finished"
    }

    async fn handle(&self, event: &DomainEvent, work: &mut UnitOfWork) -> Result<(), HandlerError> {
        let Some(owner) = event.owner() else { return Ok(()) };
        let Finished { status } =
            Finished::deserialize(&event.payload).map_err(HandlerError::new)?;
        let counted = self.counts.count(work, owner, event.occurred_at, status).await;
        counted.map_err(HandlerError::new)
    }
}
