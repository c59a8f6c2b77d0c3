//! Plans.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use shared_kernel::domain::{Currency, Id, Text};

use super::PlanEntitlements;

/// Code of the plan everybody begins with.
pub const FREE: &str = "free";

/// Marker of the id of one version of a plan.
#[derive(Debug)]
pub enum PlanMark {}
pub type PlanId = Id<PlanMark>;

/// How often a price is paid.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    Month,
    Year,
}

/// The text names no interval.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be month or year")]
pub struct UnknownInterval;

impl Interval {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

impl Interval {
    /// Calendar months.
    pub const fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Year => 12,
        }
    }
}

impl FromStr for Interval {
    type Err = UnknownInterval;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "month" => Ok(Self::Month),
            "year" => Ok(Self::Year),
            _ => Err(UnknownInterval),
        }
    }
}

/// What a plan costs for one interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Price {
    pub interval: Interval,
    pub currency: Currency,
    /// In the currency's minor unit (fen).
    pub amount_minor: i64,
}

/// One version of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub id: PlanId,
    pub code: String,
    /// From 1.
    pub version: u32,
    /// Higher plans have higher ranks.
    pub rank: i32,
    pub name: Text,
    pub prices: Vec<Price>,
    pub entitlements: PlanEntitlements,
}

/// Whether a text may be the code of a plan.
pub fn is_plan_code(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    (1..=40).contains(&text.len()) && text.chars().all(fits)
}

impl Plan {
    /// What it costs for an interval.
    pub fn price(&self, interval: Interval, currency: Currency) -> Option<&Price> {
        let wanted = |price: &&Price| price.interval == interval && price.currency == currency;
        self.prices.iter().find(wanted)
    }

    /// Nobody pays for it.
    pub fn is_free(&self) -> bool {
        self.prices.iter().all(|price| price.amount_minor == 0)
    }
}
