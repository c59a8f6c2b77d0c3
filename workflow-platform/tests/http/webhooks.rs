//! Webhooks as their receivers get them: over HTTP, by the guarded way.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tokio::net::TcpListener;

use crate::support::{Person, TestApp, eventually};

const SIMPLE: &str = r#"
name: simple
steps:
  - id: make
    uses: script.javascript
    with: {code: "return 1"}
"#;

type Arrived = (HeaderMap, String);

/// Somebody's server.
#[derive(Clone, Default)]
struct Receiver {
    arrived: Arc<Mutex<Vec<Arrived>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> StatusCode {
    receiver.arrived.lock().unwrap().push((headers, body));
    let answer = receiver.answers.lock().unwrap().pop_front().unwrap_or(204);
    StatusCode::from_u16(answer).unwrap()
}

/// The receiver and its address.
async fn receiver(answers: &[u16]) -> (Receiver, String) {
    let receiver = Receiver::default();
    receiver.answers.lock().unwrap().extend(answers);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = Router::new().fallback(receive).with_state(receiver.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (receiver, address)
}

async fn delivery(person: &Person<'_>, endpoint: &str, state: &str) -> Value {
    let path = format!("/webhooks/{endpoint}/deliveries?state={state}");
    eventually("a delivery", async || person.get(&path).await.data()["items"].get(0).cloned()).await
}

#[tokio::test]
async fn the_end_of_a_run_is_sent_signed_and_again_until_it_is_taken() {
    let (receiver, address) = receiver(&[500]).await;
    for app in TestApp::everywhere(&[("OUTBOUND_ALLOW", &address)]).await {
        let ada = app.person("ada").await;
        let body = json!({ "url": format!("http://{address}/runs"), "description": "ours" });
        let made = ada.post("/webhooks", &body).await.data();
        let endpoint = made["endpoint"]["id"].as_str().unwrap().to_owned();
        let webhook = Webhook::new(made["secret"].as_str().unwrap()).unwrap();
        let shown = ada.get(&format!("/webhooks/{endpoint}")).await.data();
        assert!(shown.get("secret").is_none(), "{shown}");
        let rule = json!({
            "name": "tell us",
            "trigger": { "event": "execution.finished" },
            "actions": [{ "kind": "webhook", "endpoint_id": endpoint }],
        });
        ada.post("/automations", &rule).await.data();
        let ended = ada.run(SIMPLE, json!({})).await;
        let sent = delivery(&ada, &endpoint, "delivered").await;
        let (headers, body) = receiver.arrived.lock().unwrap().last().cloned().unwrap();
        webhook.verify(body.as_bytes(), &headers).unwrap();
        assert_eq!(headers["webhook-id"].to_str().unwrap(), sent["message_id"]);
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["type"], "execution.finished", "{}", app.name);
        assert_eq!(body["data"]["execution_id"], ended["id"]);
        let id = sent["id"].as_str().unwrap();
        let path = format!("/webhooks/{endpoint}/deliveries/{id}");
        let detail = ada.get(&path).await.data();
        assert_eq!(detail["attempts"][0]["status"], 204, "{detail}");
        let before = receiver.arrived.lock().unwrap().len();
        let again = ada.post(&format!("{path}/redeliver"), &json!({})).await;
        assert_eq!(again.status, 202, "{}", again.body);
        eventually("the message once more", async || {
            (receiver.arrived.lock().unwrap().len() > before).then_some(())
        })
        .await;
        let limits = ada.get("/subscription/usage").await.data();
        let pages = limits["limits"].as_array().unwrap().iter();
        let pages = pages.clone().find(|one| one["limit"] == "pages_per_month").unwrap();
        assert_eq!(pages["used"], 0, "messages are no pages");
    }
}

#[tokio::test]
async fn no_webhook_goes_where_users_must_not_reach() {
    let (receiver, address) = receiver(&[]).await;
    let port = address.rsplit(':').next().unwrap();
    // Listed for another port, the name may be given, and is judged when it is connected to.
    let app = TestApp::with(&[("OUTBOUND_ALLOW", "localhost:1")]).await;
    let ada = app.person("ada").await;
    for url in [
        format!("http://{address}/"),
        format!("http://localhost:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://2130706433:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "ftp://example.com/".to_owned(),
        "http://me:secret@example.com/".to_owned(),
        "nonsense".to_owned(),
        String::new(),
    ] {
        let refused = ada.post("/webhooks", &json!({ "url": url })).await;
        let details = refused.refused(422, "VALIDATION_ERROR");
        assert!(details["url"].is_array(), "{url}: {details}");
    }
    // The name resolves to loopback, where nobody may go by that name.
    let named = json!({ "url": format!("http://{}:{port}/", local_name()) });
    let made = ada.post("/webhooks", &named).await.data();
    let endpoint = made["endpoint"]["id"].as_str().unwrap().to_owned();
    ada.post(&format!("/webhooks/{endpoint}/test"), &json!({})).await.data();
    let tried = eventually("an attempt", async || {
        let tried = delivery(&ada, &endpoint, "pending").await;
        (tried["attempts"] == 1 && !tried["error"].is_null()).then_some(tried)
    })
    .await;
    let error = tried["error"].as_str().unwrap();
    assert!(error.contains("not allowed") || error.contains("cannot be resolved"), "{error}");
    assert!(receiver.arrived.lock().unwrap().is_empty());
}

/// How this machine calls itself, which is an inner address.
fn local_name() -> String {
    let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "ip6-localhost".to_owned() } else { name.to_owned() }
}
