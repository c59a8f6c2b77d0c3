//! Whether somebody's plan includes what is about to be used.
//!
//! What the plan includes is remembered for a few seconds, so that asking often costs little.

use std::time::Duration;

use async_trait::async_trait;
use shared_kernel::{
    application::{Allowance, Entitlements, EntitlementsError, Limit, Reservation, Upgrade},
    domain::Owner,
};

use super::{SubscriptionModule, ports::StoreError};
use crate::domain::{Plan, PlanEntitlements, end_of_month};

/// How long a plan is believed without asking the database. A change of plan is noticed within.
const REMEMBERED: Duration = Duration::from_secs(5);

fn key(owner: Owner) -> String {
    format!("subscription:plan:{}", owner.uuid().simple())
}

impl SubscriptionModule {
    /// Asks anew what the plan includes; other processes notice within [`REMEMBERED`].
    pub(super) async fn forget_plan(&self, owner: Owner) {
        // What cannot be removed is soon forgotten.
        let _ = self.cache.remove(&key(owner)).await;
    }

    /// Whoever never had a plan is on the free one.
    pub(super) async fn plan_in_force(&self, owner: Owner) -> Result<Plan, StoreError> {
        match self.store.current(owner).await? {
            Some((_, plan)) => Ok(plan),
            None => self.store.free_plan().await,
        }
    }

    pub(super) async fn plan_of(&self, owner: Owner) -> Result<PlanEntitlements, StoreError> {
        // A cache that is away costs a query.
        let remembered = self.cache.get(&key(owner)).await.ok().flatten();
        if let Some(plan) = remembered.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            return Ok(plan);
        }
        let plan = self.plan_in_force(owner).await?.entitlements;
        if let Ok(bytes) = serde_json::to_vec(&plan) {
            let _ = self.cache.put(&key(owner), bytes.into(), REMEMBERED).await;
        }
        Ok(plan)
    }
}

/// What is counted anew with each month.
pub(super) const fn is_monthly(limit: Limit) -> bool {
    matches!(limit, Limit::ExecutionsPerMonth | Limit::PagesPerMonth)
}

#[async_trait]
impl Entitlements for SubscriptionModule {
    async fn allowance(&self, owner: Owner, limit: Limit) -> Result<Allowance, EntitlementsError> {
        let plan = self.plan_of(owner).await;
        let plan = plan.map_err(|error| EntitlementsError::Unavailable(Box::new(error)))?;
        let resets_at = is_monthly(limit).then(|| end_of_month(self.ambient.now()));
        Ok(Allowance { limit, allowed: plan.allowed(limit), resets_at })
    }

    async fn upgrade(&self, limit: Limit, needed: u64) -> Option<Upgrade> {
        let plans = self.store.plans().await.ok()?;
        let fits = |plan: &&Plan| plan.entitlements.includes(limit, needed);
        let plan = plans.iter().find(fits)?;
        let allowed = plan.entitlements.allowed(limit);
        Some(Upgrade { plan: plan.code.clone(), allowed })
    }

    async fn reserve(
        &self,
        owner: Owner,
        limit: Limit,
        wanted: u64,
    ) -> Result<Reservation, EntitlementsError> {
        if is_monthly(limit) {
            return self.reserve_units(owner, limit, wanted).await;
        }
        self.check(owner, limit, 0, wanted).await?;
        Ok(Reservation::uncounted())
    }
}
