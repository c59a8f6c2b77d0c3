//! How the platform stands, for administrators.

mod api;
mod error;
mod show;

pub use api::routes;
pub use error::StatusError;
pub use show::{Facts, SystemStatus, SystemWatch};
