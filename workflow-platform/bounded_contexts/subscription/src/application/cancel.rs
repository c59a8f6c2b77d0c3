//! Ends a paid subscription.

use serde::Deserialize;
use shared_kernel::{application::Principal, domain::Permission};

use super::{Bought, SubscriptionError, SubscriptionModule};

/// When a subscription ends that is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelWhen {
    #[default]
    PeriodEnd,
    /// What is not used is credited.
    Now,
}

impl SubscriptionModule {
    /// Afterwards the free plan holds.
    pub async fn cancel(
        &self,
        who: &Principal,
        when: CancelWhen,
    ) -> Result<Bought, SubscriptionError> {
        who.require(Permission::SubscriptionWrite)?;
        let mut desk = self.desk_for(who, who.owner()).await?;
        let before = desk.paid().await?;
        let plan = self.version(before.plan).await?;
        let (subscription, unused, kind) = match when {
            CancelWhen::PeriodEnd => {
                (before.cancel_at_period_end()?, (0, 0), "subscription.cancel_planned")
            }
            CancelWhen::Now => {
                let (ended, unused) = before.cancel_now(desk.now)?;
                (ended, unused, "subscription.cancelled")
            }
        };
        desk.credit(&before, unused).await?;
        desk.save(&subscription).await?;
        desk.tell_of(kind, &subscription, &plan).await?;
        if subscription.state.ended_at().is_some() {
            desk.start_free().await?;
        }
        desk.close().await?;
        Ok(Bought { subscription, plan, invoice: None })
    }
}
