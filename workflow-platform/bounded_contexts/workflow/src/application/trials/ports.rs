//! What trials need from outside.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use shared_kernel::{
    application::{ActionError, LogLevel},
    domain::{Cost, Execution, Id, Owner, Timestamp},
};

use crate::domain::execution::Hidden;

/// One run of one action, ready to go.
#[derive(Debug)]
pub struct BenchRun {
    pub owner: Owner,
    /// No execution has it.
    pub id: Id<Execution>,
    pub step: String,
    pub item: Option<u32>,
    pub uses: String,
    /// Secrets are masked in it; with some of them it is worked out again from `hidden`.
    pub input: Value,
    pub hidden: Option<Hidden>,
    pub timeout: Duration,
}

/// A line that the action logged.
#[derive(Debug, Clone, PartialEq)]
pub struct BenchLine {
    pub at: Timestamp,
    pub level: LogLevel,
    pub message: String,
    pub fields: Value,
}

/// What came of it.
#[derive(Debug)]
pub struct BenchEnd {
    pub result: Result<Value, ActionError>,
    /// The first ones.
    pub lines: Vec<BenchLine>,
    /// How many more there were.
    pub lines_left_out: u64,
    pub cost: Cost,
}

/// Where actions run as they do in an execution, with nothing written down.
#[async_trait]
pub trait Bench: Send + Sync {
    /// Runs it once. Dropping the future ends it.
    async fn run(&self, run: BenchRun) -> BenchEnd;
}
