//! Ten thousand proxies tested against local ones, of which some are dead.

use std::{net::Ipv4Addr, sync::Arc, time::Instant};

use axum::{Router, routing::get};
use proxy_pool::{ProxyPoolSettings, domain::Strategy};
use testkit::{TestDatabase, proxy::ForwardProxy, report::Report};
use tokio::net::TcpListener;

use crate::place::{module, pool, somebody};

const PROXIES: usize = 10_000;
/// Listeners behind the ten thousand.
const LISTENERS: usize = 16;
/// Of a hundred, so many listen nowhere.
const DEAD: usize = 10;

async fn site() -> (String, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/", get(|| async { "here" }));
    let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (format!("http://{address}/"), serving)
}

pub async fn measure(test: TestDatabase, report: &mut Report) {
    let ambient = shared_kernel::infrastructure::system::ambient();
    let module = module(&test.database, &ambient, ProxyPoolSettings::default());
    let who = somebody(&ambient);
    let (target, serving) = site().await;
    let mut proxies = Vec::new();
    for _ in 0..LISTENERS {
        proxies.push(ForwardProxy::start().await.unwrap());
    }
    let line = |number: usize| {
        let port =
            if number % 100 < DEAD { 1 } else { proxies[number % LISTENERS].address().port() };
        format!("http://u{number}:p@127.0.0.1:{port}\n")
    };
    let lines: String = (0..PROXIES).map(line).collect();
    let id = pool(&module, &who, Strategy::Smart, &lines).await;
    let begun = Instant::now();
    let test = module.start_test(&who, id, Some(&target)).await.unwrap();
    let updates = Arc::clone(&module).follow_test(&who, id, test.id, 0).await.unwrap();
    let told = futures::StreamExt::count(updates).await;
    let seconds = begun.elapsed().as_secs_f64();
    let ended = module.show_test(&who, id, test.id).await.unwrap();
    assert_eq!((ended.done as usize, told > PROXIES), (PROXIES, true));
    report.line("all proxies tested and told live", seconds, "s", "target 60");
    report.line("  a second", PROXIES as f64 / seconds, "proxies", "");
    report.line(
        "  that worked",
        f64::from(ended.worked) / PROXIES as f64,
        "ratio",
        "0.90 expected",
    );
    serving.abort();
}
