//! A site on loopback, and a fetcher that may reach it.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
};
use data_collection::{FetcherParts, FetcherSettings, PoliteFetcher};
use parking_lot::Mutex;
use shared_kernel::{
    application::{
        FetchError, FetchRequest, FetchResponse, Fetcher as _, PoolRef, ProxyError, ProxyFeedback,
        ProxyLease, ProxyPools,
    },
    domain::Owner,
    infrastructure::{cache::LocalCache, outbound::OutboundPolicy},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What a site was asked: path and headers of each request, in order.
#[derive(Clone, Default)]
pub struct Seen(Arc<Mutex<Vec<Asked>>>);

type Asked = (String, BTreeMap<String, String>);

impl Seen {
    pub fn count(&self, path: &str) -> usize {
        self.0.lock().iter().filter(|(seen, _)| seen == path).count()
    }

    pub fn total(&self) -> usize {
        self.0.lock().len()
    }

    pub fn header(&self, path: &str, name: &str) -> Option<String> {
        let seen = self.0.lock();
        let (_, headers) = seen.iter().find(|(seen, _)| seen == path)?;
        headers.get(name).cloned()
    }
}

async fn note(State(seen): State<Seen>, request: Request, next: Next) -> Response {
    let headers = request.headers().iter().map(|(name, value)| {
        (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let asked = (request.uri().path().to_owned(), headers.collect());
    seen.0.lock().push(asked);
    next.run(request).await
}

/// A running site.
pub struct Web {
    pub address: SocketAddr,
    pub seen: Seen,
}

impl Web {
    pub async fn serving(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, seen) = (listener.local_addr().unwrap(), Seen::default());
        let router = router.layer(middleware::from_fn_with_state(seen.clone(), note));
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { address, seen }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

struct NoPools;

#[async_trait]
impl ProxyPools for NoPools {
    async fn lease(
        &self,
        _: Owner,
        _: &PoolRef,
        _: &str,
        _: &[Uuid],
    ) -> Result<ProxyLease, ProxyError> {
        unreachable!("these requests go directly")
    }

    async fn give_back(&self, _: ProxyLease, _: &str, _: ProxyFeedback) {}
}

/// A fetcher that may reach the given addresses beside public ones.
pub fn fetcher(allowed: &[SocketAddr]) -> PoliteFetcher {
    let settings = FetcherSettings { patience: Duration::from_secs(5), ..Default::default() };
    fetcher_with(settings, allowed)
}

pub fn fetcher_with(settings: FetcherSettings, allowed: &[SocketAddr]) -> PoliteFetcher {
    fetcher_listing(settings, &allowed.iter().map(ToString::to_string).collect::<Vec<_>>())
}

pub fn fetcher_listing(settings: FetcherSettings, allowed: &[String]) -> PoliteFetcher {
    fetcher_of(settings, parts(allowed))
}

pub fn fetcher_of(settings: FetcherSettings, parts: FetcherParts) -> PoliteFetcher {
    PoliteFetcher::new(settings, parts).unwrap()
}

/// Of a process alone.
pub fn parts(allowed: &[String]) -> FetcherParts {
    let policy = OutboundPolicy::new(allowed).unwrap();
    let (ambient, _) = testkit::ambient();
    let cache = Arc::new(LocalCache::default());
    FetcherParts::alone(Arc::new(policy), Arc::new(NoPools), ambient, cache)
}

pub fn request(url: &str) -> FetchRequest {
    FetchRequest {
        timeout: Duration::from_secs(5),
        ..FetchRequest::get(Owner::new(Uuid::nil().into()), url, CancellationToken::new())
    }
}

pub async fn get(fetcher: &PoliteFetcher, url: &str) -> Result<FetchResponse, FetchError> {
    fetcher.fetch(request(url)).await
}
