//! Bodies and answers about tests.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::domain::Timestamp;
use uuid::Uuid;

use crate::{
    application::ports::{PoolTest, TestRow},
    domain::{Anonymity, TestState},
};

/// What the proxies are tested against.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestPool {
    /// An http or https address; the pool's, or else the platform's, unless given.
    #[garde(length(max = 2048))]
    pub target: Option<String>,
    /// Whether the answer waits for the end, up to 20 seconds; it does unless told otherwise.
    #[garde(skip)]
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub wait: bool,
}

const fn yes() -> bool {
    true
}

/// How one proxy did in a test.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TestedView {
    /// From 1, in the order in which results came.
    pub seq: u32,
    pub proxy_id: Uuid,
    /// `scheme://host:port`.
    pub address: String,
    pub ok: bool,
    pub latency_ms: Option<f64>,
    pub error: Option<String>,
    /// What a judge made of it.
    pub anonymity: Option<Anonymity>,
    pub exit_address: Option<String>,
    pub at: Timestamp,
}

impl From<TestRow> for TestedView {
    fn from(row: TestRow) -> Self {
        Self {
            seq: row.seq,
            proxy_id: row.proxy.uuid(),
            address: row.address,
            ok: row.outcome.is_ok(),
            latency_ms: row.outcome.as_ref().ok().map(|elapsed| elapsed.as_secs_f64() * 1000.0),
            error: row.outcome.err(),
            anonymity: row.sight.anonymity,
            exit_address: row.sight.exit_address,
            at: row.at,
        }
    }
}

/// A test of a pool.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TestSummary {
    pub id: Uuid,
    pub pool_id: Uuid,
    pub state: TestState,
    pub target: String,
    pub judge: Option<String>,
    /// Enabled proxies of the pool when it began.
    pub total: u32,
    pub done: u32,
    pub worked: u32,
    pub failed: u32,
    /// It stops in a moment.
    pub cancelling: bool,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

impl From<PoolTest> for TestSummary {
    fn from(test: PoolTest) -> Self {
        Self {
            id: test.id.uuid(),
            pool_id: test.pool.uuid(),
            state: test.state,
            target: test.target,
            judge: test.judge,
            total: test.total,
            done: test.done,
            worked: test.worked,
            failed: test.done.saturating_sub(test.worked),
            cancelling: test.cancel_wanted && test.state == TestState::Running,
            created_at: test.created_at,
            finished_at: test.finished_at,
        }
    }
}

/// A test as far as it is, and its first 200 results.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TestView {
    pub test: TestSummary,
    pub results: Vec<TestedView>,
}

impl From<(PoolTest, Vec<TestRow>)> for TestView {
    fn from((test, results): (PoolTest, Vec<TestRow>)) -> Self {
        Self { test: test.into(), results: results.into_iter().map(Into::into).collect() }
    }
}

/// Results in the order in which they came; ask for what follows with the last `seq` as `after`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ResultsView {
    pub items: Vec<TestedView>,
}
