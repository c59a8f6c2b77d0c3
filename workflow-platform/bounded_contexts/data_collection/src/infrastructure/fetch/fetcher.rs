//! The kernel's `Fetcher` port.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use moka::future::Cache;
use shared_kernel::{
    application::{
        FetchError, FetchMethod, FetchOutcome, FetchRequest, FetchResponse, Fetcher, ProxyPools,
        ProxyUse,
    },
    domain::Ambient,
    infrastructure::outbound::OutboundPolicy,
};
use tokio::time::Instant;
use url::Url;

use super::{
    clients::Clients,
    exchange::{Answer, Hop, exchange},
    gate::{Gates, HostGate, Manners},
    guard::judge,
    through_pool::Pooled,
};
use crate::domain::robots::{self, Robots, Verdict};

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct FetcherSettings {
    /// Product token in robots.txt, and the first word of the `User-Agent`.
    pub agent: String,
    pub user_agent: String,
    pub manners: Manners,
    /// For hosts that the operator listed: they are the operator's own.
    pub own_manners: Manners,
    /// Longest wait for a host's turn.
    pub patience: Duration,
    pub max_redirects: u32,
    /// PEM of authorities that sites and HTTPS proxies are checked by beside those of the system.
    pub authorities: Option<Vec<u8>>,
}

impl Default for FetcherSettings {
    fn default() -> Self {
        let version = env!("CARGO_PKG_VERSION");
        Self {
            agent: "workflow-platform".to_owned(),
            user_agent: format!("workflow-platform/{version}"),
            manners: Manners { parallel: 4, interval: Duration::from_millis(200) },
            own_manners: Manners { parallel: 64, interval: Duration::ZERO },
            patience: Duration::from_mins(1),
            max_redirects: 10,
            authorities: None,
        }
    }
}

/// What the fetcher works with.
#[derive(Clone)]
pub struct FetcherParts {
    pub policy: Arc<OutboundPolicy>,
    pub pools: Arc<dyn ProxyPools>,
    pub ambient: Ambient,
}

/// Fetches politely.
pub struct PoliteFetcher {
    settings: FetcherSettings,
    parts: FetcherParts,
    clients: Clients,
    gates: Gates,
    robots: Cache<String, Arc<Robots>>,
    /// Sites whose robots.txt could not be got, for a while.
    closed: Cache<String, ()>,
}

/// How long a robots.txt is believed (RFC 9309, section 2.4).
const ROBOTS_KEPT: Duration = Duration::from_hours(24);
/// How long a site without a readable robots.txt is left alone.
const CLOSED_KEPT: Duration = Duration::from_mins(5);

/// The rest of a longer file is left unread; the parser counts no more than it should.
const ROBOTS_READ: u64 = 2 * robots::READ as u64;

struct Carried {
    answer: Answer,
    proxy: Option<Arc<str>>,
}

impl PoliteFetcher {
    pub fn new(settings: FetcherSettings, parts: FetcherParts) -> Self {
        let clients = Clients::new(Arc::clone(&parts.policy), settings.user_agent.clone())
            .trusting(settings.authorities.clone());
        let robots = Cache::builder().max_capacity(10_000).time_to_live(ROBOTS_KEPT).build();
        let closed = Cache::builder().max_capacity(10_000).time_to_live(CLOSED_KEPT).build();
        Self { settings, parts, clients, gates: Gates::new(), robots, closed }
    }

    fn gate(&self, url: &Url) -> Arc<HostGate> {
        let host = host_of(url);
        let name = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(0);
        let own = self.parts.policy.lists_name(name, port)
            || name
                .trim_matches(['[', ']'])
                .parse()
                .is_ok_and(|ip| !shared_kernel::infrastructure::outbound::is_public(ip));
        let manners = if own { self.settings.own_manners } else { self.settings.manners };
        self.gates.of(&host, manners)
    }

    /// One hop: guard, robots, turn, exchange.
    async fn hop(&self, hop: &Hop<'_>, limit: Duration) -> Result<Carried, FetchError> {
        let through_proxy = matches!(hop.request.proxy, ProxyUse::Pool(_));
        judge(&self.parts.policy, hop.url, through_proxy).await?;
        let gate = self.gate(hop.url);
        if hop.request.obey_robots {
            self.ask_robots(hop, &gate).await?;
        }
        let carried = self.carry(hop, &gate, limit).await?;
        match carried.answer.status {
            429 | 503 => gate.slow_down(self.retry_after(&carried.answer)),
            _ => gate.went_well(),
        }
        Ok(carried)
    }

