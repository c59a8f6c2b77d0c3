//! Requests through the forward proxies of Debian: squid over HTTP and HTTPS, tinyproxy,
//! microsocks; all want user name and password.

use std::{collections::BTreeSet, time::Duration};

use axum::{Router, extract::Path, response::Html, routing::get};
use serde_json::{Value, json};
use testkit::{RealProxy, TlsSite};
use tokio::net::TcpListener;

use crate::support::{Person, TestApp, eventually};

const LOOPBACK: (&str, &str) = ("OUTBOUND_ALLOW", "127.0.0.1");

const ASK: &str = r#"
name: ask
params:
  properties: {url: {type: string}, pool: {type: string}}
steps:
  - id: call
    uses: http.request
    with: {method: GET, url: "${{ params.url }}", proxy_pool: "${{ params.pool }}"}
"#;

const CRAWL: &str = r#"
name: tree
params:
  properties: {start: {type: string}}
steps:
  - id: crawl
    uses: crawl.pages
    with:
      start_urls: ["${{ params.start }}"]
      max_depth: 20
      max_pages: 1000
      parallelism: 8
      proxy_pool: mixed
      extract: {number: {selector: "h1"}}
  - id: save
    uses: dataset.upsert
    with: {dataset: tree, key: url, records: "${{ steps.crawl.output.pages }}"}
"#;

/// Pages of the tree.
const PAGES: usize = 400;

/// Page `n` leads to `2n + 1` and `2n + 2`.
fn tree() -> Router {
    let page = async |Path(n): Path<usize>| {
        tokio::time::sleep(Duration::from_millis(15)).await;
        let links = [2 * n + 1, 2 * n + 2].into_iter().filter(|next| *next < PAGES);
        let links: String = links.map(|next| format!("<a href=\"/{next}\">{next}</a>")).collect();
        Html(format!("<title>{n}</title><h1>{n}</h1>{links}"))
    };
    Router::new().route("/{n}", get(page)).route("/robots.txt", get(async || ""))
}

async fn site(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router).into_future());
    format!("http://{address}")
}

async fn proxies(person: &Person<'_>, pool: &str) -> Vec<Value> {
    let listed = person.get(&format!("/proxy/pools/{pool}/proxies")).await.data();
    listed["items"].as_array().unwrap().clone()
}

/// What the pool knows of one proxy.
async fn proxy(person: &Person<'_>, pool: &str, proxy: &RealProxy) -> Value {
    let port = proxy.address().port();
    let found = proxies(person, pool).await.into_iter().find(|one| one["port"] == port);
    found.expect("the proxy is in the pool")
}

#[tokio::test]
async fn every_kind_of_proxy_carries_plain_and_secure_requests() {
    let real = [
        RealProxy::squid(),
        RealProxy::squid_tls(),
        RealProxy::tinyproxy(),
        RealProxy::microsocks(),
    ];
    let answer = Router::new().fallback(async || "hello");
    let (plain, secure) = (site(answer.clone()).await, TlsSite::serving(answer).await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let authorities = folder.path().join("authorities.pem");
    let both = format!("{}{}", real[1].authority().unwrap(), secure.authority);
    std::fs::write(&authorities, both).unwrap();
    let settings = [LOOPBACK, ("OUTBOUND_CA_FILE", authorities.to_str().unwrap())];
    let app = TestApp::with(&settings).await;
    let ada = app.person("ada").await;
    let ask = ada.define(ASK).await;
    let asked = async |url: &str, pool: &str| {
        let run = ada.start(&ask, json!({ "url": url, "pool": pool })).await;
        ada.finished(&run, Duration::from_secs(30)).await
    };
    for (place, proxy) in real.iter().enumerate() {
        let (name, wrong) = (format!("p{place}"), format!("w{place}"));
        let pool = ada.pool(&name, &[proxy.line()]).await;
        ada.pool(&wrong, &[proxy.line_with("guessed")]).await;
        for url in [format!("{plain}/a"), secure.url("/a")] {
            let ended = asked(&url, &name).await;
            assert_eq!(ended["status"], "succeeded", "{url} through {}: {ended}", proxy.line());
            let refused = asked(&url, &wrong).await;
            // tinyproxy refuses in the place of the site.
            let told = refused["steps"][0]["output"]["status"] == 401;
            let failed = refused["status"] == "failed";
            assert!(failed || told, "{url} with another password: {refused}");
        }
        let known = proxies(&ada, &pool).await;
        let worked = known[0]["successes"].as_u64().unwrap();
        assert!(worked >= 2 && known[0]["state"] == "healthy", "{known:?}");
    }
}

#[tokio::test]
async fn a_proxy_that_dies_in_the_middle_of_a_crawl_costs_no_page_and_comes_back() {
    let (mut squid, tiny, socks) =
        (RealProxy::squid(), RealProxy::tinyproxy(), RealProxy::microsocks());
    let start = site(tree()).await;
    let app = TestApp::with(&[LOOPBACK]).await;
    let ada = app.person("ada").await;
    let lines = [squid.line(), tiny.line(), socks.line()];
    let pool = ada.pool("mixed", &lines).await;

    let definition = ada.define(CRAWL).await;
    let execution = ada.start(&definition, json!({ "start": format!("{start}/0") })).await;
    eventually("a part of the crawl", async || {
        let known = proxy(&ada, &pool, &squid).await;
        (known["successes"].as_u64()? > 15).then_some(())
    })
    .await;
    squid.kill();
    let ended = ada.finished(&execution, Duration::from_mins(2)).await;
    assert_eq!(ended["status"], "succeeded", "{ended}");
    let pages = ada.records("tree").await;
    let numbers: BTreeSet<_> =
        pages.iter().map(|page| page["number"].as_str().unwrap().to_owned()).collect();
    assert_eq!((pages.len(), numbers.len()), (PAGES, PAGES), "every page is there once");

    eventually("a quarantine", async || {
        let known = proxy(&ada, &pool, &squid).await;
        (known["state"] == "quarantined").then_some(())
    })
    .await;
    let failed = proxy(&ada, &pool, &squid).await;
    assert!(failed["failures"].as_u64().unwrap() >= 3, "{failed}");

    squid.start_again();
    let ask = ada.define(ASK).await;
    let params = json!({ "url": format!("{start}/0"), "pool": "mixed" });
    let deadline = tokio::time::Instant::now() + Duration::from_secs(90);
    while proxy(&ada, &pool, &squid).await["state"] != "healthy" {
        assert!(tokio::time::Instant::now() < deadline, "the half-open probe brings it back");
        let run = ada.start(&ask, params.clone()).await;
        let ended = ada.finished(&run, Duration::from_secs(30)).await;
        assert_eq!(ended["status"], "succeeded", "a probe that fails costs nothing: {ended}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let back = proxy(&ada, &pool, &squid).await;
    assert!(back["successes"].as_u64() > failed["successes"].as_u64(), "{back}");
}
