//! application layer.

pub mod dataset;
