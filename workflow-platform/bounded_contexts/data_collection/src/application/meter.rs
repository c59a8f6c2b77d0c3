//! Counts what is fetched for whom: each page is a unit of its owner's plan, each answer is told of
//! for the books, and both are costs of the step that asked.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use parking_lot::Mutex;
use sea_orm::DbErr;
use serde_json::json;
use shared_kernel::{
    application::{
        Entitlements, FetchError, FetchOutcome, FetchRequest, FetchResponse, Fetcher, Limit, Spent,
    },
    domain::{Ambient, Cost, DomainEvent, Owner},
    infrastructure::db::Database,
};
use tokio_util::sync::CancellationToken;
use tracing::error;
use url::Url;

/// Between two accounts of what was fetched. What a killed process had not told of is lost for the
/// books, not for the plan.
const TOLD_EVERY: Duration = Duration::from_secs(10);
/// Owners in one transaction.
const AT_ONCE: usize = 100;

/// A [`Fetcher`] that counts.
pub struct Metered {
    fetcher: Arc<dyn Fetcher>,
    entitlements: Arc<dyn Entitlements>,
    database: Database,
    ambient: Ambient,
    untold: Mutex<HashMap<Owner, Cost>>,
}

impl Metered {
    pub fn new(
        fetcher: Arc<dyn Fetcher>,
        entitlements: Arc<dyn Entitlements>,
        database: Database,
        ambient: Ambient,
    ) -> Self {
        Self { fetcher, entitlements, database, ambient, untold: Mutex::default() }
    }

    /// Tells of what was fetched, again and again, until it is stopped.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut rounds = tokio::time::interval(TOLD_EVERY);
        while stop.run_until_cancelled(rounds.tick()).await.is_some() {
            self.tell().await;
        }
    }

    /// Tells of what was fetched since the last time: an event for each owner.
    pub async fn tell(&self) {
        let mut untold: Vec<_> = std::mem::take(&mut *self.untold.lock()).into_iter().collect();
        while !untold.is_empty() {
            let some = untold.split_off(untold.len().saturating_sub(AT_ONCE));
            if let Err(fault) = self.record(&some).await {
                error!(error = &fault as &dyn std::error::Error, "what was fetched was not told");
                untold.extend(some);
                break;
            }
        }
        for (owner, cost) in untold {
            self.add(owner, cost);
        }
    }

    async fn record(&self, used: &[(Owner, Cost)]) -> Result<(), DbErr> {
        let mut work = self.database.begin().await?;
        for (owner, cost) in used {
            work.record(&self.fetched(*owner, *cost)).await?;
        }
        work.commit().await
    }

    fn fetched(&self, owner: Owner, cost: Cost) -> DomainEvent {
        DomainEvent {
            id: self.ambient.id(),
            kind: "collection.fetched".to_owned(),
            version: 1,
            aggregate: "user".to_owned(),
            aggregate_id: owner.uuid().to_string(),
            user: Some(owner.user()),
            payload: json!({
                "pages": cost.pages,
                "bytes": cost.bytes,
                "proxy_bytes": cost.proxy_bytes,
            }),
            occurred_at: self.ambient.now(),
            request_id: None,
        }
    }

    fn add(&self, owner: Owner, cost: Cost) {
        let mut untold = self.untold.lock();
        let sum = untold.entry(owner).or_default();
        *sum = *sum + cost;
    }

    fn count(&self, owner: Owner, is_page: bool, response: &FetchResponse) {
        // What the archive had did not travel.
        let bytes = if response.not_modified { 0 } else { response.body.len() as u64 };
        let through_proxy = response.proxy.is_some();
        if let Some(spent) = Spent::current() {
            spent.answer(is_page, bytes, through_proxy);
        }
        let proxy_bytes = if through_proxy { bytes } else { 0 };
        self.add(owner, Cost { pages: is_page.into(), bytes, proxy_bytes, cpu_ms: 0 });
    }
}

/// A refusal of the site, or its trouble, is not what was paid for.
fn is_page(response: &FetchResponse) -> bool {
    response.status < 500
        && response.status != 429
        && !matches!(response.outcome, FetchOutcome::Challenge | FetchOutcome::Throttled)
}

#[async_trait]
impl Fetcher for Metered {
    async fn fetch(&self, request: FetchRequest) -> Result<FetchResponse, FetchError> {
        let owner = request.owner;
        let unit = self.entitlements.reserve(owner, Limit::PagesPerMonth, 1).await?;
        let response = self.fetcher.fetch(request).await?;
        let is_page = is_page(&response);
        if is_page {
            unit.keep();
        }
        self.count(owner, is_page, &response);
        Ok(response)
    }

    async fn report(&self, response: &FetchResponse, outcome: FetchOutcome) {
        self.fetcher.report(response, outcome).await;
    }

    async fn sitemaps(&self, like: &FetchRequest, url: &Url) -> Result<Vec<String>, FetchError> {
        self.fetcher.sitemaps(like, url).await
    }
}
