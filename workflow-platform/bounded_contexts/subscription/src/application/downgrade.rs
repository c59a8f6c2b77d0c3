//! To a lower plan or a shorter interval, when the period ends.

use shared_kernel::{application::Principal, domain::Permission};

use super::{Bought, PlanWish, SubscriptionError, SubscriptionModule};
use crate::domain::ChangeError;

impl SubscriptionModule {
    /// To the plan that costs nothing is to cancel for the end of the period.
    pub async fn downgrade(
        &self,
        who: &Principal,
        wish: PlanWish,
    ) -> Result<Bought, SubscriptionError> {
        who.require(Permission::SubscriptionWrite)?;
        let to = self.offered(&wish.plan).await?;
        let mut desk = self.desk_for(who, who.owner()).await?;
        let before = desk.paid().await?;
        let plan = self.version(before.plan).await?;
        let subscription = if to.is_free() {
            before.cancel_at_period_end()?
        } else {
            let terms = before.state.terms().ok_or(ChangeError::NotSubscribed)?;
            let offer = self.offer(&to, wish.interval.unwrap_or(terms.interval))?;
            before.downgrade(&plan, &offer)?
        };
        desk.save(&subscription).await?;
        desk.tell_of("subscription.downgrade_planned", &subscription, &plan).await?;
        desk.close().await?;
        Ok(Bought { subscription, plan, invoice: None })
    }
}
