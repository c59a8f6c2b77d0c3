//! Pools and the proxies in them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use shared_kernel::{
    application::{ProxyAddress, ProxyScheme},
    domain::{Id, Owner, Timestamp},
};

use super::Health;

pub type PoolId = Id<Pool>;
pub type ProxyId = Id<Proxy>;

/// A named set of proxies of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    pub id: PoolId,
    pub owner: Owner,
    /// Unique per owner.
    pub name: PoolName,
    pub strategy: Strategy,
    /// Most requests at once through one proxy (in one process).
    pub parallel_limit: u32,
    pub created_at: Timestamp,
}

impl Pool {
    pub const DEFAULT_PARALLEL_LIMIT: u32 = 8;
    pub const MAX_PARALLEL_LIMIT: u32 = 1000;
}

/// How a pool chooses. More ways join here and in [`super::rotation_of`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    #[default]
    RoundRobin,
}

impl Strategy {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RoundRobin => "round_robin",
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
        match text {
            "round_robin" => Ok(Self::RoundRobin),
            _ => Err(UnknownStrategy),
        }
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

/// A proxy as its owner sees it: without the password.
#[derive(Debug, Clone, PartialEq)]
pub struct Proxy {
    pub id: ProxyId,
    pub pool: PoolId,
    pub endpoint: ProxyEndpoint,
    pub health: Health,
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
