//! What processes share while requests are under way.

use std::time::Duration;

use async_trait::async_trait;
use shared_kernel::domain::Timestamp;

use crate::domain::{ProxyId, StickyTerms};

/// What processes share while requests are under way.
#[async_trait]
pub trait SharedLeases: Send + Sync {
    /// Whether the lease fits within the limit over all processes and all its probes are the only
    /// ones out. What is shared is out of reach: the process's own limit has to do.
    async fn acquire(&self, claim: &LeaseClaim) -> Admission;

    /// Ends the lease and its probes.
    async fn release(&self, proxy: ProxyId, lease: uuid::Uuid);

    /// The proxy of a session: the one that is bound already, unless it is to be avoided, or the
    /// given one from now on.
    async fn bind(
        &self,
        session: &str,
        proxy: ProxyId,
        avoid: &[uuid::Uuid],
        terms: &StickyTerms,
    ) -> Option<ProxyId>;
}

/// A lease that is asked for.
#[derive(Debug, Clone)]
pub struct LeaseClaim {
    pub proxy: ProxyId,
    pub lease: uuid::Uuid,
    pub limit: u32,
    pub ttl: Duration,
    /// Names of breakers whose one probe this would be.
    pub probes: Vec<String>,
    pub probe_ttl: Duration,
    pub now: Timestamp,
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Granted,
    /// Other processes use up the limit.
    Full,
    /// Another process's probe is out.
    Probed,
}
