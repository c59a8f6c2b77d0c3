//! Coupons, for those who give them out.

use shared_kernel::{
    application::Principal,
    domain::{Page, PageRequest, Permission, Timestamp},
};

use super::{SubscriptionError, SubscriptionModule};
use crate::domain::{Coupon, Lasts, Off, is_coupon_code};

/// A coupon to be.
#[derive(Debug, Clone)]
pub struct CouponWish {
    pub code: String,
    pub off: Off,
    pub lasts: Lasts,
    pub plans: Option<Vec<String>>,
    pub max_redemptions: Option<u32>,
    pub expires_at: Option<Timestamp>,
}

impl CouponWish {
    fn check(&self, now: Timestamp) -> Result<(), SubscriptionError> {
        let wrong = |field, problem| Err(SubscriptionError::field(field, problem));
        if !is_coupon_code(&self.code) {
            return wrong("code", "must be 3 to 40 capital letters, digits, - or _");
        }
        match self.off {
            Off::Percent(percent) if !(1..=100).contains(&percent) => {
                return wrong("off", "must be 1 to 100 percent");
            }
            Off::Amount(money) if money.amount_minor < 1 => {
                return wrong("off", "must be more than nothing");
            }
            Off::Percent(_) | Off::Amount(_) => {}
        }
        match self.lasts {
            Lasts::Periods(0) => return wrong("lasts", "must be at least one period"),
            Lasts::Once | Lasts::Periods(_) | Lasts::Forever => {}
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            return wrong("expires_at", "must lie ahead");
        }
        Ok(())
    }
}

impl SubscriptionModule {
    pub async fn add_coupon(
        &self,
        who: &Principal,
        wish: CouponWish,
    ) -> Result<Coupon, SubscriptionError> {
        who.require(Permission::BillingWrite)?;
        let now = self.ambient.now();
        wish.check(now)?;
        for code in wish.plans.iter().flatten() {
            self.offered(code).await.map_err(|_| {
                SubscriptionError::field("plans", format!("{code} is not on offer"))
            })?;
        }
        let coupon = Coupon {
            id: self.ambient.id(),
            code: wish.code,
            off: wish.off,
            lasts: wish.lasts,
            plans: wish.plans,
            max_redemptions: wish.max_redemptions,
            redeemed: 0,
            expires_at: wish.expires_at,
            disabled: false,
            created_at: now,
        };
        let mut desk = self.desk_for(who, who.owner()).await?;
        if !self.billing.add_coupon(&mut desk.work, &coupon).await? {
            return Err(SubscriptionError::CouponTaken);
        }
        desk.tell_of_coupon("coupon.added", &coupon.code).await?;
        desk.close().await?;
        Ok(coupon)
    }

    pub async fn list_coupons(
        &self,
        who: &Principal,
        page: PageRequest,
    ) -> Result<Page<Coupon>, SubscriptionError> {
        who.require(Permission::BillingRead)?;
        Ok(self.billing.coupons(page).await?)
    }

    /// Nobody redeems it any more; discounts that were given stay.
    pub async fn disable_coupon(
        &self,
        who: &Principal,
        code: &str,
    ) -> Result<(), SubscriptionError> {
        who.require(Permission::BillingWrite)?;
        if !is_coupon_code(code) {
            return Err(SubscriptionError::NotFound);
        }
        let mut desk = self.desk_for(who, who.owner()).await?;
        if !self.billing.disable_coupon(&mut desk.work, code).await? {
            return Err(SubscriptionError::NotFound);
        }
        desk.tell_of_coupon("coupon.disabled", code).await?;
        desk.close().await
    }
}
