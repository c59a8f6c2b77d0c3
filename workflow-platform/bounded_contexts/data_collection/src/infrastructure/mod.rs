//! Adapters: the fetcher, the archive of pages, decisions about hosts, and the store of datasets.

pub mod archive;
pub mod dataset;
pub mod fetch;
pub mod files;
pub mod hosts;
