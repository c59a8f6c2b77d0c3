//! Takes back what was planned for the end of the period.

use shared_kernel::{application::Principal, domain::Permission};

use super::{Bought, SubscriptionError, SubscriptionModule};

impl SubscriptionModule {
    pub async fn resume(&self, who: &Principal) -> Result<Bought, SubscriptionError> {
        who.require(Permission::SubscriptionWrite)?;
        let mut desk = self.desk_for(who, who.owner()).await?;
        let before = desk.paid().await?;
        let plan = self.version(before.plan).await?;
        let subscription = before.resume()?;
        desk.save(&subscription).await?;
        desk.tell_of("subscription.resumed", &subscription, &plan).await?;
        desk.close().await?;
        Ok(Bought { subscription, plan, invoice: None })
    }
}
