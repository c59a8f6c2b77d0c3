//! Automations with the real engine, its expressions and its mails.

use std::{fs, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Person, Reply, TestApp, eventually};

const BROKEN: &str = r#"
name: broken
triggers:
  - {cron: "0 8 1 1 *", timezone: UTC}
steps:
  - id: fail
    uses: script.javascript
    with: {code: "throw new Error('on purpose')"}
"#;
const REPAIR: &str = r#"
name: repair
params: {properties: {failed: {type: string}}, required: [failed]}
outputs: {failed: "${{ params.failed }}"}
steps:
  - id: look
    uses: script.javascript
    with: {code: "return 1"}
"#;

async fn keep(person: &Person<'_>, rule: &Value) -> String {
    let kept = person.post("/automations", rule).await.data();
    kept["id"].as_str().unwrap().to_owned()
}

async fn firings(person: &Person<'_>, automation: &str) -> Vec<Value> {
    let history = person.get(&format!("/automations/{automation}/firings")).await.data();
    history["items"].as_array().unwrap().clone()
}

/// The newest firing, once it has come to its end.
async fn ended(person: &Person<'_>, automation: &str) -> Value {
    eventually("a firing that ended", async || {
        let newest = firings(person, automation).await.into_iter().next()?;
        (newest["state"] != "pending").then_some(newest)
    })
    .await
}

fn mails(app: &TestApp) -> String {
    let entries = fs::read_dir(&app.mail_dir).into_iter().flatten();
    entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
}

#[tokio::test]
async fn a_failed_run_is_mailed_noted_and_answered_by_another_run() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let presets = eventually("the rules of the house", async || {
            let rules = ada.get("/automations").await.data()["items"].clone();
            (rules.as_array().unwrap().len() == 3).then_some(rules)
        })
        .await;
        assert!(presets.to_string().contains("failed_run"), "{}: {presets}", app.name);
        let (broken, repair) = (ada.define(BROKEN).await, ada.define(REPAIR).await);
        let triggers = ada.get(&format!("/workflow/definitions/{broken}/triggers")).await.data();
        let trigger = triggers["items"][0]["id"].clone();
        let condition = format!(
            "trigger.event.payload.status == 'failed' \
             && trigger.event.payload.definition_id == '{broken}'"
        );
        let automation = keep(
            &ada,
            &json!({
                "name": "repair",
                "trigger": { "event": "execution.finished", "if": condition },
                "actions": [
                    { "kind": "run_workflow", "definition_id": repair,
                      "params": { "failed": "${{ trigger.event.payload.execution_id }}" } },
                    { "kind": "pause_schedule", "trigger_id": trigger },
                    { "kind": "notify", "title": "${{ upper(trigger.event.payload.status) }}" },
                ],
            }),
        )
        .await;
        let failed = ada.start(&broken, json!({})).await;
        ada.finished(&failed, Duration::from_secs(30)).await;
        let firing = ended(&ada, &automation).await;
        assert_eq!(firing["state"], "done", "{}: {firing}", app.name);
        let run = firing["outcomes"][0]["result"]["execution_id"].as_str().unwrap();
        let repaired = ada.finished(run, Duration::from_secs(30)).await;
        assert_eq!(repaired["outputs"]["failed"], failed.as_str(), "{repaired}");
        let triggers = ada.get(&format!("/workflow/definitions/{broken}/triggers")).await.data();
        assert_eq!(triggers["items"][0]["paused"], true, "{triggers}");
        let notes = ada.get("/notifications?unread=true").await.data();
        assert_eq!(notes["items"][0]["title"], "FAILED", "{notes}");
        assert_eq!(ada.get("/notifications/unread").await.data()["unread"], 1);
        eventually("a mail about the run", async || mails(&app).contains(&failed).then_some(()))
            .await;
    }
}

#[tokio::test]
async fn a_workflow_that_sets_itself_off_comes_to_an_end() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let definition = ada.define(BROKEN).await;
    let automation = keep(
        &ada,
        &json!({
            "name": "again and again",
            "trigger": { "event": "execution.finished" },
            "actions": [{ "kind": "run_workflow", "definition_id": definition }],
        }),
    )
    .await;
    ada.start(&definition, json!({})).await;
    let held = eventually("the end of the chain", async || {
        let newest = firings(&ada, &automation).await.into_iter().next()?;
        (newest["state"] == "held_back").then_some(newest)
    })
    .await;
    assert!(held["reason"].as_str().unwrap().contains("8 deep"), "{held}");
    let runs = ada.get("/workflow/executions?limit=200").await.data();
    assert_eq!(runs["items"].as_array().unwrap().len(), 9, "the first, and eight by the rule");
}

#[tokio::test]
async fn a_rule_is_checked_and_tried_with_the_expressions_of_workflows() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let rule = |condition: &str, title: &str| {
        json!({
            "name": "r",
            "trigger": { "event": "execution.finished", "if": condition },
            "actions": [{ "kind": "notify", "title": title }],
        })
    };
    for (condition, title, path) in [
        ("trigger.event ==", "t", "trigger.if"),
        ("params.x == 1", "t", "trigger.if"),
        ("true", "${{ secrets.key }}", "actions[0].title"),
        ("true", "${{ nothing }}", "actions[0].title"),
    ] {
        let refused = ada.post("/automations", &rule(condition, title)).await;
        let details = refused.refused(422, "VALIDATION_ERROR");
        assert!(details[path].is_array(), "{path}: {details}");
    }
    let event = |status: &str| json!({ "kind": "execution.finished", "payload": { "status": status, "execution_id": "x" } });
    let automation = rule("trigger.event.payload.status == 'failed'", "${{ now }}");
    for (status, fired) in [("failed", 1), ("succeeded", 0)] {
        let body = json!({ "automation": automation, "event": event(status) });
        let tried = ada.post("/automations/dry-run", &body).await.data();
        assert_eq!(tried["fired"], fired, "{tried}");
    }
    assert_eq!(ada.get("/notifications/unread").await.data()["unread"], 0);
}

