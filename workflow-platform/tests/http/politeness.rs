//! Several tenants crawl one host on several processes: it sees no more than the operator allows,
//! counted by the host itself.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, extract::Path, response::Html, routing::get};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{Binary, Person, TestApp, eventually};

const SECRET: &str = "5d1c9a7e3b8f42068ac4e1f7920b6d3c";
const BOSS: &str = "boss";
const PASSWORD: &str = crate::support::PASSWORD;

const CRAWL: &str = r#"
name: crawl
params:
  properties: {start: {type: string}}
  required: [start]
steps:
  - id: crawl
    uses: crawl.pages
    with:
      start_urls: ["${{ params.start }}"]
      max_pages: 12
      parallelism: 12
      extract: {n: {selector: p, type: integer}}
"#;

/// A host that counts.
#[derive(Clone, Default)]
struct Host {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    begun: Arc<Mutex<Vec<Instant>>>,
}

impl Host {
    async fn serving(&self) -> SocketAddr {
        let host = self.clone();
        let page = async move |Path(number): Path<u32>| {
            host.begun.lock().push(Instant::now());
            host.most.fetch_max(host.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(120)).await;
            host.now.fetch_sub(1, Ordering::SeqCst);
            let links: String =
                (1..=4).map(|link| format!("<a href='/p/{}'>n</a>", number * 4 + link)).collect();
            Html(format!("<p>{number}</p>{links}"))
        };
        let router =
            Router::new().route("/robots.txt", get(async || "")).route("/p/{number}", get(page));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, router).into_future());
        address
    }
}

async fn limit(boss: &Person<'_>, host: SocketAddr) {
    let decision = json!({
        "requests_per_second": 10, "parallel": 2, "reason": "a small machine",
    });
    let path = format!("/collection/admin/hosts/{host}");
    let kept = boss.put(&path, &decision).await.data();
    assert_eq!(kept["host"], host.to_string());
    let listed = boss.get("/collection/admin/hosts").await.data();
    assert_eq!(listed["items"][0]["reason"], "a small machine");
    let audit = boss.get("/users/admin/audit?action=host.decided").await.data();
    assert_eq!(audit["items"][0]["target"]["id"], host.to_string(), "{audit}");
}

async fn share_a_host(settings: &[(&str, &str)]) {
    let host = Host::default();
    let address = host.serving().await;
    let own = [
        ("JWT_SECRET_KEY", SECRET),
        ("OUTBOUND_ALLOW", "127.0.0.1"),
        ("WORKER_CONCURRENCY", "2"),
        ("BOOTSTRAP_ADMIN_EMAIL", "boss@example.com"),
        ("BOOTSTRAP_ADMIN_PASSWORD", PASSWORD),
    ];
    let settings: Vec<_> = settings.iter().chain(&own).copied().collect();
    let platform = Binary::start_as(&["serve", "--role", "api"], &settings).await;
    let _workers = [0; 2].map(|_| platform.beside(&["worker"]).spawn().unwrap());
    let site = platform.site();
    limit(&Person::sign_in(&site, BOSS).await, address).await;
    let mut started = Vec::new();
    for name in ["ada", "ben", "eve"] {
        let person = site.person(name).await;
        let definition = person.define(CRAWL).await;
        let start = format!("http://{address}/p/0");
        started.push((person.start(&definition, json!({ "start": start })).await, person));
    }
    for (execution, person) in &started {
        let ended = person.finished(execution, Duration::from_mins(1)).await;
        assert_eq!(ended["status"], "succeeded", "{ended}");
        let told = eventually("the operator's word in the log", async || {
            let logs = person.get(&format!("/workflow/executions/{execution}/logs")).await.data();
            logs["items"].to_string().contains("a small machine").then_some(())
        });
        told.await;
    }
    let begun = host.begun.lock().clone();
    assert_eq!(begun.len(), 36, "each tenant got its pages");
    assert!(host.most.load(Ordering::SeqCst) <= 2, "{} at once", host.most.load(Ordering::SeqCst));
    for window in begun.windows(11) {
        let within = window[10] - window[0];
        assert!(within > Duration::from_millis(700), "eleven requests within {within:?}");
    }
}

#[tokio::test]
async fn tenants_on_two_processes_share_a_hosts_limit_over_postgres() {
    let Some(database) = testkit::postgres_database().await else { return };
    share_a_host(&[("DATABASE_URL", &database)]).await;
}

#[tokio::test]
async fn tenants_on_two_processes_share_a_hosts_limit_over_redis() {
    let Some(database) = testkit::postgres_database().await else { return };
    let Some(redis) = testkit::redis_url() else { return };
    share_a_host(&[("DATABASE_URL", &database), ("REDIS_URL", &redis)]).await;
}

#[tokio::test]
async fn pages_of_a_crawl_are_archived_listed_and_given_as_files() {
    let host = Host::default();
    let address = host.serving().await;
    for app in TestApp::everywhere(&[("OUTBOUND_ALLOW", "127.0.0.1")]).await {
        let ada = app.person("ada").await;
        let ended = ada.run(CRAWL, json!({ "start": format!("http://{address}/p/0") })).await;
        assert_eq!(ended["status"], "succeeded", "{ended}");
        let pages = eventually("archived pages", async || {
            let pages = ada.get(&format!("/collection/pages?host={address}")).await.data();
            (pages["items"].as_array()?.len() == 12).then_some(pages)
        })
        .await;
        let page: &Value = &pages["items"][0];
        let path = format!("/collection/pages/{}", page["id"].as_str().unwrap());
        assert_eq!(ada.get(&path).await.data(), *page);
        let content = ada.request(reqwest::Method::GET, &format!("{path}/content"));
        let content = content.send().await.unwrap();
        assert_eq!(content.headers()["content-type"], "application/octet-stream");
        assert!(
            content.headers()["content-disposition"].to_str().unwrap().starts_with("attachment")
        );
        assert!(content.text().await.unwrap().starts_with("<p>"));
        for wrong in ["host=%00", "since=now", "limit=0", "color=red"] {
            ada.get(&format!("/collection/pages?{wrong}")).await.refused(422, "VALIDATION_ERROR");
        }
    }
}
