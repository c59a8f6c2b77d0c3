//! What each role may do, for every operation of administrators that the API document names.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Person, Reply, Site, TestApp, eventually};

const BOSS: &str = "root@example.com";
const SETTINGS: [(&str, &str); 2] =
    [("BOOTSTRAP_ADMIN_EMAIL", BOSS), ("BOOTSTRAP_ADMIN_PASSWORD", PASSWORD)];

/// An operation of administrators.
#[derive(Debug, Clone)]
struct Operation {
    method: Method,
    path: String,
    body: Option<Value>,
}

/// Those whose path has the segment `admin` or `system`.
async fn operations(site: &Site) -> Vec<Operation> {
    let document = site.client.get(site.url("/api/openapi.json")).send().await.unwrap();
    let document: Value = document.json().await.unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        if !path.split('/').any(|segment| matches!(segment, "admin" | "system")) {
            continue;
        }
        for (method, operation) in item.as_object().unwrap() {
            let body = &operation["requestBody"]["content"]["application/json"]["example"];
            let body = (!body.is_null()).then(|| body.clone());
            let method = method.to_uppercase().parse().unwrap();
            let path = path.strip_prefix("/api/v1").unwrap().to_owned();
            found.push(Operation { method, path, body });
        }
    }
    assert!(found.len() >= 12, "{found:?}");
    found
}

impl Operation {
    /// With `user` wherever the path has a parameter.
    fn at(&self, user: &str) -> String {
        let segments = self.path.split('/');
        let filled = segments.map(|part| if part.starts_with('{') { user } else { part });
        filled.collect::<Vec<_>>().join("/")
    }

    async fn ask(&self, site: &Site, token: Option<&str>, user: &str) -> Reply {
        let mut ask = site.request(self.method.clone(), &self.at(user));
        if let Some(token) = token {
            ask = ask.bearer_auth(token);
        }
        if let Some(body) = &self.body {
            ask = ask.json(body);
        }
        Reply::of(ask).await
    }
}

