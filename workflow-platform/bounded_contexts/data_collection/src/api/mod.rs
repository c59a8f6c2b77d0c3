//! api layer.

pub mod dataset;
