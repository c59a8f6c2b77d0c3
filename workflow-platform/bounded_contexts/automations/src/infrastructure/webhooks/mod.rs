//! Endpoints and deliveries, on both engines.

mod deliveries;
mod endpoints;
mod store;
mod tables;

pub use endpoints::sealed_columns;
pub use store::SqlWebhooks;
pub use tables::WebhookTables;
