//! The plan somebody is on.

use shared_kernel::{
    application::Principal,
    domain::{Permission, Timestamp},
};

use super::{SubscriptionError, SubscriptionModule};
use crate::domain::{Plan, Subscription, end_of_month};

/// A plan and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    pub plan: Plan,
    /// `None` for somebody whose registration was not heard of yet.
    pub subscription: Option<Subscription>,
    /// When what is counted by the month begins anew.
    pub usage_resets_at: Timestamp,
    /// To be taken off the next invoices.
    pub credit_minor: i64,
}

impl SubscriptionModule {
    pub async fn show_current(&self, who: &Principal) -> Result<Current, SubscriptionError> {
        who.require(Permission::SubscriptionRead)?;
        let usage_resets_at = end_of_month(self.ambient.now());
        let (subscription, plan) = match self.store.current(who.owner()).await? {
            Some((subscription, plan)) => (Some(subscription), plan),
            None => (None, self.store.free_plan().await?),
        };
        let credit_minor = self.billing.account(who.owner()).await?.credit_minor;
        Ok(Current { plan, subscription, usage_resets_at, credit_minor })
    }
}
