//! Subscriptions.

use shared_kernel::domain::{Id, Owner, Timestamp};

use super::{Interval, PlanId};

/// Marker of a subscription's id.
#[derive(Debug)]
pub enum SubscriptionMark {}
pub type SubscriptionId = Id<SubscriptionMark>;

/// A user on a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub id: SubscriptionId,
    pub owner: Owner,
    pub plan: PlanId,
    /// `None` for a plan that costs nothing.
    pub interval: Option<Interval>,
    pub started_at: Timestamp,
    /// When the paid time is over; `None` for a plan that costs nothing.
    pub period_ends_at: Option<Timestamp>,
}
