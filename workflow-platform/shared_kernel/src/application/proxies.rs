//! Proxies for the fetcher, chosen per target host.

use std::{fmt, str::FromStr, time::Duration};

use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::FetchOutcome;
use crate::domain::{ErrorKind, Fault, Owner, Text, Timestamp};

/// A pool by its id or its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PoolRef(pub String);

/// Protocol spoken with a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProxyScheme {
    Http,
    Https,
    Socks5,
}

impl ProxyScheme {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Socks5 => "socks5",
        }
    }
}

impl FromStr for ProxyScheme {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "http" => Ok(Self::Http),
            "https" => Ok(Self::Https),
            "socks5" | "socks5h" => Ok(Self::Socks5),
            _ => Err(()),
        }
    }
}

/// Where a proxy listens and how it wants to be greeted.
#[derive(Clone)]
pub struct ProxyAddress {
    pub scheme: ProxyScheme,
    pub host: String,
    pub port: u16,
    pub credentials: Option<(String, SecretString)>,
}

impl fmt::Display for ProxyAddress {
    /// Without credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracketed = self.host.contains(':') && !self.host.starts_with('[');
        let (open, close) = if bracketed { ("[", "]") } else { ("", "") };
        write!(f, "{}://{open}{}{close}:{}", self.scheme.as_str(), self.host, self.port)
    }
}

impl fmt::Debug for ProxyAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The right to use a proxy for one request. Give it back with feedback.
#[derive(Debug, Clone)]
pub struct ProxyLease {
    pub id: Uuid,
    pub proxy: Uuid,
    pub pool: Uuid,
    pub address: ProxyAddress,
}

/// What a proxy is wanted for.
#[derive(Debug, Clone, Copy)]
pub struct ProxyWish<'a> {
    /// The target, `name:port`.
    pub host: &'a str,
    /// Requests of one session go through one proxy, for as long and as often as the pool says.
    pub session: Option<&'a str>,
    /// Proxies that are taken only when there is no other.
    pub avoid: &'a [Uuid],
}

/// How the request through a lease went.
#[derive(Debug, Clone)]
pub struct ProxyFeedback {
    pub outcome: FetchOutcome,
    pub elapsed: Duration,
    pub bytes: u64,
}

/// Why there is no proxy.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    #[error("there is no proxy pool {0:?}")]
    UnknownPool(String),
    #[error("proxy pool {0:?} has no usable proxy now")]
    Exhausted(String),
    /// The host turned several proxies away: it is left alone through all of them.
    #[error("host {host} turned requests away and is left alone")]
    HostRests { host: String, retry_at: Timestamp },
    #[error("proxy pools cannot be read")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Fault for ProxyError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownPool(_) => ErrorKind::NotFound,
            Self::HostRests { .. } => ErrorKind::RateLimited,
            Self::Exhausted(_) | Self::Unavailable(_) => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::UnknownPool(_) => "PROXY_POOL_NOT_FOUND",
            Self::Exhausted(_) => "NO_PROXY",
            Self::HostRests { .. } => "HOST_THROTTLED",
            Self::Unavailable(_) => "UNAVAILABLE",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::UnknownPool(_) => Text::new("代理池不存在", "There is no such proxy pool"),
            Self::Exhausted(_) => {
                Text::new("代理池中没有可用的代理", "No proxy of the pool is usable now")
            }
            Self::HostRests { .. } => Text::new(
                "目标站点要求放慢速度",
                "The host turned requests away and is left alone for a while",
            ),
            Self::Unavailable(_) => Text::new("服务暂时不可用", "The service is not available now"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::HostRests { host, retry_at } => json!({ "host": host, "retry_at": retry_at }),
            _ => json!({}),
        }
    }
}

/// Hands out proxies of a user's pools.
#[async_trait]
pub trait ProxyPools: Send + Sync {
    /// A proxy for `host` (`name:port`), none of `avoid` if there is another.
    async fn lease(
        &self,
        owner: Owner,
        pool: &PoolRef,
        host: &str,
        avoid: &[Uuid],
    ) -> Result<ProxyLease, ProxyError>;

    /// The same for requests that belong together. Pools that know no sessions choose anew.
    async fn lease_for(
        &self,
        owner: Owner,
        pool: &PoolRef,
        wish: ProxyWish<'_>,
    ) -> Result<ProxyLease, ProxyError> {
        self.lease(owner, pool, wish.host, wish.avoid).await
    }

    /// Ends the lease and remembers how it went.
    async fn give_back(&self, lease: ProxyLease, host: &str, feedback: ProxyFeedback);

    /// What was found out about an answer after its lease was given back as `Ok`: a challenge or
    /// a login wall that only its reader could tell from a page.
    async fn report(&self, _pool: Uuid, _proxy: Uuid, _host: &str, _outcome: FetchOutcome) {}
}
