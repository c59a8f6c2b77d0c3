//! Several processes, one host: its limits hold for all together, counted by the site.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use axum::{Router, http::header, response::IntoResponse as _, routing::get};
use data_collection::{
    FetcherSettings, PoliteFetcher, RedisTurns, SharedTurns, SqlTurns,
    application::hosts::HostRules,
    domain::host::{HostDecision, HostRule},
};
use futures::future::join_all;
use parking_lot::Mutex;
use shared_kernel::{application::FetchError, domain::Timestamp, infrastructure::db::Database};

use crate::web::{Web, fetcher_of, get as fetch, parts};

/// What the site saw.
#[derive(Clone, Default)]
struct Load {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    begun: Arc<Mutex<Vec<Instant>>>,
}

async fn site(load: &Load, stays: Duration) -> Web {
    let load = load.clone();
    let page = async move || {
        load.begun.lock().push(Instant::now());
        load.most.fetch_max(load.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        tokio::time::sleep(stays).await;
        load.now.fetch_sub(1, Ordering::SeqCst);
        "page"
    };
    let router = Router::new().route("/robots.txt", get(async || "")).fallback(page);
    Web::serving(router).await
}

/// One decision for every host.
struct Everywhere(Arc<HostRule>);

#[async_trait]
impl HostRules for Everywhere {
    async fn of(&self, _: &str, _: u16) -> Option<Arc<HostRule>> {
        Some(Arc::clone(&self.0))
    }

    async fn changed(&self) {}
}

fn limits(rate: f64, parallel: u32) -> Arc<dyn HostRules> {
    let decision = HostDecision {
        requests_per_second: Some(rate),
        parallel: Some(parallel),
        reason: "for a test".to_owned(),
        ..HostDecision::default()
    };
    Arc::new(Everywhere(Arc::new(HostRule {
        id: uuid::Uuid::nil(),
        host: "any".to_owned(),
        decision,
        decided_at: Timestamp::default(),
    })))
}

type Turns = Arc<dyn SharedTurns>;

/// The ways in which processes can share turns, each twice: as two processes have them.
async fn shared() -> Vec<(&'static str, [Turns; 2])> {
    let Some(world) = testkit::postgres(&[data_collection::migrations]).await else {
        return Vec::new();
    };
    let other = Database::open(&world.settings).await.unwrap();
    let (ambient, _) = testkit::ambient();
    let sql = |database: &Database| -> Turns {
        Arc::new(SqlTurns::new(database.clone(), ambient.clone()))
    };
    let mut all = vec![("postgres", [sql(&world.database), sql(&other)])];
    if let Some(url) = testkit::redis_url() {
        let client = redis::Client::open(url).unwrap();
        let mut both = Vec::new();
        for _ in 0..2 {
            let connection = client.get_connection_manager().await.unwrap();
            let turns =
                RedisTurns::new(connection, None, shared_kernel::infrastructure::system::ambient());
            both.push(Arc::new(turns) as Turns);
        }
        all.push(("redis", [Arc::clone(&both[0]), Arc::clone(&both[1])]));
    }
    all
}

fn process(site: &Web, turns: &Turns, rules: Arc<dyn HostRules>) -> PoliteFetcher {
    let mut parts = parts(&[site.address.to_string()]);
    parts.turns = Some(Arc::clone(turns));
    parts.rules = Some(rules);
    fetcher_of(FetcherSettings::default(), parts)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_keep_to_one_hosts_parallelism() {
    for (name, [first, second]) in shared().await {
        let load = Load::default();
        let site = site(&load, Duration::from_millis(60)).await;
        let fetchers = [first, second].map(|turns| process(&site, &turns, limits(1000.0, 3)));
        let urls: Vec<_> = (0..24).map(|page| site.url(&format!("/{page}"))).collect();
        let fetches = urls.iter().enumerate().map(|(at, url)| fetch(&fetchers[at % 2], url));
        for answer in join_all(fetches).await {
            assert_eq!(answer.unwrap().status, 200, "{name}");
        }
        let most = load.most.load(Ordering::SeqCst);
        assert!((2..=3).contains(&most), "{name}: {most} at once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_keep_to_one_hosts_pace() {
    for (name, [first, second]) in shared().await {
        let load = Load::default();
        let site = site(&load, Duration::ZERO).await;
        let fetchers = [first, second].map(|turns| process(&site, &turns, limits(10.0, 8)));
        let urls: Vec<_> = (0..16).map(|page| site.url(&format!("/{page}"))).collect();
        let begun = Instant::now();
        let fetches = urls.iter().enumerate().map(|(at, url)| fetch(&fetchers[at % 2], url));
        for answer in join_all(fetches).await {
            answer.unwrap();
        }
        let took = begun.elapsed();
        assert!(took >= Duration::from_millis(1450), "{name}: 16 pages in {took:?}");
        assert!(took < Duration::from_secs(8), "{name}: 16 pages in {took:?}");
        let begun = load.begun.lock().clone();
        for window in begun.windows(7) {
            let within = window[6] - window[0];
            assert!(within >= Duration::from_millis(450), "{name}: seven within {within:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_that_one_process_was_asked_for_is_kept_by_the_other() {
    let busy = async || {
        ([(header::RETRY_AFTER, "300")], axum::http::StatusCode::TOO_MANY_REQUESTS).into_response()
    };
    for (name, [first, second]) in shared().await {
        let router = Router::new()
            .route("/robots.txt", get(async || ""))
            .route("/busy", get(busy))
            .fallback(async || "page");
        let site = Web::serving(router).await;
        let one = process(&site, &first, limits(1000.0, 8));
        let other = process(&site, &second, limits(1000.0, 8));
        assert_eq!(fetch(&one, &site.url("/busy")).await.unwrap().status, 429);
        let error = fetch(&other, &site.url("/page")).await.unwrap_err();
        assert!(
            matches!(error, FetchError::Throttled { retry_at: Some(_), .. }),
            "{name}: {error}"
        );
        assert_eq!(site.seen.count("/page"), 0, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_of_a_dead_process_is_free_again_and_pauses_grow() {
    for (name, [first, second]) in shared().await {
        let ask = data_collection::Ask {
            parallel: 1,
            interval: Duration::ZERO,
            lease: Duration::from_millis(500),
        };
        let host =
            format!("dead-{}.example:80", shared_kernel::infrastructure::system::ambient().uuid());
        let taken = first.take(&host, &ask).await.unwrap();
        assert!(matches!(taken, data_collection::Taken::Turn { .. }), "{name}: {taken:?}");
        let refused = second.take(&host, &ask).await.unwrap();
        assert!(matches!(refused, data_collection::Taken::Later { .. }), "{name}: {refused:?}");
        tokio::time::sleep(Duration::from_millis(700)).await;
        let again = second.take(&host, &ask).await.unwrap();
        assert!(matches!(again, data_collection::Taken::Turn { .. }), "{name}: {again:?}");

        let one = Duration::from_secs(1);
        let mut pauses = Vec::new();
        for _ in 0..3 {
            pauses.push(first.strike(&host, one, None).await.unwrap().as_secs_f64().round());
        }
        assert_eq!(pauses, [1.0, 2.0, 4.0], "{name}");
        let asked = second.strike(&host, one, Some(Duration::from_hours(9))).await.unwrap();
        assert_eq!(asked, Duration::from_hours(1), "{name}");
        let paused = first.take(&host, &ask).await.unwrap();
        assert!(matches!(paused, data_collection::Taken::Paused { .. }), "{name}: {paused:?}");
    }
}
