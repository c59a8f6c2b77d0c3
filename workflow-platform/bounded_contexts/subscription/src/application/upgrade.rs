//! To a higher plan or a longer interval, at once.

use shared_kernel::{application::Principal, domain::Permission};

use super::{Bought, SubscriptionError, SubscriptionModule};
use crate::domain::{ChangeError, Interval, InvoiceReason, Line, Plan, Subscription, taxed};

/// A plan, and for how long at a time; as now unless given.
#[derive(Debug, Clone)]
pub struct PlanWish {
    pub plan: String,
    pub interval: Option<Interval>,
}

/// What an upgrade would cost now, without anything being done.
#[derive(Debug, Clone)]
pub struct Quote {
    /// Tax included.
    pub lines: Vec<Line>,
    pub subscription: Subscription,
    pub plan: Plan,
    /// What the customer has to their credit, of which so much would be used.
    pub credit_minor: i64,
}

impl SubscriptionModule {
    pub async fn upgrade(
        &self,
        who: &Principal,
        wish: PlanWish,
    ) -> Result<Bought, SubscriptionError> {
        who.require(Permission::SubscriptionWrite)?;
        let mut desk = self.desk_for(who, who.owner()).await?;
        let (now, before) = (desk.now, desk.paid().await?);
        let (mut subscription, plan, lines) = self.upgraded(before, wish, now).await?;
        desk.save(&subscription).await?;
        let mut invoice = None;
        if !lines.is_empty() {
            let issued = desk.issue(&subscription, InvoiceReason::Upgraded, lines).await?;
            subscription = subscription.taxed(issued.tax_minor());
            desk.save(&subscription).await?;
            invoice = Some(issued);
        }
        desk.tell_of("subscription.upgraded", &subscription, &plan).await?;
        desk.close().await?;
        Ok(Bought { subscription, plan, invoice })
    }

    /// What [`Self::upgrade`] would do.
    pub async fn quote(&self, who: &Principal, wish: PlanWish) -> Result<Quote, SubscriptionError> {
        who.require(Permission::SubscriptionRead)?;
        let current = self.store.current(who.owner()).await?;
        let before = current.map(|(found, _)| found).filter(|found| found.state.terms().is_some());
        let before = before.ok_or(ChangeError::NotSubscribed)?;
        let (subscription, plan, lines) = self.upgraded(before, wish, self.ambient.now()).await?;
        let lines = taxed(lines, self.settings.tax_basis_points);
        let total: i64 = lines.iter().map(|line| line.amount_minor).sum();
        let credit_minor = self.billing.account(who.owner()).await?.credit_minor.min(total);
        Ok(Quote { lines, subscription, plan, credit_minor })
    }

    async fn upgraded(
        &self,
        before: Subscription,
        wish: PlanWish,
        now: shared_kernel::domain::Timestamp,
    ) -> Result<(Subscription, Plan, Vec<Line>), SubscriptionError> {
        let from = self.version(before.plan).await?;
        let plan = self.offered(&wish.plan).await?;
        let terms = before.state.terms().ok_or(ChangeError::NotSubscribed)?;
        let offer = self.offer(&plan, wish.interval.unwrap_or(terms.interval))?;
        let (subscription, lines) = before.upgrade(&from, &offer, now)?;
        Ok((subscription, plan, lines))
    }
}
