//! What the use cases need from outside.

use async_trait::async_trait;
use shared_kernel::{domain::Owner, infrastructure::db::UnitOfWork};

use crate::domain::{Plan, Subscription};

/// The store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database failed")]
    Database(#[from] sea_orm::DbErr),
    #[error("row cannot be understood: {0}")]
    BadRow(String),
    /// The migrations put it there and nothing removes it.
    #[error("the free plan is missing")]
    NoFreePlan,
}

/// Plans and subscriptions at rest.
#[async_trait]
pub trait SubscriptionStore: Send + Sync {
    /// The newest version of each plan on offer, in the order to show them.
    async fn plans(&self) -> Result<Vec<Plan>, StoreError>;

    /// The newest version of the free plan.
    async fn free_plan(&self) -> Result<Plan, StoreError>;

    /// The subscription that has not ended, with its version of the plan.
    async fn current(&self, owner: Owner) -> Result<Option<(Subscription, Plan)>, StoreError>;

    /// Stores it unless the owner has one that has not ended; tells whether it did.
    async fn start(
        &self,
        work: &mut UnitOfWork,
        subscription: &Subscription,
    ) -> Result<bool, StoreError>;
}
