//! Adapters: the fetcher and the store of datasets.

pub mod dataset;
pub mod fetch;
pub mod files;
