//! domain layer.

pub mod dataset;
