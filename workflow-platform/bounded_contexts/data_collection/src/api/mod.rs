//! Routes of the context.

mod collection;
mod dataset;
mod files;

pub use collection::routes as collection_routes;
pub use dataset::routes;
pub use files::routes as file_routes;
