//! `crawl.pages`: from start pages and sitemaps along links.
//!
//! The frontier is durable: what became of a page, and the links found on it, is recorded in the
//! journal in batches. After a crash the records say which pages are done and which were found,
//! so that no page is kept twice and only those under way at that moment are fetched again.

mod action;
mod frontier;
mod input;
mod line;
mod marks;
mod page;
mod rules;
mod run;
mod schema;
mod sink;
mod visit;

pub use action::CrawlPages;
pub use sink::RowSink;
