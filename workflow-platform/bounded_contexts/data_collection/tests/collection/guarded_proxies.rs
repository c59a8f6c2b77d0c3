//! No form of an address of a proxy leads inside: counted by a listener.

use std::sync::Arc;

use async_trait::async_trait;
use data_collection::{FetcherParts, FetcherSettings};
use shared_kernel::{
    application::{
        FetchError, FetchRequest, Fetcher as _, PoolRef, ProxyAddress, ProxyError, ProxyFeedback,
        ProxyLease, ProxyPools, ProxyScheme, ProxyUse,
    },
    domain::Owner,
};
use testkit::inside::{FORMS, Inside};
use uuid::Uuid;

use crate::web::{fetcher_of, parts, request};

/// Leads to a proxy at any host, whatever was asked when it was added.
struct ProxyAt(ProxyAddress);

#[async_trait]
impl ProxyPools for ProxyAt {
    async fn lease(
        &self,
        _: Owner,
        _: &PoolRef,
        _: &str,
        avoid: &[Uuid],
    ) -> Result<ProxyLease, ProxyError> {
        let proxy = Uuid::from_u128(avoid.len() as u128 + 1);
        let address = self.0.clone();
        Ok(ProxyLease { id: Uuid::nil(), proxy, pool: Uuid::nil(), address })
    }

    async fn give_back(&self, _: ProxyLease, _: &str, _: ProxyFeedback) {}
}

/// One request through a proxy at `host`, where these addresses are allowed.
async fn through(
    scheme: ProxyScheme,
    host: &str,
    port: u16,
    allowed: &[String],
) -> Result<(), FetchError> {
    let address = ProxyAddress { scheme, host: host.to_owned(), port, credentials: None };
    let parts = FetcherParts { pools: Arc::new(ProxyAt(address)), ..parts(allowed) };
    let fetcher = fetcher_of(FetcherSettings::default(), parts);
    let proxy = ProxyUse::Pool(PoolRef("p".to_owned()));
    let request = FetchRequest { proxy, obey_robots: false, ..request("http://192.0.43.8/") };
    fetcher.fetch(request).await.map(|_| ())
}

#[tokio::test]
async fn no_proxy_at_an_inner_address_gets_a_connection() {
    let inside = Inside::listening().await;
    for scheme in [ProxyScheme::Http, ProxyScheme::Https, ProxyScheme::Socks5] {
        for form in FORMS {
            for host in [form, form.trim_matches(['[', ']'])] {
                let asked = through(scheme, host, inside.port(), &[]).await;
                assert!(asked.is_err(), "{scheme:?} {host}");
            }
        }
    }
    assert_eq!(inside.visitors(), 0);
    let allowed = [format!("127.0.0.1:{}", inside.port())];
    let _ = through(ProxyScheme::Socks5, "127.0.0.1", inside.port(), &allowed).await;
    assert!(inside.visitors() > 0, "the listener counts");
}
