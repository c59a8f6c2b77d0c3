//! The kernel's `Fetcher` port.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use moka::sync::Cache as Moka;
use parking_lot::Mutex;
use shared_kernel::{
    application::{
        FetchError, FetchMethod, FetchOutcome, FetchRequest, FetchResponse, Fetcher, ProxyUse,
    },
    domain::Owner,
};
use tokio::time::Instant;
use url::Url;

use super::{
    clients::Clients,
    exchange::{Answer, Hop, class, exchange},
    gate::{Gates, HostGate},
    guard::{Names, judge},
    host::Host,
    meters,
    parts::{FetcherParts, FetcherSettings},
    redirect::{after_redirect, redirect},
    robots_txt::{Found, RobotsFiles},
    through_pool::Pooled,
};
use crate::{
    application::archive::{Validators, is_kept},
    domain::{
        cookies::Jar,
        robots::{self, Robots, Verdict},
    },
};

/// Bytes of a robots.txt that are read.
const ROBOTS_READ: u64 = robots::READ as u64;
/// A session that nobody uses is forgotten.
const SESSION: Duration = Duration::from_hours(1);
const SESSIONS: u64 = 20_000;

/// A session's jar.
type SharedJar = Arc<Mutex<Jar>>;

/// Fetches politely.
pub struct PoliteFetcher {
    pub(super) settings: FetcherSettings,
    pub(super) parts: FetcherParts,
    pub(super) gates: Gates,
    pub(super) names: Names,
    pub(super) clients: Clients,
    robots: RobotsFiles,
    jars: Moka<(Owner, Arc<str>), SharedJar>,
}

/// How one fetch goes, beside what was asked for.
struct Way<'a> {
    request: &'a FetchRequest,
    start: &'a Url,
    jar: SharedJar,
    obey_robots: bool,
    redirects: u32,
    /// A longer body is cut off instead of being an error.
    cut: bool,
    validators: Option<&'a Validators>,
    notes: Mutex<Vec<String>>,
}

impl Way<'_> {
    fn note(&self, text: String) {
        let mut notes = self.notes.lock();
        if !notes.contains(&text) {
            notes.push(text);
        }
    }
}

/// An answer with all that is known of its way.
struct Carried {
    answer: Answer,
    proxy: Option<Arc<str>>,
}

impl PoliteFetcher {
    /// Fails when the DNS servers cannot be used.
    pub fn new(settings: FetcherSettings, parts: FetcherParts) -> Result<Self, FetchError> {
        let names = Names::of(&settings.dns_servers)?;
        let user_agent = settings.user_agent.clone();
        let clients = Clients::new(Arc::clone(&parts.policy), names.clone(), user_agent)
            .trusting(settings.authorities.clone());
        let robots = RobotsFiles::new(Arc::clone(&parts.cache), settings.agent.clone());
        let jars = Moka::builder().max_capacity(SESSIONS).time_to_idle(SESSION).build();
        Ok(Self { settings, parts, gates: Gates::new(), names, clients, robots, jars })
    }

    /// One hop: guard, the operator's word, robots, turn, exchange.
    async fn hop(
        &self,
        way: &Way<'_>,
        hop: &Hop<'_>,
        limit: Duration,
    ) -> Result<Carried, FetchError> {
        let through_proxy = matches!(hop.request.proxy, ProxyUse::Pool(_));
        judge(&self.parts.policy, &self.names, hop.url, through_proxy).await?;
        let host = self.host(hop.url).await;
        host.refuse_blocked()?;
        if hop.request.obey_robots {
            host.notes().into_iter().for_each(|note| way.note(note));
        }
        let gate = self.gates.of(&host.name, host.manners);
        if way.obey_robots && !host.ignores_robots() {
            let robots = self.robots_of(hop.url, way.request).await?;
            gate.keep_delay(robots.delay().unwrap_or_default());
            ask(&robots, &host.name, hop.url)?;
        }
        let carried = self.carry(hop, &host, &gate, limit).await?;
        self.learn(&host, &gate, &carried.answer, hop, way).await;
        Ok(carried)
    }

    /// What the answer says of the host's state, and of the session.
    async fn learn(
        &self,
        host: &Host,
        gate: &HostGate,
        answer: &Answer,
        hop: &Hop<'_>,
        way: &Way<'_>,
    ) {
        let asked = super::host::retry_after(answer, self.parts.ambient.now());
        let challenged = class(answer, way.start, hop.url) == FetchOutcome::Challenge;
        match answer.status {
            _ if challenged => self.strike(&host.name, FetchOutcome::Challenge, asked).await,
            429 | 503 => self.strike(&host.name, FetchOutcome::Throttled, asked).await,
            _ => gate.went_well(),
        }
        let now = self.parts.ambient.now();
        let set = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
        for (_, line) in set {
            way.jar.lock().take(hop.url, line, now);
        }
    }

