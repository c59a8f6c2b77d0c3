//! What belongs to somebody else does not exist.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Reply, TestApp};

const SIMPLE: &str = r#"
name: simple
steps:
  - id: make
    uses: script.javascript
    with: {code: "return [{id: 1, text: 'one'}]"}
  - id: save
    uses: dataset.upsert
    with: {dataset: things, key: id, records: "${{ steps.make.output }}"}
"#;

#[tokio::test]
async fn other_peoples_ids_are_not_found_by_any_verb() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let definition = ada.define(SIMPLE).await;
    let execution = ada.start(&definition, json!({})).await;
    ada.finished(&execution, std::time::Duration::from_secs(30)).await;
    let pool = ada
        .post("/proxy/pools", &json!({ "name": "mine", "strategy": "round_robin" }))
        .await
        .data();
    let pool = pool["id"].as_str().unwrap();
    let eve = app.person("eve").await;
    let asks: Vec<(Method, String, Option<Value>)> = vec![
        (Method::GET, format!("/workflow/definitions/{definition}"), None),
        (
            Method::PUT,
            format!("/workflow/definitions/{definition}"),
            Some(json!({ "source": SIMPLE })),
        ),
        (Method::DELETE, format!("/workflow/definitions/{definition}"), None),
        (Method::GET, format!("/workflow/definitions/{definition}/triggers"), None),
        (
            Method::POST,
            "/workflow/executions".to_owned(),
            Some(json!({ "definition_id": definition })),
        ),
        (Method::GET, format!("/workflow/executions/{execution}"), None),
        (Method::GET, format!("/workflow/executions/{execution}/events"), None),
        (Method::GET, format!("/workflow/executions/{execution}/logs"), None),
        (Method::POST, format!("/workflow/executions/{execution}/cancel"), Some(json!({}))),
        (Method::GET, format!("/proxy/pools/{pool}"), None),
        (Method::GET, format!("/proxy/pools/{pool}/status"), None),
        (Method::GET, format!("/proxy/pools/{pool}/proxies"), None),
        (Method::POST, format!("/proxy/pools/{pool}/test"), Some(json!({}))),
        (
            Method::POST,
            format!("/proxy/pools/{pool}/import"),
            Some(json!({ "text": "http://192.0.2.1:1" })),
        ),
        (Method::DELETE, format!("/proxy/pools/{pool}"), None),
        (Method::GET, "/datasets/things".to_owned(), None),
        (Method::GET, "/datasets/things/records".to_owned(), None),
        (Method::GET, "/datasets/things/export?format=csv".to_owned(), None),
        (Method::DELETE, "/datasets/things".to_owned(), None),
    ];
    for (method, path, body) in asks {
        let mut ask = eve.request(method.clone(), &path);
        if let Some(body) = &body {
            ask = ask.json(body);
        }
        let reply = Reply::of(ask).await;
        assert_eq!(reply.status, 404, "{method} {path}: {}", reply.body);
        let mut stranger = app.request(method.clone(), &path);
        if let Some(body) = &body {
            stranger = stranger.json(body);
        }
        assert_eq!(Reply::of(stranger).await.status, 401, "{method} {path} of a stranger");
    }
    assert_eq!(ada.records("things").await.len(), 1, "nothing of hers was lost");
}