    async fn carry(
        &self,
        hop: &Hop<'_>,
        gate: &HostGate,
        limit: Duration,
    ) -> Result<Carried, FetchError> {
        let turn = tokio::select! {
            turn = gate.turn(self.settings.patience) => turn,
            () = hop.request.cancel.cancelled() => return Err(FetchError::Cancelled),
        };
        let _place = turn.map_err(|paused| FetchError::Throttled {
            host: host_of(hop.url),
            retry_at: Some(self.parts.ambient.now().plus(paused.for_)),
        })?;
        match &hop.request.proxy {
            ProxyUse::Direct => {
                let answer = exchange(&self.clients.direct()?, hop, limit).await?;
                Ok(Carried { answer, proxy: None })
            }
            ProxyUse::Pool(pool) => {
                let pooled = Pooled { pools: self.parts.pools.as_ref(), clients: &self.clients };
                let (answer, proxy) = pooled.exchange(pool, &host_of(hop.url), hop, limit).await?;
                Ok(Carried { answer, proxy: Some(proxy) })
            }
        }
    }

    async fn ask_robots(&self, hop: &Hop<'_>, gate: &HostGate) -> Result<(), FetchError> {
        let robots = self.robots_of(hop, gate).await?;
        let path = &hop.url[url::Position::BeforePath..url::Position::AfterQuery];
        match robots.verdict(path) {
            Verdict::Allowed => Ok(()),
            Verdict::Denied(rule) => Err(FetchError::RobotsDenied {
                host: host_of(hop.url),
                path: path.to_owned(),
                rule,
            }),
        }
    }

    /// The site's rules, fetched once for everybody who asks at the same time.
    async fn robots_of(&self, hop: &Hop<'_>, gate: &HostGate) -> Result<Arc<Robots>, FetchError> {
        let origin = hop.url.origin().ascii_serialization();
        if self.closed.get(&origin).await.is_some() {
            return Ok(Arc::new(Robots::nothing_allowed()));
        }
        let found = self.robots.try_get_with(origin.clone(), self.load_robots(hop, gate)).await;
        match found.map_err(|error| Arc::unwrap_or_clone(error).0) {
            Ok(robots) => Ok(robots),
            Err(None) => {
                self.closed.insert(origin, ()).await;
                Ok(Arc::new(Robots::nothing_allowed()))
            }
            Err(Some(error)) => Err(error.into_fetch_error()),
        }
    }

    async fn load_robots(&self, hop: &Hop<'_>, gate: &HostGate) -> Result<Arc<Robots>, NoRobots> {
        let mut url = hop.url.clone();
        url.set_path("/robots.txt");
        url.set_query(None);
        let request = FetchRequest {
            headers: Vec::new(),
            body: None,
            method: FetchMethod::Get,
            obey_robots: false,
            max_bytes: ROBOTS_READ,
            url: url.to_string(),
            ..hop.request.clone()
        };
        let response = Box::pin(self.follow(&request, url)).await;
        let robots = match response {
            Ok(found) if found.status < 300 => Robots::read(&found.body, &self.settings.agent),
            Ok(found) if closes(found.status) => return Err(NoRobots(None)),
            // Not there, or behind more redirects than anybody follows: everything is allowed.
            Ok(_) | Err(FetchError::TooManyRedirects(_)) => Robots::default(),
            Err(error) => return Err(NoRobots(Some(Kept::from(error)))),
        };
        if let Some(delay) = robots.delay() {
            gate.keep_delay(delay);
        }
        Ok(Arc::new(robots))
    }

    fn retry_after(&self, answer: &Answer) -> Option<Duration> {
        let value = answer.header("retry-after")?.trim();
        if let Ok(seconds) = value.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let at = chrono::DateTime::parse_from_rfc2822(value).ok()?;
        let at = shared_kernel::domain::Timestamp::from(at.with_timezone(&chrono::Utc));
        Some(at.since(self.parts.ambient.now()))
    }

