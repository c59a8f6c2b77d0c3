//! Data collection: the polite fetcher, crawling, extraction, and datasets.

pub mod api;
pub mod application;
pub mod domain;
pub mod infrastructure;
