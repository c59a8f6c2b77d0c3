//! Routes of the context.

mod collection;
mod dataset;

pub use collection::routes as collection_routes;
pub use dataset::routes;
