//! What belongs to somebody else does not exist, whatever operation asks for it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Operation, Person, Reply, TestApp, eventually};

const SOURCE: &str = r#"
name: simple
params: {properties: {url: {type: string, default: "http://127.0.0.1/"}}}
triggers:
  - {cron: "0 8 1 1 *", timezone: UTC}
steps:
  - id: make
    uses: script.javascript
    with: {code: "return [{id: 1, text: 'one'}]"}
  - id: save
    uses: dataset.upsert
    with: {dataset: things, key: id, records: "${{ steps.make.output }}"}
  - id: fetch
    uses: http.request
    with: {url: "${{ params.url }}"}
"#;

/// One of everything that somebody can own.
struct Things {
    user: String,
    session: String,
    api_key: String,
    definition: String,
    trigger: String,
    execution: String,
    pool: String,
    page: String,
    file: String,
    invoice: String,
    credit_note: String,
    proxy: String,
    test: String,
    source: String,
    automation: String,
    note: String,
    endpoint: String,
    delivery: String,
}

/// What an operation must do when somebody asks for a thing of somebody else.
#[derive(Debug)]
enum Expected {
    NotFound(String),
    /// Administrators only.
    Denied(String),
    /// The name is looked up among the caller's own, knowing it is the permission, or it is there
    /// for everybody.
    NotTheirs,
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

impl Things {
    async fn of(person: &Person<'_>) -> Self {
        let rule = json!({
            "name": "hers",
            "trigger": { "event": "execution.finished" },
            "actions": [{ "kind": "notify", "title": "something of hers" }],
        });
        let automation = id(&person.post("/automations", &rule).await.data());
        let definition = person.define(SOURCE).await;
        let url = person.site.url("/health");
        let execution = person.start(&definition, json!({ "url": url })).await;
        person.finished(&execution, Duration::from_secs(30)).await;
        let triggers = person.get(&format!("/workflow/definitions/{definition}/triggers")).await;
        let pool = json!({ "name": "mine", "strategy": "round_robin" });
        let pool = id(&person.post("/proxy/pools", &pool).await.data());
        let test = json!({ "target": "http://1.0.0.1/" });
        let test = person.post(&format!("/proxy/pools/{pool}/test"), &test).await.data();
        let proxy = json!({ "address": "1.0.0.1:8080" });
        let proxy = person.post(&format!("/proxy/pools/{pool}/proxies"), &proxy).await.data();
        let source = json!({ "url": "https://lists.example/" });
        let source = person.post(&format!("/proxy/pools/{pool}/sources"), &source).await.data();
        for kind in ["secrets", "variables"] {
            let value = json!({ "value": "something of hers" });
            person.put(&format!("/workflow/{kind}/hers"), &value).await.data();
        }
        let page = eventually("an archived page", async || {
            person.get("/collection/pages").await.data()["items"].get(0).map(id)
        })
        .await;
        let note = eventually("a note", async || {
            person.get("/notifications").await.data()["items"].get(0).map(id)
        })
        .await;
        let hook = json!({ "url": url });
        let hook = person.post("/webhooks", &hook).await.data();
        let endpoint = id(&hook["endpoint"]);
        let sent = person.post(&format!("/webhooks/{endpoint}/test"), &json!({})).await.data();
        let sent = eventually("an attempt", async || {
            let path = format!("/webhooks/{endpoint}/deliveries/{}", id(&sent));
            let sent = person.get(&path).await.data()["delivery"].clone();
            (!sent["error"].is_null()).then_some(sent)
        })
        .await;
        let plan = json!({ "plan": "basic", "interval": "month" });
        let bought = person.post("/subscription/subscribe", &plan).await.data();
        // What was bought and not used comes back as a credit note.
        person.post("/subscription/cancel", &json!({ "when": "now" })).await.data();
        let notes = person.get("/subscription/credit-notes").await.data();
        let file = person.request(Method::POST, "/files?name=hers.html").body("<p>hers</p>");
        let file = Reply::of(file).await.data();
        let sessions = person.get("/users/me/sessions").await.data();
        let view = json!({ "search": "status=failed" });
        person.put("/users/me/saved-views/hers", &view).await.data();
        let key = json!({ "name": "hers", "scopes": ["workflow:read"] });
        let key = person.post("/users/me/api-keys", &key).await.data();
        Self {
            user: id(&person.get("/users/me").await.data()),
            session: id(&sessions["items"][0]),
            api_key: id(&key["api_key"]),
            trigger: id(&triggers.data()["items"][0]),
            definition,
            execution,
            pool,
            page,
            file: id(&file),
            invoice: id(&bought["invoice"]),
            credit_note: id(&notes["items"][0]),
            proxy: id(&proxy),
            test: id(&test["test"]),
            source: id(&source),
            automation,
            note,
            endpoint,
            delivery: id(&sent),
        }
    }

