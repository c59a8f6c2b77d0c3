//! What holds for every operation of the document.

use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::support::{Operation, Person, Reply, TestApp};

const EVERY_METHOD: [Method; 5] =
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

fn ask(person: &Person<'_>, operation: &Operation, query: &str) -> RequestBuilder {
    let path = format!("{}{query}", operation.somewhere());
    person.request(operation.method.clone(), &path)
}

/// Every fault of every operation at once.
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test]
async fn a_field_that_no_document_names_is_refused_by_every_operation() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let (mut faults, mut asked) = (Vec::new(), 0);
    for operation in app.operations().await {
        let Some(mut body) = operation.body() else { continue };
        body["surplus_field"] = json!(1);
        let reply = Reply::of(ask(&ada, &operation, "").json(&body)).await;
        let said = reply.body["details"].to_string();
        if reply.status != 422 || !said.contains("surplus_field") {
            faults.push(format!("{}: {} {}", operation.name(), reply.status, reply.body));
        }
        asked += 1;
    }
    none(&faults);
    assert!(asked > 15, "only {asked} operations take a body");
}

#[tokio::test]
async fn a_query_parameter_that_no_document_names_is_refused_by_every_operation() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let mut faults = Vec::new();
    for operation in app.operations().await.iter().filter(|one| !one.takes_any_query()) {
        let reply = Reply::of(ask(&ada, operation, "?surplus=1")).await;
        if reply.status != 422 || !reply.body["details"]["surplus"].is_array() {
            faults.push(format!("{}: {} {}", operation.name(), reply.status, reply.body));
        }
    }
    none(&faults);
}

#[tokio::test]
async fn pages_have_bounds_a_cursor_and_items() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let (mut faults, mut lists) = (Vec::new(), 0);
    for operation in app.operations().await.iter().filter(|one| one.has_query("limit")) {
        lists += 1;
        let needed = operation.needed_query();
        let and = if needed.is_empty() { "?" } else { "&" };
        for bad in [
            "limit=0",
            "limit=-1",
            "limit=201",
            "limit=99999999999",
            "limit=x",
            "limit=",
            "cursor=!",
            "cursor=AAAA",
        ] {
            let reply = Reply::of(ask(&ada, operation, &format!("{needed}{and}{bad}"))).await;
            let admin = operation.is_for_administrators() && reply.status == 403;
            if !admin && (reply.status != 422 || reply.body["error"] != "VALIDATION_ERROR") {
                faults.push(format!("{}?{bad}: {}", operation.name(), reply.body));
            }
        }
        if !operation.has_path_parameters() && !operation.is_for_administrators() {
            let all = format!("{needed}{and}limit=200");
            let page = Reply::of(ask(&ada, operation, &all)).await.data();
            if !page["items"].is_array() || page.get("next_cursor").is_none() {
                faults.push(format!("{}: {page}", operation.name()));
            }
        }
    }
    none(&faults);
    assert!(lists > 8, "only {lists} lists");
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones() {
    let app = TestApp::start().await;
    let all = app.operations().await;
    for path in all.iter().map(Operation::somewhere) {
        let known: Vec<_> =
            all.iter().filter(|one| one.somewhere() == path).map(|one| &one.method).collect();
        let wrong = EVERY_METHOD.iter().find(|one| !known.contains(one)).unwrap();
        let answer = app.request(wrong.clone(), &path).send().await.unwrap();
        let allow = answer.headers()["allow"].to_str().unwrap().to_owned();
        assert_eq!(answer.status(), 405, "{wrong} {path}");
        for method in known {
            let named = allow.split(',').any(|one| one.trim() == method.as_str());
            assert!(named, "{path} allows {method}, and says {allow}");
        }
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["error"], "METHOD_NOT_ALLOWED", "{wrong} {path}");
    }
}

/// Headers that every answer of the API has.
fn check_headers(answer: &Response, name: &str) {
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
    assert_eq!(header("cache-control"), Some("no-store"), "{name}");
    assert_eq!(header("x-content-type-options"), Some("nosniff"), "{name}");
    assert_eq!(header("x-frame-options"), Some("DENY"), "{name}");
    assert_eq!(header("referrer-policy"), Some("strict-origin-when-cross-origin"), "{name}");
    assert!(header("content-security-policy").is_some_and(|csp| csp.contains("'none'")), "{name}");
    assert!(header("x-request-id").is_some() && header("strict-transport-security").is_none());
}

