//! infrastructure layer.

pub mod dataset;
