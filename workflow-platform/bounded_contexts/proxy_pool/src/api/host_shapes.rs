//! Answers about hosts and choices.

use serde::Serialize;
use shared_kernel::domain::Timestamp;
use uuid::Uuid;

use crate::{
    application::{
        Explanation, RecentChoice, Verdict,
        ports::{HostSums, PairRow},
    },
    domain::{Breaker, Considered, Strategy, Tally},
};

/// A breaker: `closed`, `open` or `half_open`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BreakerView {
    #[schema(example = "closed")]
    pub state: String,
    /// When the next request may pass.
    pub until: Option<Timestamp>,
}

impl From<Breaker> for BreakerView {
    fn from(breaker: Breaker) -> Self {
        Self { state: breaker.name().to_owned(), until: breaker.opens_at() }
    }
}

/// A host the pool was used for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HostView {
    pub id: Uuid,
    /// `name:port`.
    #[schema(example = "site.example:443")]
    pub host: String,
    pub breaker: BreakerView,
    /// Proxies that were used for it.
    pub proxies: u64,
    /// Of them, those that may not be used for it for now.
    pub resting: u64,
    pub requests: u64,
    pub successes: u64,
    pub failures: u64,
    /// Throttled or challenged.
    pub refused: u64,
    /// Mean over its proxies.
    pub latency_ms: Option<f64>,
    pub first_used_at: Timestamp,
    pub last_used_at: Timestamp,
}

impl From<HostSums> for HostView {
    fn from(HostSums { stored, proxies, resting, tally, latency_ms }: HostSums) -> Self {
        let Tally { requests, successes, failures, refused } = tally;
        Self {
            id: stored.id.uuid(),
            host: stored.host,
            breaker: stored.breaker.into(),
            proxies,
            resting,
            requests,
            successes,
            failures,
            refused,
            latency_ms,
            first_used_at: stored.first_at,
            last_used_at: stored.last_at,
        }
    }
}

/// One proxy on one host.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PairView {
    pub proxy_id: Uuid,
    /// `scheme://host:port`.
    pub address: String,
    pub breaker: BreakerView,
    pub requests: u64,
    pub successes: u64,
    pub failures: u64,
    pub refused: u64,
    pub latency_ms: Option<f64>,
    /// Successes with exponential decay, half of them forgotten in 30 minutes.
    pub good: f64,
    /// Failures, likewise.
    pub bad: f64,
    pub last_used_at: Timestamp,
}

impl From<PairRow> for PairView {
    fn from(PairRow { proxy, endpoint, pair, .. }: PairRow) -> Self {
        let Tally { requests, successes, failures, refused } = pair.tally;
        Self {
            proxy_id: proxy.uuid(),
            address: endpoint.to_string(),
            breaker: pair.breaker.into(),
            requests,
            successes,
            failures,
            refused,
            latency_ms: pair.latency_ms,
            good: pair.evidence.good(),
            bad: pair.evidence.bad(),
            last_used_at: pair.last_at,
        }
    }
}

/// A candidate and what its score is made of:
/// `drawn × typical / (typical + latency) × free_share / cost`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CandidateView {
    pub proxy_id: Uuid,
    /// `scheme://host:port`.
    pub address: String,
    pub score: f64,
    /// Drawn from Beta(alpha, beta).
    pub drawn: f64,
    pub alpha: f64,
    pub beta: f64,
    pub latency_ms: Option<f64>,
    pub in_use: u32,
    pub free_share: f64,
    pub cost: f64,
}

impl From<(Considered, String)> for CandidateView {
    fn from((one, address): (Considered, String)) -> Self {
        Self {
            proxy_id: one.id.uuid(),
            address,
            score: one.score,
            drawn: one.drawn,
            alpha: one.alpha,
            beta: one.beta,
            latency_ms: one.latency_ms,
            in_use: one.in_use,
            free_share: one.free_share,
            cost: one.cost,
        }
    }
}

/// A choice that was made for the host lately, by this process.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecentChoiceView {
    pub at: Timestamp,
    pub proxy_id: Uuid,
    pub session: Option<String>,
    pub reason: String,
    pub compared: usize,
    pub score: Option<f64>,
}

impl From<RecentChoice> for RecentChoiceView {
    fn from(choice: RecentChoice) -> Self {
        Self {
            at: choice.at,
            proxy_id: choice.proxy.uuid(),
            session: choice.session,
            reason: choice.reason.as_str().to_owned(),
            compared: choice.compared,
            score: choice.score,
        }
    }
}

/// Proxies by where they stand.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StandingView {
    pub ready: usize,
    /// At their parallel limit.
    pub full: usize,
    /// In quarantine.
    pub resting: usize,
    /// Switched off.
    pub off: usize,
    /// Ready, but not for this host.
    pub resting_here: usize,
}

/// What the pool would choose now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ExplanationView {
    #[schema(example = "site.example:443")]
    pub host: String,
    pub session: Option<String>,
    pub strategy: Strategy,
    /// `chosen`, `busy`, `host_rests` or `nobody`.
    #[schema(example = "chosen")]
    pub verdict: String,
    pub proxy_id: Option<Uuid>,
    pub reason: String,
    pub host_breaker: BreakerView,
    pub proxies: StandingView,
    /// Share of successes that a new pair starts from.
    pub prior: f64,
    /// What an answer takes in the pool.
    pub typical_ms: f64,
    /// Compared by score, the best first; empty for strategies without scores.
    pub candidates: Vec<CandidateView>,
    /// Latest first.
    pub recent: Vec<RecentChoiceView>,
    /// When the host, or the first proxy at rest, may be used again.
    pub next_at: Option<Timestamp>,
}

impl From<Explanation> for ExplanationView {
    fn from(told: Explanation) -> Self {
        let (verdict, proxy_id, reason) = match &told.verdict {
            Verdict::Chosen { proxy, reason } => ("chosen", Some(proxy.uuid()), reason.as_str()),
            Verdict::Busy => ("busy", None, "all usable proxies are at their parallel limit"),
            Verdict::HostRests(_) => ("host_rests", None, "the host turned several proxies away"),
            Verdict::Nobody => ("nobody", None, "no proxy may be used for the host now"),
        };
        Self {
            host: told.host,
            session: told.session,
            strategy: told.strategy,
            verdict: verdict.to_owned(),
            proxy_id,
            reason: reason.to_owned(),
            host_breaker: told.host_breaker.into(),
            proxies: StandingView {
                ready: told.standing.ready,
                full: told.standing.full,
                resting: told.standing.resting,
                off: told.standing.off,
                resting_here: told.resting_here,
            },
            prior: told.prior,
            typical_ms: told.typical_ms,
            candidates: told.candidates.into_iter().map(Into::into).collect(),
            recent: told.recent.into_iter().map(Into::into).collect(),
            next_at: told.next_rested,
        }
    }
}