    /// None for an operation that nobody has thought of here.
    fn expected(&self, operation: &Operation) -> Option<Expected> {
        let path = operation.path.as_str();
        if operation.is_for_administrators() {
            let path = path.replace("{id}", &self.user).replace("{user_id}", &self.user);
            return Some(Expected::Denied(path.replace("{session_id}", &self.session)));
        }
        let places = [
            ("/workflow/definitions/{id}", self.definition.as_str()),
            ("/workflow/executions/{id}", &self.execution),
            ("/workflow/triggers/{id}", &self.trigger),
            ("/workflow/secrets/{name}", "hers"),
            ("/workflow/variables/{name}", "hers"),
            ("/proxy/pools/{id}", &self.pool),
            ("/datasets/{name}", "things"),
            ("/collection/pages/{page_id}", &self.page),
            ("/files/{id}", &self.file),
            ("/subscription/invoices/{id}", &self.invoice),
            ("/subscription/credit-notes/{id}", &self.credit_note),
            ("/automations/{id}", &self.automation),
            ("/notifications/{id}", &self.note),
            ("/webhooks/{id}", &self.endpoint),
            ("/users/me/sessions/{id}", &self.session),
            ("/users/me/api-keys/{id}", &self.api_key),
            ("/users/me/saved-views/{name}", "hers"),
        ];
        let by_name = ["/workflow/secrets/", "/workflow/var", "/users/me/saved-views/"];
        let named = by_name.iter().any(|names| path.starts_with(names));
        // Who writes to a name that is not theirs begins a dataset of their own.
        let begun = ["/datasets/{name}/records", "/datasets/{name}/import"];
        let begins = operation.method == Method::POST && begun.contains(&path);
        let by_link = path == "/workflow/hooks/{token}" || path.starts_with("/shared/datasets/");
        let everybodys = path == "/workflow/templates/{name}" || by_link || begins;
        if (named && operation.method == Method::PUT) || everybodys {
            return Some(Expected::NotTheirs);
        }
        let (pattern, value) = places.into_iter().find(|(pattern, _)| path.starts_with(pattern))?;
        let own = pattern.replace(pattern.rsplit('/').next()?, value);
        let path = path
            .replacen(pattern, &own, 1)
            .replace("{version}", "1")
            .replace("{step}", "fetch")
            .replace("{index}", "0")
            .replace("{seq}", "1")
            .replace("{proxy_id}", &self.proxy)
            .replace("{test_id}", &self.test)
            .replace("{source_id}", &self.source)
            .replace("{delivery_id}", &self.delivery)
            .replace("{host}", "site.example:443")
            .replace("{key}", "1")
            .replace("{field}", "n")
            .replace("{batch_id}", &self.page)
            .replace("{share_id}", &self.page);
        (!path.contains('{')).then_some(Expected::NotFound(path))
    }