    async fn carry(
        &self,
        hop: &Hop<'_>,
        host: &Host,
        gate: &HostGate,
        limit: Duration,
    ) -> Result<Carried, FetchError> {
        let turn = async {
            let own = gate.turn(self.settings.patience).await?;
            Ok((own, self.shared_turn(host, gate, limit).await?))
        };
        let asked = Instant::now();
        let turn = tokio::select! {
            turn = turn => turn,
            () = hop.request.cancel.cancelled() => return Err(FetchError::Cancelled),
        };
        let _places = turn.map_err(|paused: super::gate::Paused| FetchError::Throttled {
            host: host.name.clone(),
            retry_at: Some(self.parts.ambient.now().plus(paused.for_)),
        })?;
        meters::waited(asked.elapsed());
        match &hop.request.proxy {
            ProxyUse::Direct => {
                let answer = exchange(&self.clients.direct()?, hop, limit, None).await?;
                Ok(Carried { answer, proxy: None })
            }
            ProxyUse::Pool(pool) => {
                let pooled = Pooled { pools: self.parts.pools.as_ref(), clients: &self.clients };
                let (answer, proxy) = pooled.exchange(pool, &host.name, hop, limit).await?;
                Ok(Carried { answer, proxy: Some(proxy) })
            }
        }
    }

    /// The site's rules.
    async fn robots_of(&self, url: &Url, like: &FetchRequest) -> Result<Arc<Robots>, FetchError> {
        self.robots.of(url.origin().ascii_serialization(), self.load_robots(url, like)).await
    }

    async fn load_robots(&self, url: &Url, like: &FetchRequest) -> Found {
        let mut url = url.clone();
        url.set_path("/robots.txt");
        url.set_query(None);
        let request = FetchRequest {
            headers: Vec::new(),
            body: None,
            method: FetchMethod::Get,
            obey_robots: false,
            max_bytes: ROBOTS_READ,
            archive: false,
            revalidate: false,
            session: None,
            trace: None,
            url: url.to_string(),
            ..like.clone()
        };
        let way = Way {
            request: &request,
            start: &url,
            jar: SharedJar::default(),
            obey_robots: false,
            redirects: robots::REDIRECTS,
            cut: true,
            validators: None,
            notes: Mutex::default(),
        };
        match Box::pin(self.follow(&way)).await {
            Ok(found) if found.status < 300 => {
                Found::Rules(Robots::read(&found.body, &self.settings.agent))
            }
            Ok(found) if closes(found.status) => Found::Closed,
            // Not there, or behind more redirects than anybody follows: everything is allowed.
            Ok(_) | Err(FetchError::TooManyRedirects(_)) => Found::Rules(Robots::default()),
            Err(error) => Found::Failed(error),
        }
    }

    /// Hop after hop, each judged anew.
    async fn follow(&self, way: &Way<'_>) -> Result<FetchResponse, FetchError> {
        let Way { request, start, .. } = way;
        let mut left = request.timeout;
        let (mut url, mut method, mut body) =
            ((*start).clone(), request.method, request.body.clone());
        let begun = Instant::now();
        for hops in 0..=way.redirects {
            let same_origin = url.origin() == start.origin();
            let extra = self.extra(way, &url, same_origin, hops == 0);
            let direct = matches!(request.proxy, ProxyUse::Direct);
            let hop = Hop {
                request,
                url: &url,
                method,
                body: body.clone(),
                same_origin,
                extra: &extra,
                cut: way.cut,
                policy: direct.then_some(&*self.parts.policy),
            };
            let Carried { answer, proxy } = self.hop(way, &hop, left).await?;
            left = left.saturating_sub(answer.elapsed).max(Duration::from_millis(1));
            let Some(next) = redirect(&answer, &url) else {
                let outcome = class(&answer, start, &url);
                return Ok(FetchResponse {
                    status: answer.status,
                    headers: answer.headers,
                    body: answer.body,
                    url: url.to_string(),
                    elapsed: begun.elapsed(),
                    proxy,
                    outcome,
                    not_modified: false,
                    notes: std::mem::take(&mut *way.notes.lock()),
                });
            };
            (method, body) = after_redirect(answer.status, method, body);
            url = next;
        }
        Err(FetchError::TooManyRedirects(way.redirects))
    }

