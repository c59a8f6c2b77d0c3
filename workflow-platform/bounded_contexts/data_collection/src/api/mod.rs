//! Routes of the context.

mod dataset;

pub use dataset::routes;
