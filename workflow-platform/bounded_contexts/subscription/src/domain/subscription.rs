//! Subscriptions, and where they stand.

use serde::{Deserialize, Serialize};
use shared_kernel::domain::{Id, Owner, Timestamp};

use super::{Discount, Interval, Period, PlanId};

/// Marker of a subscription's id.
#[derive(Debug)]
pub enum SubscriptionMark {}
pub type SubscriptionId = Id<SubscriptionMark>;

/// What happens at the end of the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    Renew,
    /// A cheaper plan, or a shorter interval.
    Change {
        plan: PlanId,
        interval: Interval,
    },
    Cancel,
}

/// What was charged for the time from `from` to the end of the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charged {
    /// Discounts taken off, without tax.
    pub net_minor: i64,
    pub tax_minor: i64,
    pub from: Timestamp,
}

/// What a paid subscription runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub interval: Interval,
    /// Periods are counted from here.
    pub anchor: Timestamp,
    /// During a trial, the time of the trial.
    pub period: Period,
    pub charged: Charged,
    pub next: Next,
    pub discount: Option<Discount>,
}

/// Where a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// On a plan that costs nothing, for as long as one likes.
    Free,
    /// Nothing is charged before the trial ends.
    Trialing(Terms),
    Active(Terms),
    /// An invoice is overdue. `reminders` were sent since.
    PastDue {
        terms: Terms,
        since: Timestamp,
        reminders: u32,
    },
    /// Its user ended it, or another one took its place.
    Cancelled {
        at: Timestamp,
    },
    /// Nobody paid.
    Expired {
        at: Timestamp,
    },
}

/// The name of a [`State`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Trialing,
    Active,
    PastDue,
    Cancelled,
    Expired,
}

impl Status {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
}

impl State {
    pub const fn status(&self) -> Status {
        match self {
            Self::Free | Self::Active(_) => Status::Active,
            Self::Trialing(_) => Status::Trialing,
            Self::PastDue { .. } => Status::PastDue,
            Self::Cancelled { .. } => Status::Cancelled,
            Self::Expired { .. } => Status::Expired,
        }
    }

    /// Of a plan that costs something.
    pub const fn terms(&self) -> Option<&Terms> {
        match self {
            Self::Trialing(terms) | Self::Active(terms) | Self::PastDue { terms, .. } => {
                Some(terms)
            }
            Self::Free | Self::Cancelled { .. } | Self::Expired { .. } => None,
        }
    }

    pub const fn ended_at(&self) -> Option<Timestamp> {
        match self {
            Self::Cancelled { at } | Self::Expired { at } => Some(*at),
            Self::Free | Self::Trialing(_) | Self::Active(_) | Self::PastDue { .. } => None,
        }
    }
}

/// A user on one version of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subscription {
    pub id: SubscriptionId,
    pub owner: Owner,
    pub plan: PlanId,
    pub started_at: Timestamp,
    pub state: State,
}
