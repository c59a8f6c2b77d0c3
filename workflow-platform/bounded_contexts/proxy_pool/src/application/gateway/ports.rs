//! What the gateway needs from outside.

use std::any::Any;

use async_trait::async_trait;
use bytes::Bytes;
use shared_kernel::application::ProxyAddress;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::domain::gateway::{SiteFault, Target};

/// A connection, whatever it runs over; plain ones can be told from others.
pub trait Duplex: AsyncRead + AsyncWrite + Any + Send + Sync + Unpin {}

impl<T: AsyncRead + AsyncWrite + Any + Send + Sync + Unpin> Duplex for T {}

/// A connection to a proxy or, through it, to a site.
pub struct Line {
    pub stream: Box<dyn Duplex>,
    /// What came with the proxy's consent already.
    pub early: Bytes,
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// The proxy cannot be reached, breaks off, or wants other credentials.
    #[error("proxy failed: {0}")]
    Proxy(String),
    /// The proxy answers and does not reach the site: one of the two is to blame.
    #[error("proxy did not reach the site: {0:?}")]
    Site(SiteFault),
}

/// Opens connections. Addresses of proxies are judged at the moment of connecting.
#[async_trait]
pub trait Dialer: Send + Sync {
    /// To the proxy itself, which takes requests in absolute form.
    async fn proxy(&self, address: &ProxyAddress) -> Result<Line, DialError>;

    /// To the target, through the proxy.
    async fn tunnel(&self, address: &ProxyAddress, target: &Target) -> Result<Line, DialError>;
}

/// Judges targets, by what their names resolve to.
#[async_trait]
pub trait TargetGuard: Send + Sync {
    async fn allows(&self, target: &Target) -> bool;
}
