//! Adapters: tables, the plans they begin with, and the store on them.

mod migrations;
mod seed;
mod store;

pub use migrations::migrations;
pub use store::SqlSubscriptions;
