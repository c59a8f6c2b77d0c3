//! Whoever registers gets the free plan.

use std::sync::Arc;

use async_trait::async_trait;
use shared_kernel::{
    application::{EventHandler, HandlerError},
    domain::{DomainEvent, Owner},
    infrastructure::db::UnitOfWork,
};

use super::{SubscriptionModule, desk::told_of, ports::StoreError};
use crate::domain::{State, Subscription};

/// Handler of `user.registered`.
pub struct GiveFreePlan {
    module: Arc<SubscriptionModule>,
}

impl GiveFreePlan {
    pub fn new(module: Arc<SubscriptionModule>) -> Self {
        Self { module }
    }

    async fn give(
        &self,
        owner: Owner,
        heard: &DomainEvent,
        work: &mut UnitOfWork,
    ) -> Result<(), StoreError> {
        let SubscriptionModule { store, ambient, .. } = self.module.as_ref();
        let plan = store.free_plan().await?;
        let subscription = Subscription {
            id: ambient.id(),
            owner,
            plan: plan.id,
            started_at: heard.occurred_at,
            state: State::Free,
        };
        if !store.start(work, &subscription).await? {
            return Ok(());
        }
        work.record(&DomainEvent {
            id: ambient.id(),
            kind: "subscription.started".to_owned(),
            version: 1,
            aggregate: "subscription".to_owned(),
            aggregate_id: subscription.id.to_string(),
            user: Some(owner.user()),
            payload: told_of(&subscription, &plan),
            occurred_at: ambient.now(),
            request_id: heard.request_id.clone(),
        })
        .await?;
        Ok(())
    }
}

#[async_trait]
impl EventHandler for GiveFreePlan {
    fn name(&self) -> &'static str {
        "subscription.give_free_plan"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "user.registered"
    }

    async fn handle(&self, event: &DomainEvent, work: &mut UnitOfWork) -> Result<(), HandlerError> {
        match event.owner() {
            Some(owner) => self.give(owner, event, work).await.map_err(HandlerError::new),
            // Nobody registered: there is nobody to give it to.
            None => Ok(()),
        }
    }
}
