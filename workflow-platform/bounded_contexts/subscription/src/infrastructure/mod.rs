//! Adapters: tables, the plans they begin with, and the store on them.

mod migrations;
mod personal;
mod seed;
mod store;

pub use migrations::migrations;
pub use personal::personal_data;
pub use store::SqlSubscriptions;
