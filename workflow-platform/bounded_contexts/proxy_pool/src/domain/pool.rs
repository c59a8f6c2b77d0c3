//! Pools and the proxies in them.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};
use shared_kernel::{
    application::{ProxyAddress, ProxyScheme},
    domain::{Id, Owner, Timestamp},
};

use super::{Health, StickyTerms};

pub type PoolId = Id<Pool>;
pub type ProxyId = Id<Proxy>;

/// Marks ids of providers' lists.
#[derive(Debug, Clone, Copy)]
pub struct Source;

pub type SourceId = Id<Source>;

/// A named set of proxies of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    pub id: PoolId,
    pub owner: Owner,
    /// Unique per owner.
    pub name: PoolName,
    pub terms: PoolTerms,
    /// Raised whenever a proxy is added, changed by hand or removed.
    pub list_version: u64,
    pub created_at: Timestamp,
}

/// What an owner may set of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolTerms {
    pub strategy: Strategy,
    /// Most requests at once through one proxy.
    pub parallel_limit: u32,
    /// What its proxies are tested against; the platform's address unless given.
    pub test_target: Option<String>,
    /// What tells a proxy's exit address and anonymity; nobody unless given.
    pub judge: Option<String>,
    pub sticky: StickyTerms,
    /// Between two checks of a proxy that nobody uses; never unless given.
    pub check_every: Option<Duration>,
}

impl Default for PoolTerms {
    fn default() -> Self {
        Self {
            strategy: Strategy::default(),
            parallel_limit: Self::DEFAULT_PARALLEL_LIMIT,
            test_target: None,
            judge: None,
            sticky: StickyTerms { ttl: Duration::from_mins(10), uses: None },
            check_every: Some(Duration::from_mins(10)),
        }
    }
}

impl PoolTerms {
    pub const DEFAULT_PARALLEL_LIMIT: u32 = 8;
    pub const MAX_PARALLEL_LIMIT: u32 = 1000;
}

/// How a pool chooses; what each does stands in [`super::Scene`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    #[default]
    RoundRobin,
    Random,
    LeastUsed,
    /// Requests to one host keep their proxy, as those of one session do under any strategy.
    Sticky,
    Smart,
}

impl Strategy {
    pub const ALL: [Self; 5] =
        [Self::RoundRobin, Self::Random, Self::LeastUsed, Self::Sticky, Self::Smart];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RoundRobin => "round_robin",
            Self::Random => "random",
            Self::LeastUsed => "least_used",
            Self::Sticky => "sticky",
            Self::Smart => "smart",
        }
    }
}

/// The text names no strategy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown strategy")]
pub struct UnknownStrategy;

impl FromStr for Strategy {
    type Err = UnknownStrategy;

    fn from_str(text: &str) -> Result<Self, UnknownStrategy> {
        Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or(UnknownStrategy)
    }
}

/// 1 to 64 letters, digits, `.`, `_`, `-`, of any script; not a UUID, since pools are also found
/// by id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PoolName(String);

/// The text is no name for a pool.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPoolName {
    #[error("must have 1 to 64 letters, digits, `.`, `_` or `-`")]
    Shape,
    #[error("must not look like an id")]
    Uuid,
}

impl FromStr for PoolName {
    type Err = BadPoolName;

    fn from_str(text: &str) -> Result<Self, BadPoolName> {
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
        if !(1..=64).contains(&text.chars().count()) || !text.chars().all(fits) {
            return Err(BadPoolName::Shape);
        }
        if uuid::Uuid::parse_str(text).is_ok() {
            return Err(BadPoolName::Uuid);
        }
        Ok(Self(text.to_owned()))
    }
}

impl PoolName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PoolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a proxy listens and whom it expects; what makes two proxies of a pool the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProxyEndpoint {
    pub scheme: ProxyScheme,
    pub host: String,
    pub port: u16,
    /// Empty when the proxy asks for no credentials.
    pub username: String,
}

impl fmt::Display for ProxyEndpoint {
    /// `scheme://host:port`, without the user name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, host, port, .. } = self;
        let address =
            ProxyAddress { scheme: *scheme, host: host.clone(), port: *port, credentials: None };
        fmt::Display::fmt(&address, f)
    }
}

/// What an owner may set of a proxy.
#[derive(Debug, Clone, PartialEq)]
pub struct Manual {
    /// One that is not is never chosen.
    pub enabled: bool,
    /// Divides its score: one of 2 is chosen as if it were half as good.
    pub cost: f64,
    pub label: Option<String>,
}

impl Default for Manual {
    fn default() -> Self {
        Self { enabled: true, cost: 1.0, label: None }
    }
}

/// How much a proxy hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Anonymity {
    /// Tells the site the address of its user.
    Transparent,
    /// Hides the address, and says that it is a proxy.
    Anonymous,
    /// Cannot be told from a direct caller.
    Elite,
}

impl Anonymity {
    pub const ALL: [Self; 3] = [Self::Transparent, Self::Anonymous, Self::Elite];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transparent => "transparent",
            Self::Anonymous => "anonymous",
            Self::Elite => "elite",
        }
    }
}

/// What the other side sees of a proxy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sight {
    pub anonymity: Option<Anonymity>,
    /// The address its requests come from.
    pub exit_address: Option<String>,
}

/// A proxy as its owner sees it: without the password.
#[derive(Debug, Clone, PartialEq)]
pub struct Proxy {
    pub id: ProxyId,
    pub pool: PoolId,
    pub endpoint: ProxyEndpoint,
    pub manual: Manual,
    pub health: Health,
    /// What a judge made of it.
    pub sight: Sight,
    pub checked_at: Option<Timestamp>,
    /// A provider's list that names it; put in by hand unless given.
    pub source: Option<SourceId>,
    /// It is no longer in its list and goes at this moment.
    pub retires_at: Option<Timestamp>,
    pub requests: u64,
    pub successes: u64,
    pub failures: u64,
    pub bytes: u64,
    /// Exponentially weighted mean of the answer times, milliseconds.
    pub latency_ms: Option<f64>,
    pub last_error: Option<String>,
    pub last_used_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_words_and_never_ids() {
        assert!("默认_pool-1".parse::<PoolName>().is_ok());
        for bad in ["", "two words", "a/b", "0193a1b2-c3d4-7e8f-9a0b-1c2d3e4f5a6b"] {
            assert!(bad.parse::<PoolName>().is_err(), "{bad}");
        }
        assert!("x".repeat(65).parse::<PoolName>().is_err());
    }
}
