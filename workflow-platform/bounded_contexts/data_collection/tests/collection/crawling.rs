//! Crawls over sites that count what they are asked.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header},
    response::{Html, IntoResponse as _, Redirect, Response},
    routing::get,
};
use data_collection::{
    DatasetsModule,
    application::{CrawlPages, crawl::RowSink},
};
use serde_json::{Value, json};
use shared_kernel::{
    application::{Action as _, Fetcher, Unlimited},
    infrastructure::cpu::CpuPool,
};
use testkit::TestDatabase;

use crate::{
    step::{Step, owner},
    web::{Web, fetcher},
};

fn datasets(world: &TestDatabase) -> Arc<DatasetsModule> {
    let (ambient, _) = testkit::ambient();
    let entitlements = Arc::new(Unlimited);
    data_collection::datasets(world.database.clone(), entitlements, CpuPool::new(1), ambient)
}

fn crawl(site: &Web, sink: Arc<dyn RowSink>) -> CrawlPages {
    let fetcher: Arc<dyn Fetcher> = Arc::new(fetcher(&[site.address]));
    CrawlPages::new(fetcher, sink, CpuPool::new(2))
}

async fn sqlite() -> TestDatabase {
    testkit::database::sqlite(&[data_collection::migrations]).await
}

fn paths(output: &Value, site: &Web) -> BTreeSet<String> {
    let urls = output["pages"].as_array().unwrap().iter();
    urls.map(|row| row["url"].as_str().unwrap().replace(&site.url(""), "")).collect()
}

const ROBOTS: &str = "user-agent: *\ndisallow: /secret\nallow: /secret/door\ndisallow: /*.pdf$\n\
                      sitemap: /maps/index.xml\n";

async fn linked() -> Web {
    let start = r#"<title>start</title><a href="/a?utm_source=x">a</a><a href="/secret/1">no</a>
        <a href="/to-secret">no</a><a href="/secret/door">door</a><a rel=nofollow href="/ad">ad</a>
        <a href="/file.pdf">pdf</a><a href="/variant?v=2">v</a><a href="/broken">b</a>
        <a href="http://other.example/">other</a><a href="/a#part">a again</a>"#;
    let router = Router::new()
        .route("/robots.txt", get(async || ROBOTS))
        .route("/", get(async move || Html(start)))
        .route("/a", get(async || Html("<title>a</title><h1>A</h1><a href=/deep>deep</a>")))
        .route("/deep", get(async || Html("<title>deep</title><h1>Deep</h1>")))
        .route("/secret/door", get(async || Html("<title>door</title>")))
        .route("/to-secret", get(async || Redirect::to("/secret/2")))
        .route("/variant", get(variant))
        .route("/broken", get(async || StatusCode::INTERNAL_SERVER_ERROR))
        .route("/maps/index.xml", get(async || xml("<sitemapindex><sitemap><loc>/maps/1.xml</loc></sitemap><sitemap><loc>/maps/none.xml</loc></sitemap></sitemapindex>")))
        .route("/maps/1.xml", get(async || xml("<urlset><url><loc>/listed</loc></url><url><loc>/secret/listed</loc></url></urlset>")))
        .route("/listed", get(async || Html("<title>listed</title>")))
        .fallback(async || StatusCode::NOT_FOUND);
    Web::serving(router).await
}

/// Comes after the page that it is the same as: of two that are the same the first counts.
async fn variant() -> Html<&'static str> {
    tokio::time::sleep(Duration::from_millis(500)).await;
    Html("<link rel=canonical href='/a'><title>variant</title>")
}

fn xml(text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "application/xml")], text).into_response()
}

#[tokio::test]
async fn a_denied_page_is_never_fetched_however_it_is_reached() {
    let site = linked().await;
    let world = sqlite().await;
    let action = crawl(&site, datasets(&world));
    let input =
        json!({ "start_urls": [site.url("/")], "sitemaps": true, "drop_params": ["utm_*"] });
    let output = Step::new().run(&action, input).await.unwrap();
    let found = paths(&output, &site);
    let expected = ["/", "/a", "/deep", "/listed", "/secret/door"].map(str::to_owned);
    assert_eq!(found, expected.into(), "{output}");
    for denied in ["/secret/1", "/secret/2", "/secret/listed", "/file.pdf", "/ad"] {
        assert_eq!(site.seen.count(denied), 0, "{denied}");
    }
    let failed: BTreeMap<String, (String, Value)> = output["failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let path = row["url"].as_str().unwrap().replace(&site.url(""), "");
            (
                path,
                (row["error"]["code"].as_str().unwrap().to_owned(), row["error"]["class"].clone()),
            )
        })
        .collect();
    let denied = || ("ROBOTS_DENIED".to_owned(), json!("robots_denied"));
    for path in ["/secret/1", "/to-secret", "/secret/listed", "/file.pdf"] {
        assert_eq!(failed[path], denied(), "{path}");
    }
    assert_eq!(failed["/broken"].0, "HTTP_STATUS");
    assert_eq!(failed["/maps/none.xml"], ("HTTP_STATUS".to_owned(), json!("gone")));
    assert_eq!(output["counts"]["skipped"], 1, "the variant is the page itself: {output}");
    assert_eq!(site.seen.count("/a"), 1);
}