    /// Hop after hop, each judged anew.
    async fn follow(
        &self,
        request: &FetchRequest,
        start: Url,
    ) -> Result<FetchResponse, FetchError> {
        let mut left = request.timeout;
        let (mut url, mut method, mut body) = (start.clone(), request.method, request.body.clone());
        let begun = Instant::now();
        for _ in 0..=self.settings.max_redirects {
            let same_origin = url.origin() == start.origin();
            let hop = Hop { request, url: &url, method, body: body.clone(), same_origin };
            let Carried { answer, proxy } = self.hop(&hop, left).await?;
            left = left.saturating_sub(answer.elapsed).max(Duration::from_millis(1));
            let Some(next) = redirect(&answer, &url) else {
                return Ok(response(answer, &url, begun.elapsed(), proxy));
            };
            (method, body) = after_redirect(answer.status, method, body);
            url = next;
        }
        Err(FetchError::TooManyRedirects(self.settings.max_redirects))
    }
}

/// Why a robots.txt could not be got. `None`: the site has trouble.
#[derive(Debug, Clone)]
struct NoRobots(Option<Kept>);

/// A fetch error that several who wait for the same file can share.
#[derive(Debug, Clone)]
struct Kept(Arc<FetchError>);

impl From<FetchError> for Kept {
    fn from(error: FetchError) -> Self {
        Self(Arc::new(error))
    }
}

impl Kept {
    fn into_fetch_error(self) -> FetchError {
        match Arc::try_unwrap(self.0) {
            Ok(error) => error,
            Err(shared) => copy_of(&shared),
        }
    }
}

fn copy_of(error: &FetchError) -> FetchError {
    match error {
        FetchError::Forbidden { address } => FetchError::Forbidden { address: address.clone() },
        FetchError::Dns(host) => FetchError::Dns(host.clone()),
        FetchError::Timeout(limit) => FetchError::Timeout(*limit),
        FetchError::NoProxy(text) => FetchError::NoProxy(text.clone()),
        FetchError::Throttled { host, retry_at } => {
            FetchError::Throttled { host: host.clone(), retry_at: *retry_at }
        }
        FetchError::Cancelled => {
            FetchError::Transport("robots.txt was not read to its end".to_owned())
        }
        other => FetchError::Transport(other.to_string()),
    }
}

/// A site that has trouble, or that does not even show its rules, is left alone.
fn closes(status: u16) -> bool {
    status >= 500 || matches!(status, 403 | 429)
}

fn host_of(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or(0);
    format!("{}:{port}", url.host_str().unwrap_or_default())
}

fn redirect(answer: &Answer, url: &Url) -> Option<Url> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let target = url.join(answer.header("location")?).ok()?;
    matches!(target.scheme(), "http" | "https").then_some(target)
}

/// RFC 9110, sections 15.4.2 to 15.4.4: a POST that is moved becomes a GET, as browsers do.
fn after_redirect(
    status: u16,
    method: FetchMethod,
    body: Option<Bytes>,
) -> (FetchMethod, Option<Bytes>) {
    let becomes_get = match status {
        301 | 302 => method == FetchMethod::Post,
        303 => method != FetchMethod::Head,
        _ => false,
    };
    if becomes_get { (FetchMethod::Get, None) } else { (method, body) }
}

fn response(
    answer: Answer,
    url: &Url,
    elapsed: Duration,
    proxy: Option<Arc<str>>,
) -> FetchResponse {
    FetchResponse {
        status: answer.status,
        headers: answer.headers,
        body: answer.body,
        url: url.to_string(),
        elapsed,
        proxy,
    }
}

#[async_trait]
impl Fetcher for PoliteFetcher {
    async fn fetch(&self, request: FetchRequest) -> Result<FetchResponse, FetchError> {
        let bad = || FetchError::BadUrl(request.url.chars().take(200).collect());
        let mut url = Url::parse(&request.url).map_err(|_| bad())?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(bad());
        }
        url.set_fragment(None);
        let response = self.follow(&request, url).await;
        metrics::counter!("fetches_total", "outcome" => if response.is_ok() { "answered" } else { "failed" }).increment(1);
        response
    }

    async fn report(&self, response: &FetchResponse, outcome: FetchOutcome) {
        let Ok(url) = Url::parse(&response.url) else { return };
        match outcome {
            FetchOutcome::Challenge | FetchOutcome::Throttled => self.gate(&url).slow_down(None),
            _ => {}
        }
    }
}
