//! Bodies and answers.

use std::collections::BTreeMap;

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{application::ProxyScheme, domain::Timestamp};
use uuid::Uuid;

use crate::{
    application::{ImportReport, PoolStatus, TestResult, ports::CountedPool},
    domain::{Health, Proxy, RejectedLine, Strategy},
};

/// A pool to be made.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct CreatePool {
    /// 1 to 64 letters, digits, `.`, `_` or `-`; unique among your pools.
    #[schema(example = "default")]
    pub name: String,
    #[serde(default)]
    pub strategy: Strategy,
    /// Most requests at once through one proxy; 8 unless given.
    #[schema(minimum = 1, maximum = 1000)]
    pub parallel_limit: Option<u32>,
}

/// Proxies to be added, one a line.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ImportText {
    /// `scheme://user:pass@host:port`, `host:port:user:pass` or `host:port`; blank lines and lines
    /// starting with `#` are passed over. At most 10,000 lines and 2 MiB.
    #[schema(example = "http://user:secret@203.0.113.7:8080\n203.0.113.8:3128")]
    pub text: String,
}

/// What the proxies are tested against.
#[derive(Debug, Default, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestPool {
    /// An http or https address; the configured one unless given.
    #[garde(length(max = 2048))]
    pub target: Option<String>,
}

/// A proxy pool.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PoolView {
    pub id: Uuid,
    pub name: String,
    pub strategy: Strategy,
    pub parallel_limit: u32,
    /// How many proxies it has.
    pub proxies: u64,
    pub created_at: Timestamp,
}

impl From<CountedPool> for PoolView {
    fn from(CountedPool { pool, proxies }: CountedPool) -> Self {
        Self {
            id: pool.id.uuid(),
            name: pool.name.to_string(),
            strategy: pool.strategy,
            parallel_limit: pool.parallel_limit,
            proxies,
            created_at: pool.created_at,
        }
    }
}

/// A line that was not added.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RejectedView {
    /// From 1.
    pub line: u32,
    /// The line with credentials masked.
    pub text: String,
    pub reason: String,
}

impl From<RejectedLine> for RejectedView {
    fn from(RejectedLine { line, text, reason }: RejectedLine) -> Self {
        Self { line, text, reason }
    }
}

/// What became of an import.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ImportView {
    pub added: u64,
    /// Lines that repeat another line or a proxy the pool had already.
    pub duplicates: u64,
    pub rejected: Vec<RejectedView>,
}

impl From<ImportReport> for ImportView {
    fn from(report: ImportReport) -> Self {
        let rejected = report.rejected.into_iter().map(Into::into).collect();
        Self { added: report.added, duplicates: report.duplicates, rejected }
    }
}

/// A proxy. Credentials are never shown again.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProxyView {
    pub id: Uuid,
    /// `scheme://host:port`.
    pub address: String,
    #[schema(value_type = String, example = "http")]
    pub scheme: ProxyScheme,
    pub host: String,
    pub port: u16,
    pub has_credentials: bool,
    /// `unknown`, `healthy`, `degraded` or `quarantined`.
    pub state: String,
    /// When a quarantined proxy may be tried again.
    pub cool_down_until: Option<Timestamp>,
    pub requests: u64,
    pub successes: u64,
    pub failures: u64,
    pub bytes: u64,
    /// Weighted mean of recent answers.
    pub latency_ms: Option<f64>,
    pub last_error: Option<String>,
    pub last_used_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

impl From<Proxy> for ProxyView {
    fn from(proxy: Proxy) -> Self {
        let cool_down_until = match proxy.health {
            Health::Quarantined { until, .. } => Some(until),
            _ => None,
        };
        Self {
            id: proxy.id.uuid(),
            address: proxy.endpoint.to_string(),
            scheme: proxy.endpoint.scheme,
            port: proxy.endpoint.port,
            has_credentials: !proxy.endpoint.username.is_empty(),
            host: proxy.endpoint.host,
            state: proxy.health.name().to_owned(),
            cool_down_until,
            requests: proxy.requests,
            successes: proxy.successes,
            failures: proxy.failures,
            bytes: proxy.bytes,
            latency_ms: proxy.latency_ms,
            last_error: proxy.last_error,
            last_used_at: proxy.last_used_at,
            created_at: proxy.created_at,
        }
    }
}

/// How a pool fares.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StatusView {
    pub pool: PoolView,
    pub total: u64,
    /// Proxies by state: `unknown`, `healthy`, `degraded`, `quarantined`.
    pub by_state: BTreeMap<String, u64>,
    pub requests: u64,
    pub successes: u64,
    pub failures: u64,
    pub bytes: u64,
    /// The newest 200; all of them are in the list of proxies.
    pub proxies: Vec<ProxyView>,
}

impl From<PoolStatus> for StatusView {
    fn from(PoolStatus { pool, sums, proxies }: PoolStatus) -> Self {
        let states = ["unknown", "healthy", "degraded", "quarantined"];
        let mut by_state: BTreeMap<_, _> = states.map(|state| (state.to_owned(), 0)).into();
        by_state.extend(sums.by_state);
        Self {
            pool: pool.into(),
            total: sums.total,
            by_state,
            requests: sums.requests,
            successes: sums.successes,
            failures: sums.failures,
            bytes: sums.bytes,
            proxies: proxies.into_iter().map(Into::into).collect(),
        }
    }
}

/// How one proxy did in a test.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TestedView {
    pub proxy_id: Uuid,
    /// `scheme://host:port`.
    pub address: String,
    pub ok: bool,
    pub latency_ms: Option<f64>,
    pub error: Option<String>,
}

impl From<TestResult> for TestedView {
    fn from(result: TestResult) -> Self {
        Self {
            proxy_id: result.proxy.uuid(),
            address: result.address,
            ok: result.outcome.is_ok(),
            latency_ms: result.outcome.as_ref().ok().map(|elapsed| elapsed.as_secs_f64() * 1000.0),
            error: result.outcome.err(),
        }
    }
}

/// Every proxy of the pool, in its order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TestView {
    pub results: Vec<TestedView>,
}
