//! What is fetched is a unit of the plan, a cost of the step, and told of for the books.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use axum::{Router, extract::Path, http::StatusCode, response::Html, routing::get};
use data_collection::application::{CrawlPages, Metered};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use shared_kernel::{
    application::{
        Allowance, Entitlements, EntitlementsError, Fetcher, Limit, Reservation, Spent, Unlimited,
    },
    domain::{Cost, Owner},
    infrastructure::cpu::CpuPool,
};
use testkit::TestDatabase;

use crate::{
    step::Step,
    web::{Web, fetcher},
};

/// Pages that are left of a plan.
#[derive(Clone)]
struct Pages(Arc<AtomicU64>);

#[async_trait]
impl Entitlements for Pages {
    async fn allowance(&self, _: Owner, limit: Limit) -> Result<Allowance, EntitlementsError> {
        Ok(Allowance { limit, allowed: None, resets_at: None })
    }

    async fn reserve(
        &self,
        _: Owner,
        limit: Limit,
        wanted: u64,
    ) -> Result<Reservation, EntitlementsError> {
        assert_eq!(limit, Limit::PagesPerMonth);
        let take = |left: u64| left.checked_sub(wanted);
        if self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_err() {
            Allowance { limit, allowed: Some(0), resets_at: None }.include(0, wanted)?;
        }
        let pages = Arc::clone(&self.0);
        Ok(Reservation::new(wanted, move |back| {
            pages.fetch_add(back, Ordering::SeqCst);
        }))
    }
}

impl Pages {
    fn of(left: u64) -> Self {
        Self(Arc::new(AtomicU64::new(left)))
    }

    fn left(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A start page with links to nine pages, and one that is broken.
async fn ten_pages() -> Web {
    let links: String = (1..=9).map(|number| format!("<a href=/p/{number}>x</a>")).collect();
    let start = format!("<title>start</title>{links}<a href=/broken>x</a>");
    let page = async |Path(number): Path<u32>| Html(format!("<title>page {number}</title>"));
    let router = Router::new()
        .route("/", get(async move || Html(start)))
        .route("/p/{number}", get(page))
        .route("/broken", get(async || StatusCode::INTERNAL_SERVER_ERROR))
        .fallback(async || StatusCode::NOT_FOUND);
    Web::serving(router).await
}

struct Metering {
    site: Web,
    world: TestDatabase,
    pages: Pages,
    meter: Arc<Metered>,
    crawl: CrawlPages,
}

async fn metering(left: u64) -> Metering {
    let site = ten_pages().await;
    let world = testkit::database::sqlite(&[data_collection::migrations]).await;
    let (ambient, _) = testkit::ambient();
    let pages = Pages::of(left);
    let meter = Arc::new(Metered::new(
        Arc::new(fetcher(&[site.address])),
        Arc::new(pages.clone()),
        world.database.clone(),
        ambient.clone(),
    ));
    let database = world.database.clone();
    let datasets =
        data_collection::datasets(database, Arc::new(Unlimited), CpuPool::new(1), ambient);
    let fetcher = Arc::clone(&meter) as Arc<dyn Fetcher>;
    let crawl = CrawlPages::new(fetcher, datasets, CpuPool::new(1));
    Metering { site, world, pages, meter, crawl }
}

impl Metering {
    fn input(&self) -> Value {
        json!({
            "start_urls": [self.site.url("/")],
            "parallelism": 2,
            "save": { "dataset": "found", "key": ["url"] },
        })
    }

    /// Payloads of the events, oldest first.
    async fn told(&self) -> Vec<Value> {
        let database = &self.world.database;
        let sql = "SELECT payload FROM outbox WHERE kind = 'collection.fetched' ORDER BY id";
        let rows = database.read().query_all_raw(database.statement(sql, [])).await.unwrap();
        let text = |row: &sea_orm::QueryResult| row.try_get_by_index::<String>(0).unwrap();
        rows.iter().map(|row| serde_json::from_str(&text(row)).unwrap()).collect()
    }

    async fn records(&self) -> i64 {
        let database = &self.world.database;
        let statement = database.statement("SELECT COUNT(*) FROM dataset_records", []);
        let row = database.read().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }
}

#[tokio::test]
async fn a_crawl_ends_with_the_plan_and_goes_on_where_it_was() {
    let place = metering(4).await;
    let step = Step::new();
    let refused = step.run(&place.crawl, place.input()).await.unwrap_err();
    assert_eq!(refused.code, "QUOTA_EXCEEDED", "{refused}");
    assert_eq!(refused.details["limit"], "pages_per_month");
    assert_eq!((place.records().await, place.pages.left()), (4, 0));
    place.pages.0.store(100, Ordering::SeqCst);
    let records = step.channel.records.lock().clone();
    let output = Step::resuming(records).run(&place.crawl, place.input()).await.unwrap();
    assert_eq!(output["counts"]["pages"], 10, "{output}");
    assert_eq!(place.records().await, 10);
    for number in 1..=9 {
        assert_eq!(place.site.seen.count(&format!("/p/{number}")), 1, "page {number} came twice");
    }
    assert_eq!(place.pages.left(), 94, "the broken page is not one");
}

#[tokio::test]
async fn what_a_step_used_is_its_cost_and_is_told_once() {
    let place = metering(100).await;
    let spent = Arc::new(Spent::default());
    let step = Step::new();
    let output = spent.scope(step.run(&place.crawl, place.input())).await.unwrap();
    assert_eq!(output["counts"]["failed"], 1, "{output}");
    let Cost { pages, bytes, proxy_bytes, .. } = spent.total();
    let page = "<title>page 1</title>".len() as u64;
    assert_eq!((pages, proxy_bytes), (10, 0));
    assert!(bytes > 9 * page, "{bytes}");
    place.meter.tell().await;
    place.meter.tell().await;
    let expected = json!({ "pages": 10, "bytes": bytes, "proxy_bytes": 0 });
    assert_eq!(place.told().await, [expected]);
}

#[tokio::test]
async fn what_could_not_be_told_is_told_later() {
    let place = metering(100).await;
    Step::new().run(&place.crawl, place.input()).await.unwrap();
    let write = place.world.database.write();
    write.execute_unprepared("ALTER TABLE outbox RENAME TO away").await.unwrap();
    place.meter.tell().await;
    write.execute_unprepared("ALTER TABLE away RENAME TO outbox").await.unwrap();
    assert_eq!(place.told().await, [] as [Value; 0]);
    place.meter.tell().await;
    assert_eq!(place.told().await.len(), 1);
}
