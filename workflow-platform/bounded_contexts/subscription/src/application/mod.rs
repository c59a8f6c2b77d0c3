//! Use cases of the context, one a file, and the ports they need.

mod advance;
mod cancel;
mod check;
mod coupons;
mod desk;
mod downgrade;
mod error;
mod give_free_plan;
mod hear_payment;
mod invoices;
mod list_plans;
mod meter;
mod module;
mod pay;
pub mod payment_ports;
mod plans;
pub mod ports;
mod quota;
mod resume;
mod show_current;
mod subscribe;
mod upgrade;
mod usage;

pub use cancel::CancelWhen;
pub use coupons::CouponWish;
pub use error::SubscriptionError;
pub use give_free_plan::GiveFreePlan;
pub use meter::{CountExecutions, CountFetched};
pub(crate) use module::Stores;
pub use module::{BillingSettings, SubscriptionModule, Surroundings};
pub use plans::PlanOffer;
pub use show_current::Current;
pub use subscribe::{Bought, SubscribeWish};
pub use upgrade::{PlanWish, Quote};
pub use usage::UsageReport;
