//! What an operator may set.

use std::time::Duration;

use secrecy::SecretString;
use shared_kernel::domain::{Locale, Networks};

use crate::{AddressRules, LimitSettings};

/// Settings of the gateway.
#[derive(Debug, Clone)]
pub struct GatewaySettings {
    pub app_name: String,
    pub version: String,
    /// Language of callers who name none.
    pub default_locale: Locale,
    /// Origins that browsers may call from; `*` allows all.
    pub cors_origins: Vec<String>,
    /// Most bytes of a request body.
    pub body_limit: usize,
    /// For a handler to begin its answer.
    pub time_limit: Duration,
    /// For a body to arrive, before that.
    pub upload_limit: Duration,
    /// For the head of a request to arrive, and for a connection to stay open between two.
    pub head_limit: Duration,
    /// Whether the API document and its pages are served.
    pub docs: bool,
    /// Whether `/metrics` is here, and not on a port of its own.
    pub metrics: bool,
    /// Bearer token that `/metrics` asks for; open when absent.
    pub metrics_token: Option<SecretString>,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Networks,
    pub addresses: AddressRules,
    pub limits: LimitSettings,
    /// For requests under way when the process is told to stop.
    pub drain_limit: Duration,
}

impl Default for GatewaySettings {
    fn default() -> Self {
        Self {
            app_name: "Workflow Platform".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            default_locale: Locale::default(),
            cors_origins: Vec::new(),
            body_limit: 4 * 1024 * 1024,
            time_limit: Duration::from_secs(30),
            upload_limit: Duration::from_secs(30),
            head_limit: Duration::from_secs(30),
            docs: true,
            metrics: true,
            metrics_token: None,
            trusted_proxies: Networks::default(),
            addresses: AddressRules::default(),
            limits: LimitSettings::default(),
            drain_limit: Duration::from_secs(20),
        }
    }
}
