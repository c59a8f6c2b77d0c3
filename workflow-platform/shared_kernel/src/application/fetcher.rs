//! The one polite way to the web, for all contexts.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::EntitlementsError;
use super::PoolRef;
use crate::domain::{ErrorKind, Fault, Owner, Text, Timestamp, TraceContext};

/// Method of an outgoing request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FetchMethod {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
}

/// Whether the request goes through a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyUse {
    Direct,
    Pool(PoolRef),
}

/// One request. Addresses, redirects, robots.txt, rate and sizes are the fetcher's business.
#[derive(Debug, Clone)]
pub struct FetchRequest {
    pub owner: Owner,
    pub method: FetchMethod,
    /// Absolute `http` or `https` address.
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Bytes>,
    pub proxy: ProxyUse,
    /// For the whole exchange, redirects included.
    pub timeout: Duration,
    /// Most bytes of the decompressed body.
    pub max_bytes: u64,
    /// Whether robots.txt is asked. Collection always does; a call of an API the user owns
    /// (`http.request` with anything but GET and HEAD) need not.
    pub obey_robots: bool,
    /// Requests of one session share their cookies; without one they last as long as the fetch.
    pub session: Option<Arc<str>>,
    /// Whether a page that came is kept in the archive of its owner.
    pub archive: bool,
    /// Whether the site is asked if its page changed since it was archived; if not, the answer
    /// is the archived page.
    pub revalidate: bool,
    /// What the request is part of, told to the other side as `traceparent`. Sites that pages are
    /// collected from are told nothing.
    pub trace: Option<TraceContext>,
    pub cancel: CancellationToken,
}

impl FetchRequest {
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
    pub const DEFAULT_MAX_BYTES: u64 = 16 * 1024 * 1024;

    /// A plain GET that obeys robots.txt.
    pub fn get(owner: Owner, url: impl Into<String>, cancel: CancellationToken) -> Self {
        Self {
            owner,
            method: FetchMethod::Get,
            url: url.into(),
            headers: Vec::new(),
            body: None,
            proxy: ProxyUse::Direct,
            timeout: Self::DEFAULT_TIMEOUT,
            max_bytes: Self::DEFAULT_MAX_BYTES,
            obey_robots: true,
            session: None,
            archive: true,
            revalidate: false,
            trace: None,
            cancel,
        }
    }
}

/// What came of a fetch, as far as the site and the proxies are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FetchOutcome {
    Ok,
    /// Connect, TLS, proxy authentication, time-out: only this touches a proxy's health.
    Transport,
    /// 429 or Retry-After.
    Throttled,
    Challenge,
    LoginWall,
    Gone,
    ParseDrift,
    RobotsDenied,
}

impl FetchOutcome {
    pub const ALL: [Self; 8] = [
        Self::Ok,
        Self::Transport,
        Self::Throttled,
        Self::Challenge,
        Self::LoginWall,
        Self::Gone,
        Self::ParseDrift,
        Self::RobotsDenied,
    ];

    /// As it is written in outputs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Transport => "transport",
            Self::Throttled => "throttled",
            Self::Challenge => "challenge",
            Self::LoginWall => "login_wall",
            Self::Gone => "gone",
            Self::ParseDrift => "parse_drift",
            Self::RobotsDenied => "robots_denied",
        }
    }
}

/// An answer that came, whatever its status.
#[derive(Debug, Clone)]
pub struct FetchResponse {
    pub status: u16,
    /// Lower-case names, in order, repeated where repeated.
    pub headers: Vec<(String, String)>,
    /// Decompressed.
    pub body: Bytes,
    /// After redirects.
    pub url: String,
    pub elapsed: Duration,
    /// The proxy it came through, without credentials.
    pub proxy: Option<Arc<str>>,
    /// What the answer means, as far as it can be told without knowing the site.
    pub outcome: FetchOutcome,
    /// The site said that its page is still the one in the archive, which this is.
    pub not_modified: bool,
    /// What whoever fetches should know, such as decisions of the operator.
    pub notes: Vec<String>,
}

