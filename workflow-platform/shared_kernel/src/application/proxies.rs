//! Proxies for the fetcher, chosen per target host.

use std::{fmt, str::FromStr, time::Duration};

use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::FetchOutcome;
use crate::domain::{ErrorKind, Fault, Owner, Text};

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
    #[error("proxy pools cannot be read")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Fault for ProxyError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownPool(_) => ErrorKind::NotFound,
            Self::Exhausted(_) | Self::Unavailable(_) => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::UnknownPool(_) => "PROXY_POOL_NOT_FOUND",
            Self::Exhausted(_) => "NO_PROXY",
            Self::Unavailable(_) => "UNAVAILABLE",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::UnknownPool(_) => Text::new("代理池不存在", "There is no such proxy pool"),
            Self::Exhausted(_) => {
                Text::new("代理池中没有可用的代理", "No proxy of the pool is usable now")
            }
            Self::Unavailable(_) => Text::new("服务暂时不可用", "The service is not available now"),
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

    /// Ends the lease and remembers how it went.
    async fn give_back(&self, lease: ProxyLease, host: &str, feedback: ProxyFeedback);
}
