//! Saving, versions, names, isolation and what is said about faults.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use shared_kernel::domain::Id;
use workflow::{DefinitionsError, Draft, domain::execution::Status};

use crate::{
    routes::Client,
    support::{World, principal, quick, worlds},
};

const DAILY: &str = "
name: daily
params: {properties: {n: {type: integer, default: 1}}}
triggers: [{cron: \"0 8 * * *\", timezone: Asia/Shanghai}]
steps:
  - {id: one, uses: test.echo, with: {n: \"${{ params.n }}\"}}
";

async fn outbox(world: &World, kind: &str) -> i64 {
    world
        .number(&format!("SELECT COUNT(*) FROM outbox WHERE kind = 'workflow.definition.{kind}'"))
        .await
}

async fn saved(client: &Client, source: &str) -> Value {
    let (status, reply) = client.post("/workflow/definitions", json!({ "source": source })).await;
    assert_eq!(status, StatusCode::CREATED, "{reply}");
    reply["data"].clone()
}

fn path_of(definition: &Value) -> String {
    format!("/workflow/definitions/{}", definition["id"].as_str().unwrap())
}

#[tokio::test]
async fn each_change_is_a_version_and_the_same_content_is_none() {
    for world in worlds().await {
        let client = Client::of(&world);
        let first = saved(&client, DAILY).await;
        assert_eq!((&first["name"], &first["version"]), (&json!("daily"), &json!(1)));
        assert_eq!(first["triggers"][0]["expression"], "0 8 * * *");
        assert!(first["triggers"][0]["next_run"].is_string(), "{first}");
        let path = path_of(&first);
        let (_, shown) = client.get(&path).await;
        assert_eq!(shown["data"]["source"], DAILY);
        assert_eq!(shown["data"]["definition"]["steps"][0]["uses"], "test.echo");

        let (_, same) = client.ask(Method::PUT, &path, json!({ "source": DAILY })).await;
        assert_eq!(same["data"]["version"], 1);
        assert_eq!(outbox(&world, "saved").await, 1);
        let changed = DAILY.replace("0 8 * * *", "30 9 * * *").replace("default: 1", "default: 2");
        let (_, second) = client.ask(Method::PUT, &path, json!({ "source": changed })).await;
        assert_eq!(second["data"]["version"], 2);
        assert_eq!(outbox(&world, "saved").await, 2);
        let (_, triggers) = client.get(&format!("{path}/triggers")).await;
        let triggers = triggers["data"]["items"].as_array().unwrap();
        assert_eq!((triggers.len(), &triggers[0]["expression"]), (1, &json!("30 9 * * *")));

        let id = first["id"].as_str().unwrap().parse().unwrap();
        for (version, default) in [(1, 1), (2, 2)] {
            let kept = world.module.definitions().version(id, version).await.unwrap().unwrap();
            assert_eq!(kept.params.schema()["properties"]["n"]["default"], default);
        }
    }
}

#[tokio::test]
async fn a_deleted_one_is_gone_and_its_name_is_free() {
    for world in worlds().await {
        let client = Client::of(&world);
        let first = saved(&client, DAILY).await;
        let (status, taken) =
            client.post("/workflow/definitions", json!({ "source": DAILY })).await;
        assert_eq!((status.as_u16(), &taken["error"]), (409, &json!("DEFINITION_NAME_TAKEN")));
        let other = saved(&client, &DAILY.replace("daily", "other")).await;
        let (status, taken) =
            client.ask(Method::PUT, &path_of(&other), json!({ "source": DAILY })).await;
        assert_eq!((status.as_u16(), &taken["error"]), (409, &json!("DEFINITION_NAME_TAKEN")));

        let path = path_of(&first);
        let (status, _) = client.ask(Method::DELETE, &path, json!({})).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(outbox(&world, "deleted").await, 1);
        assert_eq!(client.get(&path).await.0, StatusCode::NOT_FOUND);
        assert_eq!(client.ask(Method::DELETE, &path, json!({})).await.0, StatusCode::NOT_FOUND);
        let again = json!({ "source": DAILY });
        assert_eq!(client.ask(Method::PUT, &path, again).await.0, StatusCode::NOT_FOUND);
        let wanted = json!({ "definition_id": first["id"] });
        assert_eq!(client.post("/workflow/executions", wanted).await.0, StatusCode::NOT_FOUND);
        assert_eq!(world.number("SELECT COUNT(*) FROM workflow_triggers").await, 1);
        world.clock.advance(Duration::from_secs(1));
        saved(&client, DAILY).await;
        let (_, listed) = client.get("/workflow/definitions?limit=1").await;
        assert_eq!(listed["data"]["items"][0]["name"], "daily");
        let cursor = listed["data"]["next_cursor"].as_str().unwrap();
        let (_, listed) = client.get(&format!("/workflow/definitions?cursor={cursor}")).await;
        assert_eq!(listed["data"]["items"][0]["name"], "other");
        assert_eq!(listed["data"]["items"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn somebody_elses_does_not_exist() {
    for world in worlds().await {
        let definition = saved(&Client::of(&world), DAILY).await;
        let path = path_of(&definition);
        let stranger = Client::new(&world.module, world.ambient.uuid().to_string());
        assert_eq!(stranger.get(&path).await.0, StatusCode::NOT_FOUND);
        assert_eq!(stranger.get(&format!("{path}/triggers")).await.0, StatusCode::NOT_FOUND);
        let changed = json!({ "source": DAILY.replace("default: 1", "default: 3") });
        assert_eq!(stranger.ask(Method::PUT, &path, changed).await.0, StatusCode::NOT_FOUND);
        assert_eq!(stranger.ask(Method::DELETE, &path, json!({})).await.0, StatusCode::NOT_FOUND);
        let (_, listed) = stranger.get("/workflow/definitions").await;
        assert_eq!(listed["data"]["items"], json!([]));
        saved(&stranger, DAILY).await;
        let nobody = Client::new(&world.module, "nobody".to_owned());
        assert_eq!(nobody.get(&path).await.0, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_model_is_shown_as_yaml_and_means_the_same() {
    let world = worlds().await.remove(0);
    let client = Client::of(&world);
    let model = json!({
        "name": "model",
        "steps": [{ "id": "a", "uses": "script.javascript", "with": { "code": "let x = 1\nreturn x\n" } }],
    });
    let (_, reply) = client.post("/workflow/definitions", json!({ "definition": model })).await;
    let path = path_of(&reply["data"]);
    let (_, shown) = client.get(&path).await;
    assert_eq!(shown["data"]["definition"], model);
    let source = shown["data"]["source"].as_str().unwrap();
    assert!(source.contains("code: |\n        let x = 1\n"), "{source}");
    let (_, same) = client.ask(Method::PUT, &path, json!({ "source": source })).await;
    assert_eq!(same["data"]["version"], 1, "{same}");
}

#[tokio::test]
async fn faults_are_told_together_and_nothing_is_saved() {
    for world in worlds().await {
        let client = Client::of(&world);
        let source = "name: bad\nname: twice\nsteps:\n  - id: in\n    uses: test.ecko\n  - id: b\n    uses: wait.for\n    with: {duration: soon}\n    if: \"${{ params.none }}\"\n";
        let (status, refused) =
            client.post("/workflow/definitions", json!({ "source": source })).await;
        assert_eq!((status.as_u16(), &refused["error"]), (422, &json!("DEFINITION_INVALID")));
        let problems = refused["details"]["problems"].as_array().unwrap();
        let found: Vec<_> = problems
            .iter()
            .map(|problem| (problem["code"].as_str().unwrap(), problem["line"].as_u64().unwrap()))
            .collect();
        let expected = [
            ("DUPLICATE_KEY", 2),
            ("RESERVED_NAME", 4),
            ("UNKNOWN_ACTION", 5),
            ("BAD_DURATION", 8),
            ("UNKNOWN_PARAM", 9),
        ];
        assert_eq!(found, expected);
        let draft = json!({ "source": source });
        let (status, verdict) = client.post("/workflow/definitions/validate", draft).await;
        assert_eq!((status, &verdict["data"]["valid"]), (StatusCode::OK, &json!(false)));
        assert_eq!(verdict["data"]["problems"].as_array().unwrap().len(), 5);
        let (_, good) =
            client.post("/workflow/definitions/validate", json!({ "source": DAILY })).await;
        assert_eq!(good["data"], json!({ "valid": true, "problems": [] }));
        for body in [json!({}), json!({ "source": DAILY, "definition": {} }), json!({ "text": "" })]
        {
            assert_eq!(client.post("/workflow/definitions", body).await.0.as_u16(), 422);
        }
        for table in ["workflow_definitions", "workflow_versions", "workflow_triggers", "outbox"] {
            assert_eq!(world.number(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
    }
}

#[tokio::test]
async fn of_two_changes_at_once_none_is_lost_silently() {
    for world in worlds().await {
        let definition = saved(&Client::of(&world), DAILY).await;
        let id = definition["id"].as_str().unwrap().parse().unwrap();
        let who = world.principal();
        let change = |n: u32| Draft::Source(DAILY.replace("default: 1", &format!("default: {n}")));
        let changes = (5..11).map(|n| world.module.definitions().update(&who, id, change(n)));
        let results = futures::future::join_all(changes).await;
        let mut versions: Vec<_> = results.iter().flatten().map(|row| row.version).collect();
        versions.sort_unstable();
        let expected: Vec<_> = (2..).take(versions.len()).collect();
        assert_eq!(versions, expected, "each success is a version of its own");
        let is_fair = |error: &DefinitionsError| matches!(error, DefinitionsError::Changed);
        assert!(results.iter().filter_map(|result| result.as_ref().err()).all(is_fair));
        let stored = world.number("SELECT COUNT(*) FROM workflow_versions").await;
        assert_eq!(usize::try_from(stored).unwrap(), versions.len() + 1);
    }
}

#[tokio::test]
async fn actions_and_the_format_describe_themselves() {
    let world = worlds().await.remove(0);
    let client = Client::of(&world);
    let (_, actions) = client.get("/workflow/actions").await;
    let names: Vec<_> =
        actions["data"].as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
    assert!(
        names.is_sorted() && names.contains(&"wait.for") && names.contains(&"script.javascript")
    );
    let (_, schema) = client.get("/workflow/schema").await;
    let validator = jsonschema::validator_for(&schema["data"]).unwrap();
    let definition = saved(&client, DAILY).await;
    let (_, shown) = client.get(&path_of(&definition)).await;
    assert!(validator.is_valid(&shown["data"]["definition"]));
    assert!(!validator.is_valid(&json!({ "name": "a", "steps": [{ "id": "a", "uses": "none" }] })));
    let other = principal(Id::from(world.ambient.uuid()));
    let none =
        world.module.definitions().list(&other, shared_kernel::domain::PageRequest::default());
    assert!(none.await.unwrap().items.is_empty());
}

#[tokio::test]
async fn versions_are_listed_compared_and_restored() {
    for world in worlds().await {
        let client = crate::routes::Client::of(&world);
        let source = |n: u32| {
            format!("name: v\nsteps:\n  - id: a\n    uses: test.echo\n    with: {{n: {n}}}\n")
        };
        let id = world.define(&source(1)).await;
        let path = format!("/workflow/definitions/{id}");
        for n in 2..=3 {
            let body = json!({ "source": source(n) });
            let (status, answer) = client.ask(axum::http::Method::PUT, &path, body).await;
            assert!(status.is_success(), "{answer}");
        }
        let (_, first) = client.get(&format!("{path}/versions?limit=2")).await;
        let numbers = |answer: &serde_json::Value| {
            let items = answer["data"]["items"].as_array().unwrap();
            items.iter().map(|item| item["version"].as_u64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(numbers(&first), [3, 2]);
        let cursor = first["data"]["next_cursor"].as_str().unwrap();
        let (_, rest) = client.get(&format!("{path}/versions?limit=2&cursor={cursor}")).await;
        assert_eq!(numbers(&rest), [1], "{}", world.name);
        let (_, diff) = client.get(&format!("{path}/diff?from=1&to=3")).await;
        assert_eq!(
            diff["data"]["changes"],
            json!([{ "path": "steps.a.with.n", "before": 1, "after": 3 }])
        );
        let text = diff["data"]["text"].as_str().unwrap();
        assert!(text.contains("-    with: {n: 1}\n+    with: {n: 3}\n"), "{text}");
        let (_, restored) = client.post(&format!("{path}/versions/1/restore"), json!({})).await;
        assert_eq!(restored["data"]["version"], json!(4), "{restored}");
        let (_, newest) = client.get(&format!("{path}/versions/4")).await;
        assert_eq!(newest["data"]["source"], json!(source(1)));
        for missing in ["/versions/9", "/diff?from=1&to=9"] {
            let (status, _) = client.get(&format!("{path}{missing}")).await;
            assert_eq!(status, axum::http::StatusCode::NOT_FOUND, "{missing}");
        }
        let stranger = crate::routes::Client::new(&world.module, world.ambient.uuid().to_string());
        let (status, _) = stranger.get(&format!("{path}/versions")).await;
        assert_eq!(status, axum::http::StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_draft_is_held_against_the_version_it_was_made_from() {
    for world in worlds().await {
        let client = Client::of(&world);
        let source = |n: u32| {
            format!("name: v\nsteps:\n  - id: a\n    uses: test.echo\n    with: {{n: {n}}}\n")
        };
        let path = format!("/workflow/definitions/{}", world.define(&source(1)).await);
        let more = source(2) + "  - id: b\n    uses: test.echo\n";
        let draft = json!({ "source": more, "from": 1 });
        let (_, held) = client.post(&format!("{path}/diff"), draft.clone()).await;
        let text = held["data"]["text"].as_str().unwrap();
        assert!(
            text.contains("--- version 1\n+++ draft\n") && text.contains("+  - id: b\n"),
            "{text}"
        );
        assert_eq!((&held["data"]["from"], &held["data"]["newest"]), (&json!(1), &json!(1)));
        assert_eq!(held["data"]["changes"][0]["path"], json!("steps.a.with.n"));
        assert_eq!(held["data"]["changes"][1]["path"], json!("steps.b"));
        // Somebody else saves meanwhile.
        let theirs = json!({ "source": source(3) });
        client.ask(axum::http::Method::PUT, &path, theirs).await;
        let (_, held) = client.post(&format!("{path}/diff"), draft.clone()).await;
        assert_eq!(held["data"]["newest"], json!(2), "{}", world.name);
        let (status, refused) = client.ask(axum::http::Method::PUT, &path, draft).await;
        assert_eq!((status.as_u16(), &refused["error"]), (409, &json!("DEFINITION_CHANGED")));
        let (_, kept) = client.get(&path).await;
        assert_eq!(kept["data"]["source"], json!(source(3)), "theirs is not lost");
        let knowing = json!({ "source": more, "from": 2, "message": "  Both of us  " });
        let (_, saved) = client.ask(axum::http::Method::PUT, &path, knowing).await;
        assert_eq!(saved["data"]["version"], json!(3), "{saved}");
        for (body, code) in [
            (json!({ "source": "steps: [", "from": 1 }), "DEFINITION_INVALID"),
            (json!({ "from": 1 }), "VALIDATION_ERROR"),
            (json!({ "source": more, "from": 9 }), "NOT_FOUND"),
        ] {
            let (_, answer) = client.post(&format!("{path}/diff"), body).await;
            assert_eq!(answer["error"], json!(code));
        }
    }
}

#[tokio::test]
async fn what_was_said_of_a_version_stands_in_the_list() {
    for world in worlds().await {
        let client = Client::of(&world);
        let id = world.define(DAILY).await;
        let path = format!("/workflow/definitions/{id}");
        let source = DAILY.replace("default: 1", "default: 2");
        let said = json!({ "source": source, "message": " One more page\n" });
        client.ask(axum::http::Method::PUT, &path, said).await;
        let source = DAILY.replace("default: 1", "default: 3");
        let blank = json!({ "source": source, "message": " " });
        client.ask(axum::http::Method::PUT, &path, blank).await;
        let (_, versions) = client.get(&format!("{path}/versions")).await;
        let messages = versions["data"]["items"].as_array().unwrap().iter();
        let messages: Vec<_> = messages.map(|item| item["message"].clone()).collect();
        assert_eq!(messages, [json!(null), json!("One more page"), json!(null)], "{}", world.name);
        let long = json!({ "source": DAILY, "message": "x".repeat(501) });
        let (status, _) = client.ask(axum::http::Method::PUT, &path, long).await;
        assert_eq!(status.as_u16(), 422);
    }
}

#[tokio::test]
async fn the_list_tells_how_the_last_executions_of_each_went() {
    for world in worlds().await {
        let client = Client::of(&world);
        let daily = world.define(DAILY).await;
        let failing =
            world.define("{name: bad, steps: [{id: a, uses: test.fail, with: {}}]}").await;
        let idle = world.define(&DAILY.replace("name: daily", "name: idle")).await;
        let worker = world.worker(quick());
        let mut last = Vec::new();
        for _ in 0..12 {
            world.clock.advance(Duration::from_secs(1));
            last.push(world.start(daily).await);
        }
        for id in &last {
            world.until(*id, Status::Succeeded).await;
        }
        world.until(world.start(failing).await, Status::Failed).await;
        let (_, list) = client.get("/workflow/definitions").await;
        let of = |id: uuid::Uuid| {
            let items = list["data"]["items"].as_array().unwrap();
            items.iter().find(|item| item["id"] == json!(id)).unwrap()
        };
        let recent = of(daily)["recent"].as_array().unwrap();
        let ids: Vec<_> = recent.iter().map(|run| run["id"].clone()).collect();
        let newest: Vec<_> = last.iter().rev().take(10).map(|id| json!(id)).collect();
        assert_eq!(ids, newest, "{}", world.name);
        assert!(recent.iter().all(|run| run["status"] == "succeeded" && run["took_ms"].is_u64()));
        assert_eq!(of(failing)["recent"][0]["status"], "failed");
        assert_eq!((&of(idle)["recent"], &of(idle)["paused"]), (&json!([]), &json!(false)));
        let (_, triggers) = client.get(&format!("/workflow/definitions/{idle}/triggers")).await;
        let trigger = triggers["data"]["items"][0]["id"].as_str().unwrap();
        client.post(&format!("/workflow/triggers/{trigger}/pause"), json!({})).await;
        let (_, list) = client.get("/workflow/definitions").await;
        let items = list["data"]["items"].as_array().unwrap();
        let paused: Vec<_> = items.iter().filter(|item| item["paused"] == true).collect();
        assert_eq!(paused.len(), 1, "{}", world.name);
        assert_eq!(paused[0]["name"], "idle");
        worker.stop().await;
    }
}