#[tokio::test]
async fn nothing_personal_is_kept_by_caches_and_heads_have_no_body() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    for operation in app.operations().await {
        let answer = ask(&ada, &operation, "").send().await.unwrap();
        check_headers(&answer, &operation.name());
        if operation.method == Method::GET {
            let path = operation.somewhere();
            let head = ada.request(Method::HEAD, &path).send().await.unwrap();
            assert_eq!(head.status(), answer.status(), "{path}");
            assert!(head.bytes().await.unwrap().is_empty(), "{path}");
        }
    }
}

#[tokio::test]
async fn streams_and_exports_say_what_they_are_and_are_not_kept() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let source = "
name: fill
steps:
  - id: save
    uses: dataset.upsert
    with: {dataset: things, key: id, records: [{id: 1}]}
";
    let execution = ada.run(source, json!({})).await;
    let id = execution["id"].as_str().unwrap();
    let events = format!("/workflow/executions/{id}/events");
    let events = ada.request(Method::GET, &events).send().await.unwrap();
    check_headers(&events, "events");
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    let notes = ada.request(Method::GET, "/notifications/events").send().await.unwrap();
    check_headers(&notes, "notifications");
    assert_eq!(notes.headers()["content-type"], "text/event-stream");
    let export = ada.request(Method::GET, "/datasets/things/export?format=csv");
    let export = export.send().await.unwrap();
    check_headers(&export, "export");
    assert!(export.headers()["content-type"].to_str().unwrap().starts_with("text/csv"));
    let disposition = export.headers()["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment"), "{disposition}");
}

#[tokio::test]
async fn large_answers_come_in_the_encoding_asked_for() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let raw = reqwest::Client::builder().no_proxy().no_gzip().no_brotli().no_zstd();
    let raw = raw.build().unwrap();
    let encoding_of = async |path: &str, wanted: &str| {
        let ask = raw.get(app.url(path)).bearer_auth(&ada.access);
        let answer = ask.header("accept-encoding", wanted).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.headers().get("content-encoding").map(|value| value.to_str().unwrap().to_owned())
    };
    for wanted in ["gzip", "br", "zstd"] {
        let large = encoding_of("/api/v1/workflow/schema", wanted).await;
        assert_eq!(large.as_deref(), Some(wanted));
        assert_eq!(encoding_of("/health/live", wanted).await, None);
    }
}

#[tokio::test]
async fn documents_can_be_closed_and_metrics_have_a_port_of_their_own() {
    let settings = [("DOCS_ENABLED", "false"), ("METRICS_PORT", "0"), ("METRICS_TOKEN", "scrape")];
    let app = TestApp::with(&settings).await;
    for path in ["/api/docs", "/api/docs/", "/api/openapi.json", "/metrics"] {
        Reply::of(app.client.get(app.url(path))).await.refused(404, "NOT_FOUND");
    }
    let address = app.metrics_address().unwrap();
    let ask = || app.client.get(format!("http://{address}/metrics"));
    assert_eq!(ask().send().await.unwrap().status(), 401);
    let page = ask().bearer_auth("scrape").send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("http_requests_total"));
}

#[tokio::test]
async fn a_pool_made_under_a_key_is_made_once() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let pool = json!({ "name": "mine", "strategy": "round_robin" });
        let make = || ada.request(Method::POST, "/proxy/pools").header("idempotency-key", "k-1");
        let first = make().json(&pool).send().await.unwrap();
        let again = make().json(&pool).send().await.unwrap();
        assert_eq!((first.status().as_u16(), again.status().as_u16()), (201, 201), "{}", app.name);
        assert_eq!(again.headers()["idempotency-replayed"], "true");
        assert_eq!(first.text().await.unwrap(), again.text().await.unwrap());
        let other = json!({ "name": "other", "strategy": "round_robin" });
        Reply::of(make().json(&other)).await.refused(422, "IDEMPOTENCY_KEY_REUSED");
        let pools = ada.get("/proxy/pools").await.data();
        assert_eq!(pools["items"].as_array().unwrap().len(), 1, "{}", app.name);
    }
}