async fn id_of(person: &Person<'_>) -> String {
    person.get("/users/me").await.data()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn no_operation_of_administrators_is_open_to_users_strangers_and_narrow_keys() {
    for app in TestApp::everywhere(&SETTINGS).await {
        let root = Person::sign_in(&app, BOSS).await;
        let (ann, ben) = (app.person("ann").await, app.person("ben").await);
        let target = id_of(&ben).await;
        let wish = json!({ "name": "narrow", "scopes": ["profile:read", "workflow:read"] });
        let key = root.post("/users/me/api-keys", &wish).await.data();
        let key = key["key"].as_str().unwrap();
        for operation in operations(&app).await {
            let stranger = operation.ask(&app, None, &target).await;
            assert_eq!(stranger.status, 401, "{operation:?} {}", app.name);
            for token in [ann.access.as_str(), key] {
                let refused = operation.ask(&app, Some(token), &target).await;
                refused.refused(403, "PERMISSION_DENIED");
            }
        }
        ben.get("/users/me").await.data();
    }
}

#[tokio::test]
async fn an_administrator_acts_on_nobody_who_ranks_as_high_and_gives_no_roles() {
    let app = TestApp::with(&SETTINGS).await;
    let root = Person::sign_in(&app, BOSS).await;
    let ann = app.person("ann").await;
    let role = format!("/users/admin/users/{}/role", id_of(&ann).await);
    root.put(&role, &json!({ "role": "admin" })).await.data();
    let boss = id_of(&root).await;
    for operation in operations(&app).await {
        // Nothing is decided about a host of that name.
        if operation.method == Method::GET && operation.path.ends_with("/{host}") {
            operation.ask(&app, Some(&ann.access), &boss).await.refused(404, "NOT_FOUND");
            continue;
        }
        // Coupons and invoices are theirs to look after, plans are not.
        if operation.path.contains("/subscription/") && !operation.path.contains("/plans/") {
            let reply = operation.ask(&app, Some(&ann.access), &boss).await;
            assert_ne!(reply.status, 403, "{operation:?} {}", reply.body);
            continue;
        }
        // Lists of all, and one user's card, are what administrators are for.
        if operation.method == Method::GET && !operation.path.ends_with("/sessions") {
            operation.ask(&app, Some(&ann.access), &boss).await.data();
            continue;
        }
        operation.ask(&app, Some(&ann.access), &boss).await.refused(403, "PERMISSION_DENIED");
    }
    ann.put(&role, &json!({ "role": "super_admin" })).await.refused(403, "PERMISSION_DENIED");
    root.get("/users/me").await.data();
}

#[tokio::test]
async fn a_demoted_administrator_is_a_user_with_the_token_they_hold() {
    for app in TestApp::everywhere(&SETTINGS).await {
        let root = Person::sign_in(&app, BOSS).await;
        let (ann, ben) = (app.person("ann").await, app.person("ben").await);
        let target = id_of(&ben).await;
        let role = format!("/users/admin/users/{}/role", id_of(&ann).await);
        root.put(&role, &json!({ "role": "admin" })).await.data();
        let wish = json!({ "name": "wide", "scopes": ["users:read", "users:write"] });
        let key = ann.post("/users/me/api-keys", &wish).await.data();
        let key = key["key"].as_str().unwrap();
        for token in [ann.access.as_str(), key] {
            let ask = app.request(Method::GET, "/users/admin/users").bearer_auth(token);
            Reply::of(ask).await.data();
        }
        root.put(&role, &json!({ "role": "user" })).await.data();
        for operation in operations(&app).await {
            for token in [ann.access.as_str(), key] {
                let refused = operation.ask(&app, Some(token), &target).await;
                refused.refused(403, "PERMISSION_DENIED");
            }
        }
    }
}

#[tokio::test]
async fn nobody_gives_themselves_a_role_a_status_or_an_id() {
    let app = TestApp::start().await;
    let ann = app.person("ann").await;
    let form = json!({ "username": "eve", "email": "eve@example.com", "password": PASSWORD, "code": "123456" });
    for (field, value) in [
        ("role", json!("super_admin")),
        ("status", json!("active")),
        ("id", json!("00000000-0000-7000-8000-000000000000")),
        ("permissions", json!(["users:read"])),
    ] {
        let mut body = form.clone();
        body[field] = value.clone();
        app.post("/users/auth/register", &body).await.refused(422, "VALIDATION_ERROR");
        let refused = ann.put("/users/me/profile", &json!({ field: value })).await;
        refused.refused(422, "VALIDATION_ERROR");
    }
}

#[tokio::test]
async fn refusals_and_changes_are_in_the_audit_log_with_their_request() {
    for app in TestApp::everywhere(&SETTINGS).await {
        let root = Person::sign_in(&app, BOSS).await;
        let ann = app.person("ann").await;
        let refused = ann.get("/users/admin/users").await;
        let request = refused.body["request_id"].as_str().unwrap().to_owned();
        refused.refused(403, "PERMISSION_DENIED");
        let path = format!("/users/admin/audit?request_id={request}");
        let entry = eventually("the line of the denial", async || {
            root.get(&path).await.data()["items"].get(0).cloned()
        })
        .await;
        assert_eq!(entry["action"], "access.denied", "{entry} {}", app.name);
        assert_eq!(entry["actor"]["user"]["username"], "ann", "{entry}");
        assert_eq!(entry["target"]["id"], "GET /api/v1/users/admin/users", "{entry}");
        assert_eq!(entry["address"], "127.0.0.1", "{entry}");
        let status = format!("/users/admin/users/{}/status", id_of(&ann).await);
        root.put(&status, &json!({ "status": "suspended" })).await.data();
        let changed = root.get("/users/admin/audit?action=user.status_changed").await.data();
        assert_eq!(changed["items"][0]["user"]["username"], "ann", "{changed}");
        assert_eq!(changed["items"][0]["actor"]["kind"], "user", "{changed}");
        for wrong in ["actor=x", "outcome=odd", "from=yesterday", "color=red", "action=%00"] {
            let refused = root.get(&format!("/users/admin/audit?{wrong}")).await;
            refused.refused(422, "VALIDATION_ERROR");
        }
        for wrong in ["events?kind=%00", "events/parked?kind=%00", "events/parked?user=x"] {
            root.get(&format!("/system/{wrong}")).await.refused(422, "VALIDATION_ERROR");
        }
    }
}

#[tokio::test]
async fn a_key_shown_once_works_until_it_is_revoked() {
    for app in TestApp::everywhere(&[]).await {
        let ann = app.person("ann").await;
        let wish = json!({ "name": "ci", "scopes": ["profile:read"] });
        let made = ann.post("/users/me/api-keys", &wish).await.data();
        let key = made["key"].as_str().unwrap();
        let list = ann.get("/users/me/api-keys").await.data();
        assert!(!list.to_string().contains(key), "{list}");
        let ask = |path: &str| Reply::of(app.request(Method::GET, path).bearer_auth(key));
        let me = ask("/users/me").await.data();
        assert_eq!(me["permissions"], json!(["profile:read"]), "{}", app.name);
        ask("/users/me/api-keys").await.refused(403, "SESSION_REQUIRED");
        ask("/workflow/definitions").await.refused(403, "PERMISSION_DENIED");
        let path = format!("/users/me/api-keys/{}", made["api_key"]["id"].as_str().unwrap());
        ann.delete(&path).await.data();
        ask("/users/me").await.refused(401, "TOKEN_REVOKED");
        let eve = app.person("eve").await;
        eve.delete(&path).await.refused(404, "NOT_FOUND");
    }
}
