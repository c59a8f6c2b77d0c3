//! Second factors, taking everything along, and leaving.

use std::time::Duration;

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Person, TestApp, eventually};

const KEEPS: &str = r"
name: keeps
triggers:
  - interval: 1h
  - webhook: {}
steps:
  - id: save
    uses: dataset.upsert
    with: {dataset: things, key: id, records: [{id: one, colour: red}]}
";

/// Where the owner's proxy stands; nobody calls it.
const PROXIES: (&str, &str) = ("OUTBOUND_ALLOW", "192.0.2.7");

/// All tables with rows of an owner, as this user's ones are counted.
const KEPT: [&str; 9] = [
    "SELECT COUNT(*) FROM workflow_triggers WHERE user_id = $1",
    "SELECT COUNT(*) FROM workflow_vault WHERE user_id = $1",
    "SELECT COUNT(*) FROM workflow_definitions WHERE user_id = $1",
    "SELECT COUNT(*) FROM workflow_versions WHERE definition_id IN \
     (SELECT id FROM workflow_definitions WHERE user_id = $1)",
    "SELECT COUNT(*) FROM datasets WHERE user_id = $1",
    "SELECT COUNT(*) FROM proxies WHERE owner_id = $1",
    "SELECT COUNT(*) FROM proxy_pools WHERE owner_id = $1",
    "SELECT COUNT(*) FROM subscriptions WHERE user_id = $1",
    "SELECT COUNT(*) FROM user_sessions WHERE user_id = $1",
];

async fn rows(app: &TestApp, user: &str) -> Vec<i64> {
    let id: uuid::Uuid = user.parse().unwrap();
    let database = app.platform().database();
    let mut found = Vec::new();
    for sql in KEPT {
        let row = database.read().query_one_raw(database.statement(sql, [id.into()])).await;
        found.push(row.unwrap().unwrap().try_get_by_index(0).unwrap());
    }
    found
}

/// Somebody with one of everything.
async fn owner<'a>(app: &'a TestApp, name: &str) -> (Person<'a>, String, Value) {
    let person = app.person(name).await;
    let secret = json!({ "value": "the secret value" });
    person.put("/workflow/secrets/TOKEN", &secret).await.data();
    let pool = person.post("/proxy/pools", &json!({ "name": "spare" })).await.data();
    let path = format!("/proxy/pools/{}/import", pool["id"].as_str().unwrap());
    let proxies = json!({ "text": "http://user:password@192.0.2.7:8080" });
    person.post(&path, &proxies).await.data();
    let made = person.post("/workflow/definitions", &json!({ "source": KEEPS })).await.data();
    let id = made["id"].as_str().unwrap().to_owned();
    let run = person.start(&id, json!({})).await;
    let ended = person.finished(&run, Duration::from_secs(30)).await;
    assert_eq!(ended["status"], "succeeded", "{ended}");
    let me = person.get("/users/me").await.data();
    (person, id, me)
}

#[tokio::test]
async fn an_export_has_everything_of_ones_own_and_nothing_of_others() {
    for app in TestApp::everywhere(&[PROXIES]).await {
        let (ann, _, me) = owner(&app, "ann").await;
        let (_, _, bens) = owner(&app, "ben").await;
        let answer = ann.request(reqwest::Method::GET, "/users/me/export").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let text = answer.text().await.unwrap();
        let export: Value = serde_json::from_str(&text).unwrap();
        let one = |part: &str| {
            let items = export["data"][part].as_array().unwrap();
            assert_eq!(items.len(), 1, "{} {part}: {items:?}", app.name);
            items[0].clone()
        };
        assert_eq!(one("account")["email"], me["email"]);
        assert_eq!(one("workflows")["name"], "keeps");
        assert!(one("workflow_versions")["source"].as_str().unwrap().contains("dataset.upsert"));
        assert_eq!(one("executions")["status"], "succeeded");
        assert_eq!(one("dataset_records")["data"]["colour"], "red");
        assert_eq!(one("secrets")["name"], "TOKEN");
        assert_eq!(one("proxies")["host"], "192.0.2.7");
        assert_eq!(one("datasets")["name"], "things");
        assert_eq!(export["data"]["triggers"].as_array().unwrap().len(), 2);
        for hidden in ["the secret value", PASSWORD, "argon2", bens["id"].as_str().unwrap()] {
            assert!(!text.contains(hidden), "{} {hidden}", app.name);
        }
    }
}

