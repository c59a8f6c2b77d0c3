//! Keys that change while data and people stay.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::support::{Person, TestApp};

const OLD: &str = "the first secret of this platform, 40 bytes";
const NEW: &str = "the next secret of this platform, 40 bytes!";

const SPEAKS: &str = r#"
name: speaks
steps:
  - id: call
    uses: http.request
    with: {method: GET, url: "http://192.0.2.1:9/", headers: {x-token: "${{ secrets.TOKEN }}"}}
    on_error: continue
"#;

fn header(token: &str) -> Value {
    let header = token.split('.').next().unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()
}

async fn keys(app: &TestApp) -> Vec<Value> {
    let answer = app.client.get(app.url("/.well-known/jwks.json")).send().await.unwrap();
    let set: Value = answer.json().await.unwrap();
    set["keys"].as_array().unwrap().clone()
}

#[tokio::test]
async fn tokens_can_be_signed_with_a_key_whose_public_half_is_published() {
    let app = TestApp::with(&[("JWT_ALGORITHM", "EdDSA"), ("JWT_SECRET_KEY", OLD)]).await;
    let ann = app.person("ann").await;
    let (header, keys) = (header(&ann.access), keys(&app).await);
    assert_eq!((&header["alg"], keys.len()), (&json!("EdDSA"), 1));
    assert_eq!((&keys[0]["kid"], &keys[0]["kty"]), (&header["kid"], &json!("OKP")));
    assert!(keys[0].get("d").is_none(), "the private half stays here");
    ann.get("/users/me").await.data();
}

#[tokio::test]
async fn a_shared_secret_is_not_published() {
    let app = TestApp::start().await;
    assert!(keys(&app).await.is_empty());
}

#[tokio::test]
async fn tokens_of_a_former_secret_are_good_until_it_is_dropped() {
    let app = TestApp::with(&[("JWT_SECRET_KEY", OLD)]).await;
    let access = app.person("ann").await.access;
    let app = app
        .restart_with(|config| {
            config.tokens.secret = SecretString::from(NEW);
            config.tokens.older_secrets = vec![SecretString::from(OLD)];
        })
        .await;
    let bearer = async |app: &TestApp, token: &str| {
        let ask = app.client.get(app.url("/api/v1/users/me")).bearer_auth(token);
        ask.send().await.unwrap().status().as_u16()
    };
    assert_eq!(bearer(&app, &access).await, 200);
    let fresh = Person::sign_in(&app, "ann").await.access;
    assert_ne!(header(&fresh)["kid"], header(&access)["kid"]);
    let app = app.restart_with(|config| config.tokens.older_secrets.clear()).await;
    assert_eq!(bearer(&app, &access).await, 401);
    assert_eq!(bearer(&app, &fresh).await, 200);
}

#[tokio::test]
async fn what_is_sealed_can_be_sealed_with_another_key_and_nothing_is_lost() {
    let settings = [("DATA_SECRET_KEY", OLD), ("OUTBOUND_ALLOW", "192.0.2.1")];
    for app in TestApp::everywhere(&settings).await {
        let ann = app.person("ann").await;
        ann.put("/workflow/secrets/TOKEN", &json!({ "value": "hush-hush" })).await.data();
        let pool = json!({ "name": "mine", "strategy": "round_robin" });
        let pool = ann.post("/proxy/pools", &pool).await.data();
        let import = format!("/proxy/pools/{}/import", pool["id"].as_str().unwrap());
        ann.post(&import, &json!({ "text": "http://me:secret@192.0.2.1:8080" })).await.data();
        let definition = ann.define(SPEAKS).await;
        let app = app
            .restart_with(|config| {
                config.tokens.data_secret = SecretString::from(NEW);
                config.tokens.older_data_secrets = vec![SecretString::from(OLD)];
            })
            .await;
        let done = app.reseal().await;
        for (table, changed) in [("proxies", 1), ("workflow_vault", 1)] {
            assert!(done.contains(&(table, changed, 0)), "{}: {done:?}", app.name);
        }
        assert_eq!(app.reseal().await.iter().map(|done| done.1).sum::<u64>(), 0);
        let app = app.restart_with(|config| config.tokens.older_data_secrets.clear()).await;
        let ann = Person::sign_in(&app, "ann").await;
        let run = ann.start(&definition, json!({})).await;
        let ended = ann.finished(&run, std::time::Duration::from_mins(1)).await;
        assert_eq!(ended["status"], "succeeded", "the secret was opened: {ended}");
        let app =
            app.restart_with(|config| config.tokens.data_secret = SecretString::from(OLD)).await;
        assert!(app.reseal().await.contains(&("proxies", 0, 1)), "no key opens it");
    }
}
