//! The running platform takes no inner address from anybody, in no form, and goes to none.

use serde_json::{Value, json};
use testkit::Inside;

use crate::support::{Person, Reply, TestApp};

/// Asks the sites one after the other and goes on after each refusal.
const VISIT: &str = r#"
name: visit
params:
  properties:
    urls: {type: array}
steps:
  - id: ask
    uses: http.request
    for_each: ${{ params.urls }}
    on_error: continue
    max_parallel: 8
    with: {url: "${{ item }}", timeout: 5}
  - id: crawl
    uses: crawl.pages
    for_each: ${{ params.urls }}
    on_error: continue
    max_parallel: 8
    with: {start_urls: ["${{ item }}"]}
"#;

/// Everything of a pool and of webhooks that takes an address, with its field.
async fn tried(ada: &Person<'_>, pool: &str, url: &str) -> [(Reply, &'static str); 6] {
    let pools = format!("/proxy/pools/{pool}");
    let sources = json!({ "url": url, "every": 600, "grace": 600 });
    [
        (ada.post("/webhooks", &json!({ "url": url })).await, "url"),
        (ada.post(&format!("{pools}/sources"), &sources).await, "url"),
        (ada.post(&format!("{pools}/proxies"), &json!({ "address": url })).await, "address"),
        (ada.post(&format!("{pools}/test"), &json!({ "target": url })).await, "target"),
        (ada.put(&pools, &json!({ "judge": url })).await, "judge"),
        (ada.put(&pools, &json!({ "test_target": url })).await, "test_target"),
    ]
}

/// How each item of a step ended.
async fn faults(ada: &Person<'_>, execution: &str, step: &str) -> Vec<Value> {
    let path = format!("/workflow/executions/{execution}/steps/{step}/items?limit=200");
    let listed = ada.get(&path).await.data();
    listed["items"].as_array().unwrap().iter().map(|item| item["error"]["code"].clone()).collect()
}

#[tokio::test]
async fn nothing_of_this_machine_is_reached_by_any_way_a_user_has() {
    let inside = Inside::listening().await;
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let pool = ada.pool("p", &[]).await;
        for url in inside.urls() {
            for (answer, field) in tried(&ada, &pool, &url).await {
                let details = answer.refused(422, "VALIDATION_ERROR");
                assert!(details[field].is_array(), "{url} as {field}: {details}");
            }
        }
        let urls: Vec<_> = inside.urls().collect();
        let ended = ada.run(VISIT, json!({ "urls": urls })).await;
        for step in ["ask", "crawl"] {
            let faults = faults(&ada, ended["id"].as_str().unwrap(), step).await;
            assert_eq!(faults.len(), urls.len(), "{ended}");
            for (fault, url) in faults.iter().zip(&urls) {
                assert!(
                    ["ADDRESS_FORBIDDEN", "BAD_URL"].iter().any(|it| fault == it),
                    "{step} {url}: {fault}"
                );
            }
        }
    }
    assert_eq!(inside.visitors(), 0);
}
