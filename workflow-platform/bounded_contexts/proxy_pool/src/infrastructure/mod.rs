//! Adapters: tables, the store on them, and the probe over HTTP.

mod migrations;
mod probe;
mod rows;
mod store;

pub use migrations::migrations;
pub use probe::HttpProbe;
pub use store::{SqlPoolStore, sealed_columns};
