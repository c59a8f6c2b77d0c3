//! Coupons, and the discounts they give.

use serde::{Deserialize, Serialize};
use shared_kernel::domain::{Currency, Id, Money, Timestamp};

use super::{Plan, proration::at_rate};

/// Marker of a coupon's id.
#[derive(Debug)]
pub enum CouponMark {}
pub type CouponId = Id<CouponMark>;

/// What is taken off a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Off {
    /// 1 to 100.
    Percent(u8),
    /// So much of a price in its currency, and at most all of it.
    Amount(Money),
}

impl Off {
    /// What remains of a price of `currency`.
    pub fn from(self, price_minor: i64, currency: Currency) -> i64 {
        let off = match self {
            Self::Percent(percent) => at_rate(price_minor, u32::from(percent.min(100)) * 100),
            Self::Amount(money) if money.currency == currency => money.amount_minor,
            Self::Amount(_) => 0,
        };
        price_minor - off.clamp(0, price_minor)
    }
}

/// How many paid periods a discount lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lasts {
    Once,
    Periods(u32),
    Forever,
}

/// What a subscription still gets off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    pub coupon: CouponId,
    pub off: Off,
    pub lasts: Lasts,
}

impl Discount {
    /// For the period after one that it was taken off.
    pub fn for_the_next_period(self) -> Option<Self> {
        match self.lasts {
            Lasts::Forever => Some(self),
            Lasts::Once | Lasts::Periods(0 | 1) => None,
            Lasts::Periods(left) => Some(Self { lasts: Lasts::Periods(left - 1), ..self }),
        }
    }
}

/// A code that makes a subscription cheaper. Its terms never change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    pub id: CouponId,
    /// Capital letters, digits, `-` and `_`.
    pub code: String,
    pub off: Off,
    pub lasts: Lasts,
    /// Codes of plans; all unless given.
    pub plans: Option<Vec<String>>,
    pub max_redemptions: Option<u32>,
    pub redeemed: u32,
    pub expires_at: Option<Timestamp>,
    pub disabled: bool,
    pub created_at: Timestamp,
}

/// Why a coupon does nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CouponProblem {
    #[error("is not known")]
    Unknown,
    #[error("is no longer valid")]
    Over,
    #[error("was used as often as it may be")]
    UsedUp,
    #[error("is not for this plan")]
    OtherPlan,
    #[error("was used by you already")]
    UsedByYou,
}

/// Whether a text may be the code of a coupon.
pub fn is_coupon_code(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-' || c == '_';
    (3..=40).contains(&text.len()) && text.chars().all(fits)
}

impl Coupon {
    /// What it gives for a plan now.
    pub fn discount(&self, plan: &Plan, now: Timestamp) -> Result<Discount, CouponProblem> {
        if self.disabled || self.expires_at.is_some_and(|end| end <= now) {
            return Err(CouponProblem::Over);
        }
        if self.max_redemptions.is_some_and(|most| self.redeemed >= most) {
            return Err(CouponProblem::UsedUp);
        }
        if self.plans.as_ref().is_some_and(|plans| !plans.contains(&plan.code)) {
            return Err(CouponProblem::OtherPlan);
        }
        Ok(Discount { coupon: self.id, off: self.off, lasts: self.lasts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discount_never_goes_below_nothing() {
        let money = |amount_minor| Off::Amount(Money { currency: Currency::CNY, amount_minor });
        assert_eq!(money(900).from(4_900, Currency::CNY), 4_000);
        assert_eq!(money(9_000).from(4_900, Currency::CNY), 0);
        assert_eq!(Off::Percent(100).from(4_900, Currency::CNY), 0);
        assert_eq!(Off::Percent(15).from(4_901, Currency::CNY), 4_166);
        let dollars = Currency::try_from("USD".to_owned()).unwrap();
        assert_eq!(money(900).from(4_900, dollars), 4_900, "of another currency");
    }

    #[test]
    fn three_periods_are_three_periods() {
        let off = Off::Percent(10);
        let mut discount =
            Some(Discount { coupon: Id::from(uuid::Uuid::nil()), off, lasts: Lasts::Periods(3) });
        let mut periods = 0;
        while let Some(given) = discount {
            periods += 1;
            discount = given.for_the_next_period();
        }
        assert_eq!(periods, 3);
    }
}
