//! One page of a crawl: fetched, read, and brought into its row.

use std::{sync::Arc, time::Duration};

use serde_json::{Map, Value, json};
use shared_kernel::{
    application::{
        ActionContext, ActionError, FetchError, FetchOutcome, FetchRequest, FetchResponse, Fetcher,
        PoolRef, ProxyUse,
    },
    domain::Fault as _,
    infrastructure::cpu::CpuPool,
};
use url::Url;

use super::{
    frontier::{Waiting, failure, hash_of},
    input::Plan,
};
use crate::domain::{
    address::normalised,
    charset,
    extract::{Extracted, TooDeep, extract},
    sitemap::{self, Sitemap},
};

/// Attempts for one page; between them the host has its pause.
const ATTEMPTS: u32 = 3;
/// Longest pause of a host that is waited for.
const PATIENCE: Duration = Duration::from_mins(10);
/// Largest sitemap, packed.
const MAP: u64 = 50 * 1024 * 1024;
/// Problems of one page that are recorded.
const PROBLEMS: usize = 10;

/// What came of one page, before the frontier has its say.
pub(super) enum Seen {
    Page(Box<Page>),
    Map {
        pages: Vec<String>,
        maps: Vec<String>,
    },
    /// An answer that is no page.
    Other,
    Failed(Map<String, Value>),
    /// The plan includes no more pages.
    Refused(ActionError),
    /// The step was cancelled.
    Stopped,
}

/// A page that was read.
pub(super) struct Page {
    pub row: Map<String, Value>,
    pub links: Vec<String>,
    /// Hashes of its address after redirects, and of the canonical one.
    pub addresses: Vec<u128>,
    /// Of its bytes.
    pub content: u128,
    pub not_modified: bool,
    pub problems: Vec<Map<String, Value>>,
}

/// What came of a fetch, with what whoever crawls should know.
pub(super) struct Looked {
    pub page: Waiting,
    pub seen: Seen,
    pub notes: Vec<String>,
}

/// Everything that a page needs; shared by all pages of a crawl.
#[derive(Clone)]
pub(super) struct Reader {
    fetcher: Arc<dyn Fetcher>,
    cpu: CpuPool,
    ctx: ActionContext,
    proxy: ProxyUse,
    session: Option<Arc<str>>,
    plan: Arc<Plan>,
}

impl Reader {
    pub fn new(
        fetcher: Arc<dyn Fetcher>,
        cpu: CpuPool,
        ctx: &ActionContext,
        plan: Arc<Plan>,
    ) -> Self {
        let pool = plan.proxy_pool.clone().map(|pool| ProxyUse::Pool(PoolRef(pool)));
        let session = plan.cookies.then(|| format!("{}:{}", ctx.execution, ctx.idempotency_key));
        Self {
            fetcher,
            cpu,
            ctx: ctx.clone(),
            proxy: pool.unwrap_or(ProxyUse::Direct),
            session: session.map(Into::into),
            plan,
        }
    }

    /// Sitemaps that robots.txt of the start pages' sites names.
    pub async fn robots_maps(&self) -> Vec<Url> {
        let mut maps = Vec::new();
        let mut asked = Vec::new();
        for start in &self.plan.starts {
            let origin = start.origin();
            if asked.contains(&origin) {
                continue;
            }
            asked.push(origin);
            let request = self.request(start.as_str());
            let found = self.fetcher.sitemaps(&request, start).await.unwrap_or_default();
            maps.extend(found.iter().filter_map(|text| normalised(start.join(text).ok()?)));
        }
        maps
    }

    pub async fn see(self, page: Waiting) -> Looked {
        let (seen, notes) = match self.fetch(&page).await {
            Ok(mut response) => {
                let notes = std::mem::take(&mut response.notes);
                let seen = if page.is_map {
                    self.read_map(&page, response).await
                } else {
                    self.read(response, page.depth).await
                };
                (seen, notes)
            }
            Err(FetchError::Cancelled) => (Seen::Stopped, Vec::new()),
            Err(error @ FetchError::Plan(_)) => {
                (Seen::Refused(ActionError::from_fault(&error)), Vec::new())
            }
            Err(error) => {
                let class = error.outcome().map(FetchOutcome::name);
                let text = error.to_string();
                (Seen::Failed(failure(&page.url, error.code(), class, &text, None)), Vec::new())
            }
        };
        Looked { page, seen, notes }
    }

    fn request(&self, url: &str) -> FetchRequest {
        FetchRequest {
            proxy: self.proxy.clone(),
            session: self.session.clone(),
            archive: self.plan.archive,
            revalidate: self.plan.archive && self.plan.revalidate,
            ..FetchRequest::get(self.ctx.owner, url, self.ctx.cancel.clone())
        }
    }