/// Pages 0 to 999 that link to the next ten.
async fn chain(robots: &'static str) -> Web {
    let page = async |Path(number): Path<u32>| {
        let links: String =
            (1..=10).map(|next| format!("<a href='/p/{}'>n</a>", number + next)).collect();
        if number < 300 {
            Html(format!("<title>{number}</title><p class=n>{number}</p>{links}")).into_response()
        } else {
            StatusCode::NOT_FOUND.into_response()
        }
    };
    let router =
        Router::new().route("/robots.txt", get(async move || robots)).route("/p/{n}", get(page));
    Web::serving(router).await
}

#[tokio::test]
async fn rows_go_into_a_dataset_as_they_come() {
    for world in testkit::databases(&[data_collection::migrations]).await {
        let site = chain("").await;
        let module = datasets(&world);
        let action = crawl(&site, Arc::clone(&module) as Arc<dyn RowSink>);
        let input = json!({
            "start_urls": [site.url("/p/0")], "max_depth": 1000, "max_pages": 5000, "parallelism": 16,
            "extract": { "n": { "selector": ".n", "type": "integer", "required": true } },
            "save": { "dataset": "pages" },
        });
        let step = Step::new();
        let output = step.run(&action, input.clone()).await.unwrap();
        assert_eq!(output["counts"]["pages"], 300, "{}: {output}", world.name);
        assert_eq!(output["counts"]["failed"], 10);
        assert!(output["pages"].as_array().unwrap().is_empty());
        let rows = module.all_records(owner(1), "pages").await.unwrap();
        assert_eq!(rows.len(), 300);

        // Cut off in its middle: what was recorded is not fetched again, and nothing is lost.
        let records = step.channel.records.lock().clone();
        assert!(records.len() > 1, "{} records", records.len());
        let half = records[..records.len() / 2].to_vec();
        let before = site.seen.total();
        let output = Step::resuming(half.clone()).run(&action, input.clone()).await.unwrap();
        assert_eq!(output["counts"]["pages"], 300, "{}: {output}", world.name);
        assert!(site.seen.total() - before < before, "some were known");
        let before = site.seen.total();
        Step::resuming(records).run(&action, input).await.unwrap();
        assert_eq!(site.seen.total(), before, "all were known");
        assert_eq!(module.all_records(owner(1), "pages").await.unwrap().len(), 300);
    }
}

#[tokio::test]
async fn limits_priorities_and_missing_fields_are_heeded_and_told() {
    let site = chain("").await;
    let world = sqlite().await;
    let action = crawl(&site, datasets(&world));
    let base = json!({ "start_urls": [site.url("/p/0")], "max_pages": 5, "parallelism": 1 });
    let with = |change: Value| {
        let mut input = base.clone();
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        input
    };
    let output = Step::new().run(&action, with(json!({}))).await.unwrap();
    assert_eq!(output["counts"]["pages"], 5);
    assert!(output["counts"]["left"].as_u64().unwrap() > 0, "{output}");
    let first = with(json!({ "priorities": [{ "pattern": "/p/10$", "priority": 9 }] }));
    let output = Step::new().run(&action, first).await.unwrap();
    assert_eq!(output["pages"][1]["url"], json!(site.url("/p/10")), "{output}");
    let none = with(json!({ "max_depth": 0 }));
    assert_eq!(Step::new().run(&action, none).await.unwrap()["counts"]["pages"], 1);
    let drift = with(json!({ "extract": { "x": { "selector": ".missing", "required": true } } }));
    let error = Step::new().run(&action, drift).await.unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.details["error"]["class"].as_str()),
        ("PARSE_DRIFT", Some("parse_drift"))
    );
    let denied = with(json!({ "deny": ["/p/[1-9]"] }));
    assert_eq!(Step::new().run(&action, denied).await.unwrap()["counts"]["pages"], 1);
}

#[tokio::test]
async fn bad_input_names_its_field() {
    let site = chain("").await;
    let world = sqlite().await;
    let action = crawl(&site, datasets(&world));
    for (input, place) in [
        (json!({}), "start_urls"),
        (json!({ "start_urls": ["x"] }), "start_urls[0]"),
        (json!({ "start_urls": ["http://a/"], "allow": ["("] }), "allow[0]"),
        (
            json!({ "start_urls": ["http://a/"], "priorities": [{ "pattern": "(", "priority": 1 }] }),
            "priorities[0].pattern",
        ),
        (json!({ "start_urls": ["http://a/"], "max_pages": 60_000 }), "max_pages"),
        (json!({ "start_urls": ["http://a/"], "save": { "dataset": "" } }), "save.dataset"),
        (
            json!({ "start_urls": ["http://a/"], "extract": { "a": { "selector": "[" } } }),
            "extract.a",
        ),
        (
            json!({ "start_urls": ["http://a/"], "extract": { "a": { "selektor": "b" } } }),
            "extract.a",
        ),
    ] {
        let error = Step::new().run(&action, input.clone()).await.unwrap_err();
        assert!(error.message.starts_with(place), "{input}: {error}");
    }
    let schema = jsonschema::validator_for(&action.describe().input_schema).unwrap();
    for example in action.describe().input_schema["examples"].as_array().unwrap() {
        assert!(schema.is_valid(example), "{example}");
    }
}
