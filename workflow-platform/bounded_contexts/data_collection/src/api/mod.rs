//! Routes of the context.

mod dataset;
mod files;

pub use dataset::routes;
pub use files::routes as file_routes;
