//! Adapters: tables, the store on them, and the probe over HTTP.

mod migrations;
mod personal;
mod probe;
mod rows;
mod store;
mod usage;

pub use migrations::migrations;
pub use personal::personal_data;
pub use probe::HttpProbe;
pub use store::{SqlPoolStore, sealed_columns};
pub use usage::usage;