#[tokio::test]
async fn an_endless_condition_costs_its_owner_alone() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let list = (0..200).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let endless = format!("[{list}].all(a, [{list}].all(b, [{list}].all(c, a + b + c >= 0)))");
    let rule = json!({
        "name": "endless",
        "trigger": { "event": "execution.finished", "if": endless },
        "actions": [{ "kind": "notify", "title": "t" }],
    });
    let body = json!({
        "automation": rule,
        "event": { "kind": "execution.finished", "payload": {} },
    });
    let tried = ada.post("/automations/dry-run", &body).await.data();
    assert_eq!(tried["items"][0]["outcome"], "failed", "{tried}");
    assert!(tried["items"][0]["reason"].as_str().unwrap().contains("too much work"), "{tried}");
}

#[tokio::test]
async fn a_sign_in_from_a_new_device_is_mailed() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        eventually("the rules of the house", async || {
            let rules = ada.get("/automations").await.data()["items"].clone();
            (rules.as_array().unwrap().len() == 3).then_some(())
        })
        .await;
        let login = json!({ "identifier": "ada", "password": PASSWORD });
        let request = app.request(Method::POST, "/users/auth/login").json(&login);
        let request = request.header("user-agent", "strange-tool/1.0");
        Reply::of(request).await.data();
        let mail = eventually("a mail about the sign-in", async || {
            let mails = mails(&app);
            mails.contains("strange-tool").then_some(mails)
        })
        .await;
        assert!(!mail.contains("${{"), "{}: {mail}", app.name);
    }
}

#[tokio::test]
async fn a_timetable_is_read_as_triggers_of_workflows_are() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let rule = |cron: &str, timezone: &str| {
        json!({
            "name": "every working day",
            "trigger": {
                "event": "automation.scheduled",
                "schedule": { "cron": cron, "timezone": timezone },
            },
            "actions": [{ "kind": "notify", "title": "${{ trigger.event.payload.due_at }}" }],
        })
    };
    let kept = ada.post("/automations", &rule("0 8 * * 1-5", "Asia/Shanghai")).await.data();
    assert!(kept["next_at"].as_str().unwrap().contains("T00:00:00"), "{kept}");
    let body = json!({ "automation": rule("0 8 * * *", "UTC") });
    assert_eq!(ada.post("/automations/dry-run", &body).await.data()["fired"], 1);
    for (cron, timezone, path) in [
        ("99 * * * *", "UTC", "trigger.schedule.cron"),
        ("*/10 * * * * *", "UTC", "trigger.schedule.cron"),
        ("0 0 31 2 *", "UTC", "trigger.schedule.cron"),
        ("0 8 * * *", "Mars/Base", "trigger.schedule.timezone"),
    ] {
        let refused = ada.post("/automations", &rule(cron, timezone)).await;
        let details = refused.refused(422, "VALIDATION_ERROR");
        assert!(details[path].is_array(), "{cron}: {details}");
    }
}

#[tokio::test]
async fn notifications_are_followed_and_a_stream_that_broke_goes_on() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let rule = json!({
            "name": "note",
            "trigger": { "event": "execution.finished" },
            "actions": [{ "kind": "notify", "title": "${{ trigger.event.payload.execution_id }}" }],
        });
        keep(&ada, &rule).await;
        let follow = async |last: Option<&str>| {
            let request = ada.request(Method::GET, "/notifications/events");
            let request = last
                .into_iter()
                .fold(request, |request, last| request.header("last-event-id", last));
            request.send().await.unwrap()
        };
        let mut stream = follow(None).await;
        let first = ada.start(&ada.define(BROKEN).await, json!({})).await;
        let said = read_until(&mut stream, &first).await;
        assert!(said.contains("event: unread\ndata: {\"unread\":0}"), "{}: {said}", app.name);
        let id = said.lines().rfind(|line| line.starts_with("id: ")).unwrap().to_owned();
        drop(stream);
        let second = ada.start(&ada.define(REPAIR).await, json!({ "failed": "x" })).await;
        ada.finished(&second, Duration::from_secs(30)).await;
        let mut stream = follow(id.strip_prefix("id: ")).await;
        let said = read_until(&mut stream, &second).await;
        assert!(!said.contains(&first), "{}: {said}", app.name);
        assert_eq!(follow(Some("nonsense")).await.status(), 422);
    }
}

/// What the stream says, up to where it says `wanted`.
async fn read_until(stream: &mut reqwest::Response, wanted: &str) -> String {
    let mut said = String::new();
    let reading = async {
        while !(said.contains(wanted) && said.ends_with("\n\n")) {
            said.push_str(&String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap()));
        }
    };
    tokio::time::timeout(Duration::from_secs(30), reading).await.unwrap();
    said
}
