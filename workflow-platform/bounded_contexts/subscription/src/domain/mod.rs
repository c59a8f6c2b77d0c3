//! Plans, what they include, and subscriptions. Pure.

mod entitlements;
mod month;
mod plan;
mod subscription;

pub use entitlements::PlanEntitlements;
pub use month::end_of_month;
pub use plan::{FREE, Interval, Plan, PlanId, Price, UnknownInterval};
pub use subscription::{Subscription, SubscriptionId};
