//! Counts what is used, from what others report.

use std::sync::Arc;

use async_trait::async_trait;
use shared_kernel::{
    application::{EventHandler, HandlerError},
    domain::{Cost, DomainEvent},
    infrastructure::db::UnitOfWork,
};

use super::SubscriptionModule;

/// Handler of `execution.started`. The inbox sees to it that each is counted once.
pub struct CountExecutions {
    module: Arc<SubscriptionModule>,
}

impl CountExecutions {
    pub fn new(module: Arc<SubscriptionModule>) -> Self {
        Self { module }
    }
}

#[async_trait]
impl EventHandler for CountExecutions {
    fn name(&self) -> &'static str {
        "subscription.count_executions"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "execution.started"
    }

    async fn handle(&self, event: &DomainEvent, work: &mut UnitOfWork) -> Result<(), HandlerError> {
        let Some(owner) = event.owner() else { return Ok(()) };
        let counted = self.module.meter.count_execution(work, owner, event.occurred_at).await;
        counted.map_err(HandlerError::new)
    }
}

/// Handler of `collection.fetched`.
pub struct CountFetched {
    module: Arc<SubscriptionModule>,
}

impl CountFetched {
    pub fn new(module: Arc<SubscriptionModule>) -> Self {
        Self { module }
    }
}

#[async_trait]
impl EventHandler for CountFetched {
    fn name(&self) -> &'static str {
        "subscription.count_fetched"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "collection.fetched"
    }

    async fn handle(&self, event: &DomainEvent, work: &mut UnitOfWork) -> Result<(), HandlerError> {
        let Some(owner) = event.owner() else { return Ok(()) };
        let cost: Cost =
            serde_json::from_value(event.payload.clone()).map_err(HandlerError::new)?;
        let counted = self.module.meter.count_fetched(work, owner, event.occurred_at, cost).await;
        counted.map_err(HandlerError::new)
    }
}