#[tokio::test]
async fn nothing_of_those_who_are_leaving_or_suspended_starts() {
    let settings =
        [("BOOTSTRAP_ADMIN_EMAIL", "root@example.com"), ("BOOTSTRAP_ADMIN_PASSWORD", PASSWORD)];
    for app in TestApp::everywhere(&settings).await {
        let (ann, definition, me) = owner(&app, "ann").await;
        let start = json!({ "definition_id": definition, "params": {} });
        ann.post("/users/me/deletion", &json!({})).await.data();
        ann.get("/users/me").await.refused(401, "TOKEN_REVOKED");
        let ann = Person::sign_in(&app, "ann").await;
        assert!(ann.get("/users/me").await.data()["delete_at"].is_string(), "{}", app.name);
        ann.post("/workflow/executions", &start).await.refused(403, "ACCOUNT_NOT_ACTIVE");
        ann.delete("/users/me/deletion").await.data();
        ann.post("/workflow/executions", &start).await.data();
        let root = Person::sign_in(&app, "root@example.com").await;
        let path = format!("/users/admin/users/{}/status", me["id"].as_str().unwrap());
        root.put(&path, &json!({ "status": "suspended" })).await.data();
        let hook = hook(&app, &definition).await;
        app.post(&format!("/workflow/hooks/{hook}"), &json!({}))
            .await
            .refused(403, "ACCOUNT_NOT_ACTIVE");
        let due = "UPDATE workflow_triggers SET due_at = 1 WHERE hook_token IS NULL";
        app.platform().database().write().execute_unprepared(due).await.unwrap();
        eventually("the tick is refused", async || {
            let sql = "SELECT COUNT(*) FROM workflow_ticks WHERE outcome = 'refused'";
            let database = app.platform().database();
            let row = database.read().query_one_raw(database.statement(sql, [])).await;
            let found: i64 = row.unwrap().unwrap().try_get_by_index(0).unwrap();
            (found > 0).then_some(())
        })
        .await;
    }
}

const WAITS: &str = r"
name: waits
steps:
  - {id: ask, uses: wait.signal, with: {message: publish?}}
";

#[tokio::test]
async fn what_runs_for_somebody_who_is_suspended_ends_and_what_runs_for_others_goes_on() {
    let settings =
        [("BOOTSTRAP_ADMIN_EMAIL", "root@example.com"), ("BOOTSTRAP_ADMIN_PASSWORD", PASSWORD)];
    for app in TestApp::everywhere(&settings).await {
        let (ann, ben) = (app.person("ann").await, app.person("ben").await);
        let id = ann.get("/users/me").await.data()["id"].as_str().unwrap().to_owned();
        let hers = ann.start(&ann.define(WAITS).await, json!({})).await;
        let his = ben.start(&ben.define(WAITS).await, json!({})).await;
        let root = Person::sign_in(&app, "root@example.com").await;
        let path = format!("/users/admin/users/{id}/status");
        root.put(&path, &json!({ "status": "suspended" })).await.data();
        eventually("the event is done with", async || {
            let sql = "SELECT COUNT(*) FROM inbox WHERE handler = 'coordination.stop_suspended'";
            let database = app.platform().database();
            let row = database.read().query_one_raw(database.statement(sql, [])).await;
            let found: i64 = row.unwrap().unwrap().try_get_by_index(0).unwrap();
            (found > 0).then_some(())
        })
        .await;
        root.put(&path, &json!({ "status": "active" })).await.data();
        let ann = Person::sign_in(&app, "ann").await;
        let ended = ann.finished(&hers, Duration::from_secs(30)).await;
        assert_eq!(ended["status"], "cancelled", "{}", app.name);
        assert_ne!(ben.execution(&his).await["status"], "cancelled", "{}", app.name);
        ben.post(&format!("/workflow/executions/{his}/cancel"), &json!({})).await.data();
        ben.finished(&his, Duration::from_secs(30)).await;
    }
}

async fn hook(app: &TestApp, definition: &str) -> String {
    let id: uuid::Uuid = definition.parse().unwrap();
    let database = app.platform().database();
    let sql = "SELECT hook_token FROM workflow_triggers \
               WHERE definition_id = $1 AND hook_token IS NOT NULL";
    let row = database.read().query_one_raw(database.statement(sql, [id.into()])).await;
    row.unwrap().unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn who_is_gone_leaves_nothing_and_others_keep_theirs() {
    for app in TestApp::everywhere(&[PROXIES]).await {
        let (_, _, anns) = owner(&app, "ann").await;
        let (_, _, bens) = owner(&app, "ben").await;
        let app = app.restart_with(|config| config.deletion_grace = Duration::ZERO).await;
        let ann = Person::sign_in(&app, "ann").await;
        let id = anns["id"].as_str().unwrap();
        assert!(rows(&app, id).await.iter().all(|found| *found > 0), "{}", app.name);
        ann.post("/users/me/deletion", &json!({})).await.data();
        assert_eq!(app.platform().users.delete_due().await.unwrap(), 1, "{}", app.name);
        eventually("everything is erased", async || {
            rows(&app, id).await.iter().all(|found| *found == 0).then_some(())
        })
        .await;
        let others = rows(&app, bens["id"].as_str().unwrap()).await;
        assert!(others.iter().all(|found| *found > 0), "{}: {others:?}", app.name);
        let login = json!({ "identifier": "ann", "password": PASSWORD });
        app.post("/users/auth/login", &login).await.refused(401, "WRONG_CREDENTIALS");
    }
}
