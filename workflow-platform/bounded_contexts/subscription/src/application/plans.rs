//! Plans, for those who decide what is sold.

use shared_kernel::{
    application::Principal,
    domain::{Permission, Text},
};

use super::{SubscriptionError, SubscriptionModule};
use crate::domain::{FREE, Plan, PlanEntitlements, Price, is_plan_code};

/// A plan to be, or what it is to become.
#[derive(Debug, Clone)]
pub struct PlanOffer {
    pub code: String,
    pub name: Text,
    /// Higher plans have higher ranks.
    pub rank: i32,
    pub prices: Vec<Price>,
    pub entitlements: PlanEntitlements,
}

impl PlanOffer {
    fn check(&self) -> Result<(), SubscriptionError> {
        let wrong = |field, problem| Err(SubscriptionError::field(field, problem));
        if !is_plan_code(&self.code) {
            return wrong("code", "must be 1 to 40 small letters, digits, - or _");
        }
        if self.name.zh.chars().chain(self.name.en.chars()).any(char::is_control) {
            return wrong("name_zh", "names must not have control characters");
        }
        if self.prices.iter().any(|price| !(0..=1_000_000_000_000).contains(&price.amount_minor)) {
            return wrong("prices", "must be between 0 and 10^12 minor units");
        }
        for (index, price) in self.prices.iter().enumerate() {
            let same = |other: &Price| {
                other.interval == price.interval && other.currency == price.currency
            };
            if self.prices.iter().skip(index + 1).any(same) {
                return wrong("prices", "must have one amount for an interval and a currency");
            }
        }
        if self.code == FREE && self.prices.iter().any(|price| price.amount_minor != 0) {
            return wrong("prices", "must be nothing for the free plan");
        }
        Ok(())
    }
}

impl SubscriptionModule {
    /// A new version of the plan, for whoever subscribes from now on. Others stay on theirs.
    pub async fn put_plan(
        &self,
        who: &Principal,
        offer: PlanOffer,
    ) -> Result<Plan, SubscriptionError> {
        who.require(Permission::PlansWrite)?;
        offer.check()?;
        let mut desk = self.desk_for(who, who.owner()).await?;
        let version = self.store.newest_version(&mut desk.work, &offer.code).await?;
        let PlanOffer { code, name, rank, prices, entitlements } = offer;
        let (id, version) = (self.ambient.id(), version + 1);
        let plan = Plan { id, code, version, rank, name, prices, entitlements };
        self.store.put_plan(&mut desk.work, &plan).await?;
        desk.tell_of_plan("plan.published", &plan.code, plan.version).await?;
        desk.close().await?;
        Ok(plan)
    }

    /// Nobody subscribes to the plan any more; whoever did keeps it.
    pub async fn withdraw_plan(
        &self,
        who: &Principal,
        code: &str,
    ) -> Result<(), SubscriptionError> {
        who.require(Permission::PlansWrite)?;
        if code == FREE {
            return Err(SubscriptionError::field("code", "the free plan cannot be withdrawn"));
        }
        if !is_plan_code(code) {
            return Err(SubscriptionError::NotFound);
        }
        let mut desk = self.desk_for(who, who.owner()).await?;
        if !self.store.withdraw(&mut desk.work, code).await? {
            return Err(SubscriptionError::NotFound);
        }
        desk.tell_of_plan("plan.withdrawn", code, 0).await?;
        desk.close().await
    }
}
