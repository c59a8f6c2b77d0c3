//! From nothing paid to a paid plan.

use shared_kernel::{
    application::Principal,
    domain::{Permission, Timestamp},
};

use super::{SubscriptionError, SubscriptionModule, desk::Desk};
use crate::domain::{
    ChangeError, CouponProblem, Discount, Interval, Invoice, InvoiceReason, Offer, Plan, State,
    Subscription, begin, is_coupon_code,
};

/// What somebody wants to have.
#[derive(Debug, Clone)]
pub struct SubscribeWish {
    pub plan: String,
    pub interval: Interval,
    pub coupon: Option<String>,
    /// Try it first, for as many days as are offered.
    pub trial: bool,
}

/// A subscription as a change left it, with the invoice for it unless it costs nothing yet.
#[derive(Debug, Clone)]
pub struct Bought {
    pub subscription: Subscription,
    pub plan: Plan,
    pub invoice: Option<Invoice>,
}

impl SubscriptionModule {
    pub async fn subscribe(
        &self,
        who: &Principal,
        wish: SubscribeWish,
    ) -> Result<Bought, SubscriptionError> {
        who.require(Permission::SubscriptionWrite)?;
        let plan = self.offered(&wish.plan).await?;
        if plan.is_free() {
            return Err(SubscriptionError::field("plan", "costs nothing; everybody has it"));
        }
        let offer = self.offer(&plan, wish.interval)?;
        let mut desk = self.desk_for(who, who.owner()).await?;
        let former = desk.live().await?;
        if former.is_some_and(|former| former.state.terms().is_some()) {
            return Err(ChangeError::Subscribed.into());
        }
        let discount = desk.redeem(wish.coupon.as_deref(), &plan).await?;
        let trial = desk.trial(wish.trial)?;
        if let Some(former) = former {
            let at = desk.now;
            desk.save(&former.ended(State::Cancelled { at })).await?;
        }
        let bought = desk.buy(&offer, discount, trial).await?;
        desk.close().await?;
        Ok(bought)
    }
}

impl Desk<'_> {
    async fn buy(
        &mut self,
        offer: &Offer<'_>,
        discount: Option<Discount>,
        trial: Option<Timestamp>,
    ) -> Result<Bought, SubscriptionError> {
        let (state, lines) = begin(offer, discount, trial, self.now);
        let (id, plan) = (self.module.ambient.id(), offer.plan.clone());
        let (owner, started_at) = (self.owner, self.now);
        let mut subscription = Subscription { id, owner, plan: plan.id, started_at, state };
        if trial.is_some() {
            self.account.trial_used = true;
            self.save_account().await?;
        }
        self.save(&subscription).await?;
        let mut invoice = None;
        if !lines.is_empty() {
            let issued = self.issue(&subscription, InvoiceReason::Subscribed, lines).await?;
            subscription = subscription.taxed(issued.tax_minor());
            self.save(&subscription).await?;
            invoice = Some(issued);
        }
        self.tell_of("subscription.started", &subscription, &plan).await?;
        Ok(Bought { subscription, plan, invoice })
    }

    async fn redeem(
        &mut self,
        code: Option<&str>,
        plan: &Plan,
    ) -> Result<Option<Discount>, SubscriptionError> {
        let Some(code) = code else { return Ok(None) };
        let (billing, code) = (&self.module.billing, code.trim().to_ascii_uppercase());
        if !is_coupon_code(&code) {
            return Err(CouponProblem::Unknown.into());
        }
        let coupon = billing.coupon(&mut self.work, &code).await?.ok_or(CouponProblem::Unknown)?;
        let discount = coupon.discount(plan, self.now)?;
        if !billing.redeem(&mut self.work, coupon.id, self.owner, self.now).await? {
            return Err(CouponProblem::UsedByYou.into());
        }
        Ok(Some(discount))
    }

    /// When the trial ends that was asked for.
    fn trial(&self, wanted: bool) -> Result<Option<Timestamp>, SubscriptionError> {
        let days = self.module.settings.trial_days;
        if !wanted {
            return Ok(None);
        }
        if days == 0 {
            return Err(SubscriptionError::field("trial", "is not offered"));
        }
        if self.account.trial_used {
            return Err(SubscriptionError::TrialUsed);
        }
        Ok(Some(self.now.plus(std::time::Duration::from_hours(24) * days)))
    }
}
