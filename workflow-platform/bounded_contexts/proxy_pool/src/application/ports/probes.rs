//! Asking through a proxy.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use shared_kernel::application::ProxyAddress;
use url::Url;

/// An answer that came.
#[derive(Debug, Clone)]
pub struct ProbeAnswer {
    pub elapsed: Duration,
    /// The beginning of the page.
    pub body: Bytes,
}

/// Why no answer came, in a few words without credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeFailure {
    /// The proxy itself failed; otherwise it may be the target's fault.
    pub proxy_failed: bool,
    pub text: String,
}

impl ProbeFailure {
    pub fn proxy(text: impl Into<String>) -> Self {
        Self { proxy_failed: true, text: text.into() }
    }

    pub fn target(text: impl Into<String>) -> Self {
        Self { proxy_failed: false, text: text.into() }
    }
}

/// Sends one request through one proxy, or through none.
#[async_trait]
pub trait ProxyProbe: Send + Sync {
    async fn probe(
        &self,
        proxy: Option<&ProxyAddress>,
        target: &Url,
        timeout: Duration,
    ) -> Result<ProbeAnswer, ProbeFailure>;
}