    /// Everything of hers, as she sees it.
    async fn seen_by(&self, owner: &Person<'_>) -> Vec<Value> {
        let paths = [
            format!("/workflow/definitions/{}", self.definition),
            format!("/workflow/definitions/{}/triggers", self.definition),
            format!("/workflow/executions/{}", self.execution),
            "/workflow/executions".to_owned(),
            format!("/proxy/pools/{}", self.pool),
            format!("/proxy/pools/{}/proxies", self.pool),
            "/datasets/things/records".to_owned(),
            format!("/collection/pages/{}", self.page),
            format!("/files/{}", self.file),
            "/subscription/invoices".to_owned(),
            "/subscription/credit-notes".to_owned(),
            "/workflow/secrets".to_owned(),
            "/workflow/variables/hers".to_owned(),
            "/users/me/api-keys".to_owned(),
            "/users/me/saved-views".to_owned(),
            format!("/automations/{}", self.automation),
            "/notifications".to_owned(),
            format!("/webhooks/{}", self.endpoint),
        ];
        let mut seen = Vec::new();
        for path in paths {
            seen.push(owner.get(&path).await.data());
        }
        seen
    }
}

/// Asks as `person`, with the example of a body that the document has.
async fn ask(person: &Person<'_>, operation: &Operation, path: &str) -> Reply {
    let path = format!("{path}{}", operation.needed_query());
    let request = person.request(operation.method.clone(), &path);
    Reply::of(match operation.body() {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

#[tokio::test]
async fn no_operation_reaches_what_belongs_to_somebody_else() {
    for app in TestApp::everywhere(&[("OUTBOUND_ALLOW", "127.0.0.1")]).await {
        let ada = app.person("ada").await;
        let things = Things::of(&ada).await;
        let before = things.seen_by(&ada).await;
        let eve = app.person("eve").await;
        let (mut faults, mut asked) = (Vec::new(), 0);
        for operation in app.operations().await {
            if !operation.has_path_parameters() {
                continue;
            }
            let name = operation.name();
            let (path, status) = match things.expected(&operation) {
                Some(Expected::NotFound(path)) => (path, 404),
                Some(Expected::Denied(path)) => (path, 403),
                Some(Expected::NotTheirs) => continue,
                None => {
                    faults.push(format!(
                        "{name}: nothing here makes somebody else's thing for it; add it to \
                         `Things` and `Things::expected` in tests/http/isolation.rs"
                    ));
                    continue;
                }
            };
            asked += 1;
            let reply = ask(&eve, &operation, &path).await;
            if reply.status != status {
                faults.push(format!("{name}: {} and not {status}: {}", reply.status, reply.body));
            }
        }
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
        assert!(asked > 30, "only {asked} operations were asked");
        assert_eq!(things.seen_by(&ada).await, before, "{}: nothing of hers changed", app.name);
    }
}

#[tokio::test]
async fn operations_for_administrators_are_closed_to_users() {
    let app = TestApp::start().await;
    let eve = app.person("eve").await;
    let mut asked = 0;
    for operation in app.operations().await {
        if operation.is_for_administrators() {
            let reply = ask(&eve, &operation, &operation.somewhere()).await;
            assert_eq!(reply.status, 403, "{}: {}", operation.name(), reply.body);
            asked += 1;
        }
    }
    assert!(asked > 3, "only {asked} operations are for administrators");
}

#[tokio::test]
async fn ids_in_bodies_are_looked_up_among_ones_own() {
    let app = TestApp::with(&[("OUTBOUND_ALLOW", "127.0.0.1")]).await;
    let ada = app.person("ada").await;
    let things = Things::of(&ada).await;
    let eve = app.person("eve").await;
    let start = json!({ "definition_id": things.definition });
    eve.post("/workflow/executions", &start).await.refused(404, "NOT_FOUND");
    let test = json!({ "definition_id": things.definition, "step": "fetch" });
    eve.post("/workflow/steps/test", &test).await.refused(404, "NOT_FOUND");
    let source = "name: mine\nsteps: [{id: a, uses: script.javascript, with: {code: return 1}}]";
    let test = json!({ "source": source, "step": "a", "execution_id": things.execution });
    eve.post("/workflow/steps/test", &test).await.refused(404, "NOT_FOUND");
    let bulk = json!({ "action": "retry", "ids": [things.execution] });
    let done = eve.post("/workflow/executions/bulk", &bulk).await.data();
    assert_eq!(done["done"], json!([]), "{done}");
    let writes = format!("/collection/writes?execution_id={}", things.execution);
    assert_eq!(ada.get(&writes).await.data()[0]["dataset"], "things");
    assert_eq!(eve.get(&writes).await.data(), json!([]));
    assert_eq!(ada.records("things").await.len(), 1, "nothing of hers was lost");
}
