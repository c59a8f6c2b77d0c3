//! Use cases of the context, one a file, and the port they need.

mod check;
mod error;
mod give_free_plan;
mod list_plans;
mod module;
pub mod ports;
mod show_current;

pub use error::SubscriptionError;
pub use give_free_plan::GiveFreePlan;
pub use module::SubscriptionModule;
pub use show_current::Current;
