//! Counting what callers do, so that nobody does too much of it.

use std::time::Duration;

use async_trait::async_trait;

use crate::domain::{Patience, Quota, Timestamp, Verdict};

/// The shared counts are out of reach.
#[derive(Debug, thiserror::Error)]
#[error("rate limiter failed")]
pub struct RateLimiterError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// One asking: what is counted, and how much of it there is. A key has the same quota in all askings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateCheck {
    pub key: String,
    pub quota: Quota,
}

/// One try at something secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub key: String,
    pub patience: Patience,
}

/// Counts in process, or in Redis for all processes.
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Takes one of each quota, or of none when one of them is used up. The verdicts stand in the
    /// order of the checks.
    async fn check(
        &self,
        checks: &[RateCheck],
        now: Timestamp,
    ) -> Result<Vec<Verdict>, RateLimiterError>;

    /// Counts a try under each key, before it is known whether it is right, so that tries at the
    /// same time count too. When one of them must wait none is counted, and the longest wait is
    /// told.
    async fn attempt(
        &self,
        attempts: &[Attempt],
        now: Timestamp,
    ) -> Result<Option<Duration>, RateLimiterError>;

    /// The try was right: nothing is held against these any more.
    async fn forget(&self, keys: &[String]) -> Result<(), RateLimiterError>;

    /// The try was right, which says nothing of the others under this key: one is taken back.
    async fn take_back(&self, key: &str) -> Result<(), RateLimiterError>;
}
