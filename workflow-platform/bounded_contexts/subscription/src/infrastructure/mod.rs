//! Adapters: tables, the plans they begin with, and the stores on them.

mod billing;
mod billing_tables;
mod bookkeeper;
mod differences;
mod meter;
mod migrations;
mod payment_tables;
mod payments;
mod pdf;
mod personal;
mod quota;
mod quota_table;
mod readings;
mod refund_table;
mod refunds;
mod rows;
mod seed;
mod store;
mod stripe;
mod usage_table;

pub use billing::SqlBilling;
pub use bookkeeper::Bookkeeper;
pub use meter::SqlMeter;
pub use migrations::migrations;
pub use payments::SqlPayments;
pub use pdf::PdfPress;
pub use personal::personal_data;
pub use quota::SqlCounters;
pub use readings::readings;
pub use refunds::SqlRefunds;
pub use store::SqlSubscriptions;
pub use stripe::{Stripe, StripeSettings};