    /// Cookies of the session, and what the archive knows of the page.
    fn extra(
        &self,
        way: &Way<'_>,
        url: &Url,
        same_origin: bool,
        first: bool,
    ) -> Vec<(&'static str, String)> {
        let mut extra = Vec::new();
        let own = way.request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("cookie"));
        if !(own && same_origin)
            && let Some(cookies) = way.jar.lock().header(url, self.parts.ambient.now())
        {
            extra.push(("cookie", cookies));
        }
        if let (true, Some(known)) = (first, way.validators) {
            extra.extend(known.etag.clone().map(|etag| ("if-none-match", etag)));
            extra.extend(known.last_modified.clone().map(|at| ("if-modified-since", at)));
        }
        extra
    }

    async fn answer(
        &self,
        request: &FetchRequest,
        start: &Url,
    ) -> Result<FetchResponse, FetchError> {
        let known = self.known(request, start).await;
        let way = Way {
            request,
            start,
            jar: self.jar(request),
            obey_robots: request.obey_robots,
            redirects: self.settings.max_redirects,
            cut: false,
            validators: known.as_ref(),
            notes: Mutex::default(),
        };
        let response = self.follow(&way).await?;
        let (Some(known), 304, Some(archive)) = (&known, response.status, &self.parts.archive)
        else {
            self.keep(request, start, &response).await;
            return Ok(response);
        };
        if let Some(page) = archive.page(request.owner, known.page).await {
            let FetchResponse { elapsed, proxy, notes, .. } = response;
            return Ok(FetchResponse {
                status: page.status,
                headers: page.headers,
                body: page.body,
                url: page.url,
                elapsed,
                proxy,
                outcome: FetchOutcome::Ok,
                not_modified: true,
                notes,
            });
        }
        // The page went meanwhile: it is fetched as if nobody had known it.
        let response = self.follow(&Way { validators: None, ..way }).await?;
        self.keep(request, start, &response).await;
        Ok(response)
    }

    fn jar(&self, request: &FetchRequest) -> SharedJar {
        match &request.session {
            Some(session) => {
                self.jars.get_with((request.owner, Arc::clone(session)), SharedJar::default)
            }
            None => SharedJar::default(),
        }
    }

    async fn known(&self, request: &FetchRequest, url: &Url) -> Option<Validators> {
        let asks = request.revalidate && is_plain_get(request);
        let archive = self.parts.archive.as_ref().filter(|_| asks)?;
        archive.validators(request.owner, url).await
    }

    async fn keep(&self, request: &FetchRequest, asked: &Url, response: &FetchResponse) {
        if let Some(archive) = &self.parts.archive
            && request.archive
            && is_plain_get(request)
            && is_kept(response)
        {
            archive.keep(request.owner, asked, response).await;
        }
    }
}

/// A page that anybody would get: what came for a key or a session is not kept.
fn is_plain_get(request: &FetchRequest) -> bool {
    request.method == FetchMethod::Get
        && request.session.is_none()
        && !request.headers.iter().any(|(name, _)| super::exchange::is_secret(name))
}

/// What robots.txt says of an address.
fn ask(robots: &Robots, host: &str, url: &Url) -> Result<(), FetchError> {
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    match robots.verdict(path) {
        Verdict::Allowed => Ok(()),
        Verdict::Denied(rule) => {
            Err(FetchError::RobotsDenied { host: host.to_owned(), path: path.to_owned(), rule })
        }
    }
}

/// A site that has trouble, or that does not even show its rules, is left alone.
fn closes(status: u16) -> bool {
    status >= 500 || matches!(status, 403 | 429)
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
        let begun = Instant::now();
        let response = self.answer(&request, &url).await;
        let outcome = match &response {
            Ok(response) => Some(response.outcome),
            Err(error) => error.outcome(),
        };
        meters::fetched(outcome, begun.elapsed());
        response
    }

    async fn report(&self, response: &FetchResponse, outcome: FetchOutcome) {
        let Ok(url) = Url::parse(&response.url) else { return };
        if matches!(outcome, FetchOutcome::Challenge | FetchOutcome::Throttled) {
            let host = self.host(&url).await;
            self.strike(&host.name, outcome, None).await;
        }
    }

    async fn sitemaps(&self, like: &FetchRequest, url: &Url) -> Result<Vec<String>, FetchError> {
        let host = self.host(url).await;
        host.refuse_blocked()?;
        judge(&self.parts.policy, &self.names, url, false).await?;
        Ok(self.robots_of(url, like).await?.sitemaps().to_vec())
    }
}
