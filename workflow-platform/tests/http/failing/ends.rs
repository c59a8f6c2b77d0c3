//! Whoever is suspended has their work stopped; of whoever is deleted nothing is left.

use serde_json::json;
use uuid::Uuid;

use super::{Scenario, ends_the_same_whichever_write_fails, still::Still};

const WAITS: &str = r"
name: waits
triggers:
  - interval: 1h
steps:
  - {id: ask, uses: wait.signal, with: {message: publish?}}
";

/// Somebody with one of everything, of which two runs have not ended.
async fn somebody(still: &Still, name: &str) -> Uuid {
    let (person, user) = still.person(name).await;
    person.put("/workflow/secrets/TOKEN", &json!({ "value": "the secret value" })).await.data();
    person.pool("spare", &["http://192.0.2.7:8080".to_owned()]).await;
    let key = json!({ "name": "key", "scopes": ["workflow:read"] });
    person.post("/users/me/api-keys", &key).await.data();
    let definition = person.define(WAITS).await;
    for _ in 0..2 {
        person.start(&definition, json!({})).await;
    }
    still.drain().await;
    user
}

struct Suspended;

impl Scenario for Suspended {
    async fn before(&self, still: &Still, name: &str) -> Uuid {
        somebody(still, name).await
    }

    async fn happens(&self, still: &Still, _: &str, user: Uuid) {
        let path = format!("/users/admin/users/{user}/status");
        still.root().await.put(&path, &json!({ "status": "suspended" })).await.data();
    }
}

#[tokio::test]
async fn what_runs_for_whoever_is_suspended_ends_once_whichever_write_fails() {
    ends_the_same_whichever_write_fails(Suspended, 5).await;
}

struct Deleted;

impl Scenario for Deleted {
    async fn before(&self, still: &Still, name: &str) -> Uuid {
        somebody(still, name).await
    }

    async fn happens(&self, still: &Still, _: &str, user: Uuid) {
        still.root().await.delete(&format!("/users/admin/users/{user}")).await.data();
    }
}

#[tokio::test]
async fn of_whoever_is_deleted_nothing_is_left_whichever_write_fails() {
    ends_the_same_whichever_write_fails(Deleted, 15).await;
}

#[tokio::test]
async fn this_is_what_is_left_of_both() {
    for still in Still::everywhere().await {
        for (name, status) in [("ann", "suspended"), ("ben", "deleted")] {
            let user = somebody(&still, name).await;
            if status == "suspended" {
                Suspended.happens(&still, name, user).await;
            } else {
                Deleted.happens(&still, name, user).await;
            }
            for _ in 0..3 {
                still.drain().await;
                still.let_executions_end().await;
                still.make_due().await;
            }
            let found = still.state(name, user).await;
            let has = |part: &str| found.iter().any(|one| one.starts_with(part));
            let kept = ["pool spare", "workflow waits", "triggers 1", "proxies 1", "keys 1"];
            assert!(kept.iter().all(|part| has(part) == (status == "suspended")), "{found:?}");
            let running = ["execution pending", "execution running", "execution waiting"];
            assert!(!running.iter().any(|part| has(part)), "{}: {found:?}", still.name);
        }
    }
}
