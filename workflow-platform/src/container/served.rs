//! Plans of those whose accounts are good: work of suspended users, and of those who are leaving,
//! does not start, and nothing is kept for those who are gone.

use std::sync::Arc;

use async_trait::async_trait;
use shared_kernel::{
    application::{Allowance, Entitlements, EntitlementsError, Limit, Reservation, Upgrade},
    domain::Owner,
};
use user_management::UserModule;

/// Asked in the place of the plans.
pub struct Served {
    pub plans: Arc<dyn Entitlements>,
    pub users: Arc<UserModule>,
}

/// What is asked for where work starts. The other limits only bound what has begun.
const fn begins_work(limit: Limit) -> bool {
    matches!(limit, Limit::ExecutionsPerMonth | Limit::PagesPerMonth)
}

const fn keeps_history(limit: Limit) -> bool {
    matches!(limit, Limit::HistoryDays | Limit::HistoryBytes)
}

fn unavailable(error: user_management::UserError) -> EntitlementsError {
    EntitlementsError::Unavailable(Box::new(error))
}

impl Served {
    async fn may_begin(&self, owner: Owner, limit: Limit) -> Result<(), EntitlementsError> {
        let user = owner.user();
        if begins_work(limit) && !self.users.is_served(user).await.map_err(unavailable)? {
            return Err(EntitlementsError::NotServed);
        }
        Ok(())
    }
}

#[async_trait]
impl Entitlements for Served {
    async fn allowance(&self, owner: Owner, limit: Limit) -> Result<Allowance, EntitlementsError> {
        self.may_begin(owner, limit).await?;
        let user = owner.user();
        if keeps_history(limit) && self.users.is_gone(user).await.map_err(unavailable)? {
            return Ok(Allowance { limit, allowed: Some(0), resets_at: None });
        }
        self.plans.allowance(owner, limit).await
    }

    async fn upgrade(&self, limit: Limit, needed: u64) -> Option<Upgrade> {
        self.plans.upgrade(limit, needed).await
    }

    async fn reserve(
        &self,
        owner: Owner,
        limit: Limit,
        wanted: u64,
    ) -> Result<Reservation, EntitlementsError> {
        self.may_begin(owner, limit).await?;
        self.plans.reserve(owner, limit, wanted).await
    }
}
