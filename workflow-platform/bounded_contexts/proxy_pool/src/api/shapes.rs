//! Bodies and answers.

use std::{collections::BTreeMap, time::Duration};

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    application::ProxyScheme,
    domain::{Id, Timestamp},
};
use uuid::Uuid;

use crate::{
    application::{
        Change, ImportReport, NewPool, NewProxyByHand, PoolChange, PoolStatus, ProxyChangeByHand,
        ports::{CountedPool, StateCounts},
    },
    domain::{Anonymity, Health, Proxy, RejectedLine, Strategy},
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
    /// What its proxies are tested against; the platform's address unless given.
    pub test_target: Option<String>,
    /// A judge (`workflow-platform judge`), which tells exit address and anonymity.
    pub judge: Option<String>,
    /// Seconds for which a session keeps its proxy; 600 unless given.
    #[schema(minimum = 1, maximum = 86400)]
    pub sticky_ttl: Option<u64>,
    /// Requests for which a session keeps its proxy; any number unless given.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub sticky_uses: Option<u32>,
    /// Seconds between two checks of a proxy that nobody uses; null for none, 600 unless given.
    #[serde(default)]
    #[schema(value_type = Option<u64>, minimum = 60, maximum = 86400)]
    pub check_every: Change<u64>,
}

impl From<CreatePool> for NewPool {
    fn from(body: CreatePool) -> Self {
        let terms = PoolChange {
            name: None,
            strategy: Some(body.strategy),
            parallel_limit: body.parallel_limit,
            test_target: body.test_target.into(),
            judge: body.judge.into(),
            sticky_ttl: body.sticky_ttl.map(Duration::from_secs),
            sticky_uses: body.sticky_uses.into(),
            check_every: body.check_every.map(Duration::from_secs),
        };
        Self { name: body.name, terms }
    }
}

/// What is to be another; a field that is not there stays, null takes away what may be missing.
#[derive(Debug, Default, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct UpdatePool {
    pub name: Option<String>,
    pub strategy: Option<Strategy>,
    #[schema(minimum = 1, maximum = 1000)]
    pub parallel_limit: Option<u32>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub test_target: Change<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub judge: Change<String>,
    /// Seconds.
    #[schema(minimum = 1, maximum = 86400)]
    pub sticky_ttl: Option<u64>,
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1_000_000)]
    pub sticky_uses: Change<u32>,
    /// Seconds.
    #[serde(default)]
    #[schema(value_type = Option<u64>, minimum = 60, maximum = 86400)]
    pub check_every: Change<u64>,
}

impl From<UpdatePool> for PoolChange {
    fn from(body: UpdatePool) -> Self {
        Self {
            name: body.name,
            strategy: body.strategy,
            parallel_limit: body.parallel_limit,
            test_target: body.test_target,
            judge: body.judge,
            sticky_ttl: body.sticky_ttl.map(Duration::from_secs),
            sticky_uses: body.sticky_uses,
            check_every: body.check_every.map(Duration::from_secs),
        }
    }
}

/// A proxy to be added.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct AddProxy {
    /// In any form that an import understands.
    #[schema(example = "http://user:secret@203.0.113.7:8080")]
    #[garde(length(max = 2048))]
    pub address: String,
    pub enabled: Option<bool>,
    /// Divides its score under `smart`; 1 unless given.
    #[schema(minimum = 0.01, maximum = 1000)]
    pub cost: Option<f64>,
    pub label: Option<String>,
}

impl From<AddProxy> for NewProxyByHand {
    fn from(body: AddProxy) -> Self {
        let AddProxy { address, enabled, cost, label } = body;
        Self { address, manual: ProxyChangeByHand { enabled, cost, label: label.into() } }
    }
}

/// What is to be another; a field that is not there stays.
#[derive(Debug, Default, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct UpdateProxy {
    /// One that is not enabled is never chosen.
    pub enabled: Option<bool>,
    #[schema(minimum = 0.01, maximum = 1000)]
    pub cost: Option<f64>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub label: Change<String>,
}

impl From<UpdateProxy> for ProxyChangeByHand {
    fn from(UpdateProxy { enabled, cost, label }: UpdateProxy) -> Self {
        Self { enabled, cost, label }
    }
}

/// Proxies to be added, one a line.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ImportText {
    /// `scheme://user:pass@host:port`, `host:port:user:pass`, `user:pass:host:port`, `host:port`
    /// or columns (`host,port,user,pass`); blank lines and what follows `#` are passed over. At
    /// most 10,000 lines and 2 MiB.
    #[schema(example = "http://user:secret@203.0.113.7:8080\n203.0.113.8:3128")]
    pub text: String,
    /// Of lines that name none; `http` unless given.
    #[serde(default)]
    pub scheme: Option<ProxyScheme>,
}

/// How many proxies of a pool are in each state.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StatesView {
    /// Never used.
    pub unknown: u64,
    pub healthy: u64,
    /// In use in spite of failures.
    pub degraded: u64,
    /// Tried again after a rest.
    pub half_open: u64,
    /// At rest.
    pub quarantined: u64,
}

impl From<StateCounts> for StatesView {
    fn from(counts: StateCounts) -> Self {
        let StateCounts { unknown, healthy, degraded, half_open, quarantined } = counts;
        Self { unknown, healthy, degraded, half_open, quarantined }
    }
}

/// A proxy pool.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PoolView {
    pub id: Uuid,
    pub name: String,
    pub strategy: Strategy,
    pub parallel_limit: u32,
    pub test_target: Option<String>,
    pub judge: Option<String>,
    /// Seconds.
    pub sticky_ttl: u64,
    pub sticky_uses: Option<u32>,
    /// Seconds.
    pub check_every: Option<u64>,
    /// How many proxies it has.
    pub proxies: u64,
    pub states: StatesView,
    pub created_at: Timestamp,
}

impl From<CountedPool> for PoolView {
    fn from(CountedPool { pool, states }: CountedPool) -> Self {
        let terms = pool.terms;
        Self {
            id: pool.id.uuid(),
            name: pool.name.to_string(),
            strategy: terms.strategy,
            parallel_limit: terms.parallel_limit,
            test_target: terms.test_target,
            judge: terms.judge,
            sticky_ttl: terms.sticky.ttl.as_secs(),
            sticky_uses: terms.sticky.uses,
            check_every: terms.check_every.map(|every| every.as_secs()),
            proxies: states.total(),
            states: states.into(),
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
    pub enabled: bool,
    pub cost: f64,
    pub label: Option<String>,
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
    /// What a judge made of it.
    pub anonymity: Option<Anonymity>,
    /// The address its requests come from.
    pub exit_address: Option<String>,
    pub checked_at: Option<Timestamp>,
    /// The provider's list that it comes from.
    pub source_id: Option<Uuid>,
    /// It is no longer in its list and goes at this moment.
    pub retires_at: Option<Timestamp>,
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
            enabled: proxy.manual.enabled,
            cost: proxy.manual.cost,
            label: proxy.manual.label,
            state: proxy.health.name().to_owned(),
            cool_down_until,
            requests: proxy.requests,
            successes: proxy.successes,
            failures: proxy.failures,
            bytes: proxy.bytes,
            latency_ms: proxy.latency_ms,
            last_error: proxy.last_error,
            last_used_at: proxy.last_used_at,
            anonymity: proxy.sight.anonymity,
            exit_address: proxy.sight.exit_address,
            checked_at: proxy.checked_at,
            source_id: proxy.source.map(Id::uuid),
            retires_at: proxy.retires_at,
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
