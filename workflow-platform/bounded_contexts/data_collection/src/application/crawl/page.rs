//! One page of a crawl: fetched, read, and brought into its row.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use shared_kernel::{
    application::{
        ActionContext, FetchError, FetchRequest, FetchResponse, Fetcher, PoolRef, ProxyUse,
    },
    domain::Fault as _,
    infrastructure::cpu::CpuPool,
};
use url::Url;

use super::{frontier::Waiting, input::Plan};
use crate::domain::{
    address::normalised,
    charset,
    extract::{Extracted, Extraction, extract},
};

/// Attempts for one page; between them the host has its pause.
const ATTEMPTS: u32 = 3;

/// What came of one page, before the frontier has its say.
pub(super) enum Seen {
    Page {
        row: Map<String, Value>,
        links: Vec<Url>,
        url: String,
    },
    Other(String),
    Failed(Map<String, Value>),
    /// The step was cancelled.
    Stopped,
}

/// Everything that a page needs; shared by all pages of a crawl.
#[derive(Clone)]
pub(super) struct Reader {
    pub fetcher: Arc<dyn Fetcher>,
    pub cpu: CpuPool,
    pub ctx: ActionContext,
    pub proxy: ProxyUse,
    pub extraction: Arc<Extraction>,
}

impl Reader {
    pub fn new(fetcher: Arc<dyn Fetcher>, cpu: CpuPool, ctx: &ActionContext, plan: &Plan) -> Self {
        let pool = plan.proxy_pool.clone().map(|pool| ProxyUse::Pool(PoolRef(pool)));
        Self {
            fetcher,
            cpu,
            ctx: ctx.clone(),
            proxy: pool.unwrap_or(ProxyUse::Direct),
            extraction: Arc::new(plan.extraction.clone()),
        }
    }

    pub async fn see(self, page: Waiting) -> (Waiting, Seen) {
        let seen = match self.fetch(&page.url).await {
            Ok(response) => self.read(response, page.depth).await,
            Err(FetchError::Cancelled) => Seen::Stopped,
            Err(error) => {
                Seen::Failed(failure(page.url.as_str(), error.code(), &error.to_string(), None))
            }
        };
        (page, seen)
    }

    /// Tries again what another attempt may mend.
    async fn fetch(&self, url: &Url) -> Result<FetchResponse, FetchError> {
        let mut attempt = 1;
        loop {
            let mut request =
                FetchRequest::get(self.ctx.owner, url.as_str(), self.ctx.cancel.clone());
            request.proxy = self.proxy.clone();
            let result = self.fetcher.fetch(request).await;
            let again = match &result {
                Ok(response) => matches!(response.status, 429 | 500 | 502 | 503 | 504),
                Err(error) => matches!(error, FetchError::Transport(_) | FetchError::Timeout(_)),
            };
            if !again || attempt == ATTEMPTS || self.ctx.cancel.is_cancelled() {
                return result;
            }
            attempt += 1;
        }
    }

    async fn read(&self, response: FetchResponse, depth: u32) -> Seen {
        if !(200..300).contains(&response.status) {
            let text = format!("the site answered {}", response.status);
            return Seen::Failed(failure(
                &response.url,
                "HTTP_STATUS",
                &text,
                Some(response.status),
            ));
        }
        let kind = response.header("content-type").unwrap_or("text/html").to_owned();
        if !kind.contains("html") {
            return Seen::Other(kind);
        }
        let Some(url) = Url::parse(&response.url).ok().and_then(normalised) else {
            return Seen::Other("no web address".to_owned());
        };
        let (extraction, base, status) =
            (Arc::clone(&self.extraction), url.clone(), response.status);
        let seen_at = Some(self.ctx.ambient.now());
        let work = move || {
            extract(&charset::decode(&response.body, Some(&kind)), &base, seen_at, &extraction)
        };
        match self.cpu.run(work).await {
            Ok(found) => page(found, url.to_string(), status, depth),
            Err(error) => Seen::Failed(failure(
                url.as_str(),
                "PARSE_FAILED",
                &error.to_string(),
                Some(status),
            )),
        }
    }
}

/// The page's own keys stand before the fields, and win over fields of the same name.
fn page(found: Extracted, url: String, status: u16, depth: u32) -> Seen {
    let mut row = found.fields;
    let own = [
        ("url", json!(url)),
        ("status", json!(status)),
        ("depth", json!(depth)),
        ("title", json!(found.survey.title)),
    ];
    for (name, value) in own {
        if name != "title" || !row.contains_key("title") {
            row.insert(name.to_owned(), value);
        }
    }
    let links = found.survey.links.into_iter().filter(|link| !link.nofollow);
    let links =
        if found.survey.nofollow { Vec::new() } else { links.map(|link| link.url).collect() };
    Seen::Page { row, links, url }
}

fn failure(url: &str, code: &str, message: &str, status: Option<u16>) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("url".to_owned(), json!(url));
    row.insert("error".to_owned(), json!({ "code": code, "message": message, "status": status }));
    row
}
