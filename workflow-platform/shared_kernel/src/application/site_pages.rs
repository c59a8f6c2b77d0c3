//! How the actions of site packs fetch pages: politely, and with the parser's verdict told back.

use std::{sync::Arc, time::Duration};

use serde_json::json;

use super::{
    ActionContext, ActionError, FetchError, FetchOutcome, FetchRequest, FetchResponse, Fetcher,
    LogLevel, PoolRef, ProxyUse,
};
use crate::{
    domain::{PageError, SitePage},
    infrastructure::cpu::CpuPool,
};

/// Fetches one page for a step, through the pool if one is named.
///
/// An answer of 5xx is an error worth another attempt; every other status is left to the parser.
pub async fn fetch_site_page(
    fetcher: &dyn Fetcher,
    ctx: &ActionContext,
    url: &str,
    proxy_pool: Option<&str>,
) -> Result<FetchResponse, ActionError> {
    let mut request = FetchRequest::get(ctx.owner, url, ctx.cancel.clone());
    if let Some(pool) = proxy_pool {
        request.proxy = ProxyUse::Pool(PoolRef(pool.to_owned()));
    }
    if let Some(left) = ctx.time_left() {
        request.timeout = request.timeout.min(left.max(Duration::from_millis(1)));
    }
    let response = fetcher.fetch(request).await.map_err(|error| fetch_failure(&error))?;
    for note in &response.notes {
        ctx.log(LogLevel::Info, note);
    }
    if response.status >= 500 {
        let status = response.status;
        return Err(ActionError::retryable("SITE_UNAVAILABLE", format!("{url} answered {status}"))
            .with_details(json!({ "url": url, "status": status })));
    }
    Ok(response)
}

/// Tells the fetcher what the parser found, and gives the step's error for it.
pub async fn reject_site_page(
    fetcher: &dyn Fetcher,
    response: &FetchResponse,
    error: &PageError,
) -> ActionError {
    let outcome = match error {
        PageError::Challenge { .. } => FetchOutcome::Challenge,
        PageError::LoginWall { .. } => FetchOutcome::LoginWall,
        PageError::Gone { .. } => FetchOutcome::Gone,
        PageError::ParseDrift { .. } => FetchOutcome::ParseDrift,
    };
    fetcher.report(response, outcome).await;
    let failure = page_failure(error);
    failure.with_details(json!({ "url": response.url, "status": response.status, "page": error }))
}

/// The step's error for a page that came without a fetch.
pub fn page_failure(error: &PageError) -> ActionError {
    let message = error.to_string();
    let failure = match error {
        // the host cools down meanwhile; no other proxy is tried to get round it
        PageError::Challenge { .. } => ActionError::retryable("CHALLENGE", message),
        PageError::LoginWall { .. } => ActionError::permanent("LOGIN_WALL", message),
        PageError::Gone { .. } => ActionError::permanent("GONE", message),
        PageError::ParseDrift { .. } => ActionError::permanent("PARSE_DRIFT", message),
    };
    failure.with_details(json!({ "page": error }))
}

/// The step's error for a fetch that gave no answer.
pub fn fetch_failure(error: &FetchError) -> ActionError {
    match error {
        FetchError::Cancelled => ActionError::cancelled(),
        FetchError::Throttled { retry_at: Some(at), .. } => {
            ActionError::from_fault(error).retry_at(*at)
        }
        _ => ActionError::from_fault(error),
    }
}

/// Reads one page of a site; pure.
pub type ParsePage<T> = fn(&SitePage<'_>) -> Result<T, PageError>;

/// Fetches pages of a site and parses them off the async threads. Cheap to clone.
#[derive(Clone)]
pub struct SiteReader {
    fetcher: Arc<dyn Fetcher>,
    cpu: CpuPool,
}

impl SiteReader {
    pub fn new(fetcher: Arc<dyn Fetcher>, cpu: CpuPool) -> Self {
        Self { fetcher, cpu }
    }

    /// Fetches and parses one page; what the parser finds wrong is told to the fetcher.
    pub async fn live<T: Send + 'static>(
        &self,
        ctx: &ActionContext,
        url: &str,
        proxy_pool: Option<&str>,
        parse: ParsePage<T>,
    ) -> Result<T, ActionError> {
        let response = fetch_site_page(&*self.fetcher, ctx, url, proxy_pool).await?;
        let (body, status, at) = (response.body.clone(), response.status, response.url.clone());
        let seen_at = Some(ctx.ambient.now());
        let parse =
            move || parse(&SitePage { body: &body, status: Some(status), url: Some(&at), seen_at });
        match self.on_cpu(parse).await? {
            Ok(record) => Ok(record),
            Err(error) => Err(reject_site_page(&*self.fetcher, &response, &error).await),
        }
    }

    /// Parses a page that somebody saved.
    pub async fn saved<T: Send + 'static>(
        &self,
        body: String,
        parse: ParsePage<T>,
    ) -> Result<T, ActionError> {
        let parsed = self.on_cpu(move || parse(&SitePage::saved(body.as_bytes()))).await?;
        parsed.map_err(|error| page_failure(&error))
    }

    async fn on_cpu<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ActionError> {
        let done = self.cpu.run(job).await;
        done.map_err(|error| ActionError::retryable("INTERNAL", error.to_string()))
    }
}