    /// Tries again what another attempt may mend, and waits for a host that asked for a pause.
    async fn fetch(&self, page: &Waiting) -> Result<FetchResponse, FetchError> {
        let mut attempt = 1;
        loop {
            let mut request = self.request(&page.url);
            if page.is_map {
                (request.archive, request.max_bytes) = (false, MAP);
            }
            let result = self.fetcher.fetch(request).await;
            let again = match &result {
                Ok(response) => {
                    matches!(response.status, 429 | 500 | 502 | 503 | 504)
                        && response.outcome != FetchOutcome::Challenge
                }
                Err(error) => matches!(
                    error,
                    FetchError::Transport(_)
                        | FetchError::Timeout(_)
                        | FetchError::Throttled { .. }
                ),
            };
            if !again || attempt == ATTEMPTS || self.ctx.cancel.is_cancelled() {
                return result;
            }
            if let Err(FetchError::Throttled { retry_at: Some(at), .. }) = &result {
                let wait = at.since(self.ctx.ambient.now());
                let in_time = self.ctx.time_left().is_none_or(|left| wait < left);
                if wait > PATIENCE || !in_time {
                    return result;
                }
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = self.ctx.cancel.cancelled() => return Err(FetchError::Cancelled),
                }
            }
            attempt += 1;
        }
    }

    async fn read_map(&self, page: &Waiting, response: FetchResponse) -> Seen {
        if let Some(failed) = refused(&response) {
            return Seen::Failed(failed);
        }
        let plan = Arc::clone(&self.plan);
        let base = response.url.clone();
        let depth = page.depth;
        let work = move || {
            let base = Url::parse(&base).ok()?;
            let target = |text: &String| base.join(text).ok().and_then(normalised);
            let found = sitemap::read(&response.body);
            Some(found.map(|Sitemap { pages, maps }| {
                let pages = pages.iter().filter_map(target).map(|url| plan.rules.known_as(url));
                let pages = pages.filter(|url| plan.rules.follows(url)).map(String::from).collect();
                // A list of lists holds no further ones.
                let maps = if depth > 0 { Vec::new() } else { maps };
                (pages, maps.iter().filter_map(target).map(String::from).collect())
            }))
        };
        match self.cpu.run(work).await {
            Ok(Some(Ok((pages, maps)))) => Seen::Map { pages, maps },
            Ok(Some(Err(error))) => {
                let class = Some(FetchOutcome::ParseDrift.name());
                Seen::Failed(failure(&page.url, "BAD_SITEMAP", class, &error.to_string(), None))
            }
            _ => Seen::Other,
        }
    }

    async fn read(&self, response: FetchResponse, depth: u32) -> Seen {
        if let Some(failed) = refused(&response) {
            return Seen::Failed(failed);
        }
        let kind = response.header("content-type").unwrap_or("text/html").to_owned();
        if !kind.to_ascii_lowercase().contains("html") {
            return Seen::Other;
        }
        let Some(url) = Url::parse(&response.url).ok().and_then(normalised) else {
            return Seen::Other;
        };
        let (plan, seen_at) = (Arc::clone(&self.plan), Some(self.ctx.ambient.now()));
        let shown = response.url.clone();
        let work = move || {
            let content = hash_of(&response.body);
            let text = charset::decode(&response.body, Some(&kind));
            let found = match extract(&text, &url, seen_at, &plan.extraction) {
                Ok(found) => found,
                Err(error) => return too_deep(error, &url, &response),
            };
            let deeper = depth < plan.max_depth;
            let links = if deeper { plan.rules.links_of(&found.survey) } else { Vec::new() };
            page(found, links, content, &url, &response, depth)
        };
        match self.cpu.run(work).await {
            Ok(seen) => seen,
            Err(error) => {
                Seen::Failed(failure(&shown, "PARSE_FAILED", None, &error.to_string(), None))
            }
        }
    }
}

fn too_deep(error: TooDeep, url: &Url, response: &FetchResponse) -> Seen {
    let (text, status) = (error.to_string(), Some(response.status));
    Seen::Failed(failure(url.as_str(), "PAGE_TOO_DEEP", None, &text, status))
}

/// Why an answer is no page.
fn refused(response: &FetchResponse) -> Option<Map<String, Value>> {
    let class = response.outcome;
    let healthy = (200..300).contains(&response.status) && class == FetchOutcome::Ok;
    if healthy {
        return None;
    }
    let (code, text) = match class {
        FetchOutcome::Challenge => ("CHALLENGE", "the site wants to know whether we are human"),
        FetchOutcome::LoginWall => ("LOGIN_WALL", "the site wants somebody to sign in"),
        _ => ("HTTP_STATUS", "the site has no page here"),
    };
    let text = format!("{text} (status {})", response.status);
    let class = (class != FetchOutcome::Ok).then(|| class.name());
    Some(failure(&response.url, code, class, &text, Some(response.status)))
}

/// The page's own keys stand before the fields, and win over fields of the same name. A page
/// without a field that is required is one that changed its form.
fn page(
    found: Extracted,
    links: Vec<String>,
    content: u128,
    url: &Url,
    response: &FetchResponse,
    depth: u32,
) -> Seen {
    if let Some(missing) = found.problems.iter().find(|problem| problem.missing) {
        let class = Some(FetchOutcome::ParseDrift.name());
        let text = format!("{} is not there", missing.path);
        let status = Some(response.status);
        return Seen::Failed(failure(url.as_str(), "PARSE_DRIFT", class, &text, status));
    }
    let problems = found.problems.iter().take(PROBLEMS).map(|problem| {
        let mut told = Map::new();
        told.insert("path".to_owned(), json!(problem.path));
        told.insert("message".to_owned(), json!(problem.message));
        told
    });
    let problems = problems.collect();
    let mut row = found.fields;
    let own = [
        ("url", json!(url.as_str())),
        ("status", json!(response.status)),
        ("depth", json!(depth)),
        ("title", json!(found.survey.title)),
    ];
    for (name, value) in own {
        if name != "title" || !row.contains_key("title") {
            row.insert(name.to_owned(), value);
        }
    }
    let mut addresses = vec![hash_of(url.as_str().as_bytes())];
    if let Some(canonical) = found.survey.canonical.filter(|canonical| canonical != url) {
        addresses.push(hash_of(canonical.as_str().as_bytes()));
    }
    let not_modified = response.not_modified;
    Seen::Page(Box::new(Page { row, links, addresses, content, not_modified, problems }))
}
