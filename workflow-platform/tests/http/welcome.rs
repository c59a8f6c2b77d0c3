//! What whoever registers finds.

use std::time::Duration;

use serde_json::json;

use crate::support::{TestApp, eventually};

#[tokio::test]
async fn whoever_registers_has_a_pool_to_fill_and_a_workflow_that_runs_at_once() {
    for app in TestApp::everywhere(&[("WELCOME_NEW_USERS", "true")]).await {
        let ada = app.person("ada").await;
        let workflow = eventually("the workflow is there", async || {
            ada.get("/workflow/definitions").await.data()["items"].get(0).cloned()
        })
        .await;
        assert_eq!(workflow["name"], "welcome", "{}", app.name);
        let pools = ada.get("/proxy/pools").await.data();
        assert_eq!(
            (&pools["items"][0]["name"], &pools["items"][0]["proxies"]),
            (&json!("default"), &json!(0))
        );
        let id = workflow["id"].as_str().unwrap();
        for added in [3, 0] {
            let run = ada.start(id, json!({})).await;
            let ended = ada.finished(&run, Duration::from_secs(30)).await;
            assert_eq!(ended["status"], "succeeded", "{ended}");
            assert_eq!(ended["outputs"], json!({ "records": 3, "added": added }), "{ended}");
        }
        assert_eq!(ada.records("welcome").await.len(), 3, "{}", app.name);
        let (_, plan) = (app.name, ada.get("/subscription/current").await.data());
        assert_eq!(plan["plan"]["code"], "free");
    }
}
