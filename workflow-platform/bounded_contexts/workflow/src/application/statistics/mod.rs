//! How executions ended, by the hour.

mod count;
mod ports;
mod show;

pub use count::CountEnds;
pub use ports::{EndCounts, Ends};
pub use show::{Bucket, Statistics, StatisticsService, Wanted};