impl FetchResponse {
    /// The first header of the (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("not a usable address: {0}")]
    BadUrl(String),
    /// The operator decided that nothing is fetched from the host.
    #[error("host {host} is blocked by the operator: {reason}")]
    Blocked { host: String, reason: String },
    /// The SSRF guard refused: a private, loopback, link-local or metadata address.
    #[error("address {address} is not allowed")]
    Forbidden { address: String },
    #[error("robots.txt of {host} disallows {path} (rule {rule:?})")]
    RobotsDenied { host: String, path: String, rule: String },
    #[error("host {0} cannot be resolved")]
    Dns(String),
    #[error("connection failed: {0}")]
    Transport(String),
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    #[error("answer is larger than {0} bytes")]
    TooLarge(u64),
    #[error("more than {0} redirects")]
    TooManyRedirects(u32),
    /// The host asked for a pause (429, 503 with Retry-After), or its breaker is open.
    #[error("host {host} asks to slow down")]
    Throttled { host: String, retry_at: Option<Timestamp> },
    #[error("no usable proxy: {0}")]
    NoProxy(String),
    /// The owner's plan includes no more pages, or they may have none.
    #[error(transparent)]
    Plan(#[from] EntitlementsError),
    #[error("cancelled")]
    Cancelled,
}

impl Fault for FetchError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::BadUrl(_)
            | Self::Blocked { .. }
            | Self::Forbidden { .. }
            | Self::RobotsDenied { .. } => ErrorKind::Invalid,
            Self::TooLarge(_) | Self::TooManyRedirects(_) | Self::Cancelled => ErrorKind::Conflict,
            Self::Timeout(_) => ErrorKind::Timeout,
            Self::Throttled { .. } => ErrorKind::RateLimited,
            Self::Dns(_) | Self::Transport(_) | Self::NoProxy(_) => ErrorKind::Unavailable,
            Self::Plan(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::BadUrl(_) => "BAD_URL",
            Self::Blocked { .. } => "HOST_BLOCKED",
            Self::Forbidden { .. } => "ADDRESS_FORBIDDEN",
            Self::RobotsDenied { .. } => "ROBOTS_DENIED",
            Self::Dns(_) => "DNS_FAILED",
            Self::Transport(_) => "TRANSPORT_FAILED",
            Self::Timeout(_) => "FETCH_TIMEOUT",
            Self::TooLarge(_) => "RESPONSE_TOO_LARGE",
            Self::TooManyRedirects(_) => "TOO_MANY_REDIRECTS",
            Self::Throttled { .. } => "HOST_THROTTLED",
            Self::NoProxy(_) => "NO_PROXY",
            Self::Plan(error) => error.code(),
            Self::Cancelled => "CANCELLED",
        }
    }

    fn text(&self) -> Text {
        let zh = match self {
            Self::BadUrl(_) => "地址无法使用",
            Self::Blocked { .. } => "运营方已禁止采集该站点",
            Self::Forbidden { .. } => "不允许访问该地址",
            Self::RobotsDenied { .. } => "robots.txt 不允许采集该页面",
            Self::Dns(_) => "域名无法解析",
            Self::Transport(_) => "连接失败",
            Self::Timeout(_) => "请求超时",
            Self::TooLarge(_) => "响应过大",
            Self::TooManyRedirects(_) => "重定向过多",
            Self::Throttled { .. } => "目标站点要求放慢速度",
            Self::NoProxy(_) => "没有可用的代理",
            Self::Plan(error) => return error.text(),
            Self::Cancelled => "已取消",
        };
        Text::new(zh, self.to_string())
    }

    fn details(&self) -> Value {
        match self {
            Self::BadUrl(url) => json!({ "url": [url] }),
            Self::Blocked { host, reason } => json!({ "host": host, "reason": reason }),
            Self::Forbidden { address } => json!({ "address": address }),
            Self::RobotsDenied { host, path, rule } => {
                json!({ "host": host, "path": path, "rule": rule })
            }
            Self::Throttled { host, retry_at } => json!({ "host": host, "retry_at": retry_at }),
            Self::Plan(error) => error.details(),
            _ => json!({}),
        }
    }
}

impl FetchError {
    /// The class of the failure, where it is one of the site, of a proxy or of the way there.
    pub const fn outcome(&self) -> Option<FetchOutcome> {
        match self {
            Self::Dns(_) | Self::Transport(_) | Self::Timeout(_) | Self::NoProxy(_) => {
                Some(FetchOutcome::Transport)
            }
            Self::Throttled { .. } => Some(FetchOutcome::Throttled),
            Self::RobotsDenied { .. } => Some(FetchOutcome::RobotsDenied),
            _ => None,
        }
    }
}

/// Fetches politely.
#[async_trait]
pub trait Fetcher: Send + Sync {
    async fn fetch(&self, request: FetchRequest) -> Result<FetchResponse, FetchError>;

    /// What a parser found out about an answer that looked well (challenge, login wall, gone,
    /// drift), so that host and proxy are treated accordingly.
    async fn report(&self, response: &FetchResponse, outcome: FetchOutcome);

    /// Addresses of sitemaps that robots.txt of the address's site names, fetched as `like` is.
    async fn sitemaps(&self, like: &FetchRequest, url: &Url) -> Result<Vec<String>, FetchError>;
}
