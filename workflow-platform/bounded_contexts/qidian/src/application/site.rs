//! The way from an address to a parsed page.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;
use shared_kernel::{
    application::{ActionContext, ActionError, Fetcher, fetch_site_page, reject_site_page},
    domain::{PageError, SitePage},
    infrastructure::cpu::CpuPool,
};
use url::Url;

/// Where the mobile site lives; a step's `base_url` may name another place that speaks alike.
pub(super) const MOBILE_SITE: &str = "https://m.qidian.com";

/// Fetches pages and parses them off the async threads. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    fetcher: Arc<dyn Fetcher>,
    cpu: CpuPool,
}

/// Which place pages come from, and through which proxies.
pub(super) struct Route<'a> {
    pub base: Url,
    pub proxy_pool: Option<&'a str>,
}

impl<'a> Route<'a> {
    pub fn new(base_url: Option<&str>, proxy_pool: Option<&'a str>) -> Result<Self, ActionError> {
        let text = base_url.unwrap_or(MOBILE_SITE).trim();
        let base = Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| ActionError::invalid_input("base_url", "is not an http(s) address"))?;
        Ok(Self { base, proxy_pool })
    }

    /// The address of a path of the site.
    pub fn address(&self, path: &str, query: Option<&str>) -> String {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url.set_query(query);
        url.into()
    }
}

impl Site {
    pub fn new(fetcher: Arc<dyn Fetcher>, cpu: CpuPool) -> Self {
        Self { fetcher, cpu }
    }

    /// Fetches and parses one page; what the parser finds wrong is told to the fetcher.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        ctx: &ActionContext,
        route: &Route<'_>,
        url: &str,
        parse: fn(&SitePage<'_>) -> Result<T, PageError>,
    ) -> Result<T, ActionError> {
        let response = fetch_site_page(&*self.fetcher, ctx, url, route.proxy_pool).await?;
        let (body, status, at) = (response.body.clone(), response.status, response.url.clone());
        let seen_at = Some(ctx.ambient.now());
        let parsed = self
            .cpu
            .run(move || {
                parse(&SitePage { body: &body, status: Some(status), url: Some(&at), seen_at })
            })
            .await
            .map_err(|error| ActionError::retryable("INTERNAL", error.to_string()))?;
        match parsed {
            Ok(record) => Ok(record),
            Err(error) => Err(reject_site_page(&*self.fetcher, &response, &error).await),
        }
    }
}

/// The step's `with` as the action's own type.
pub(super) fn read_input<T: DeserializeOwned>(input: Value) -> Result<T, ActionError> {
    serde_json::from_value(input)
        .map_err(|error| ActionError::invalid_input("with", error.to_string()))
}
