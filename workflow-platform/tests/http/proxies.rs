//! Pools, and requests that go through them.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn an_import_tells_line_by_line_what_became_of_it() {
    for app in TestApp::everywhere(&[("OUTBOUND_ALLOW", "127.0.0.0/8")]).await {
        let ada = app.person("ada").await;
        let pool = ada
            .post("/proxy/pools", &json!({ "name": "p", "strategy": "round_robin" }))
            .await
            .data();
        let id = pool["id"].as_str().unwrap();
        let text = "http://u:p@127.0.0.1:3128\n\n127.0.0.1:3129:u:p\nnonsense\nhttp://u:p@127.0.0.1:3128\nhttp://10.0.0.1:1\n";
        let report =
            ada.post(&format!("/proxy/pools/{id}/import"), &json!({ "text": text })).await.data();
        assert_eq!((&report["added"], &report["duplicates"]), (&json!(2), &json!(1)), "{report}");
        let lines: Vec<_> = report["rejected"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["line"].clone())
            .collect();
        assert_eq!(lines, [json!(4), json!(6)], "{}", app.name);
        let listed = ada.get(&format!("/proxy/pools/{id}/proxies")).await.data();
        assert!(!listed.to_string().contains("u:p"), "no password is shown: {listed}");
    }
}
