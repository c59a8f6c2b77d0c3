//! What was collected, looked at and taken away.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{TestApp, eventually};

fn source(records: &Value) -> String {
    format!(
        "name: books\nsteps:\n  - id: make\n    uses: script.javascript\n    with: {{code: \"return input\", input: {records}}}\n  - id: save\n    uses: dataset.upsert\n    with: {{dataset: books, key: id, records: \"${{{{ steps.make.output }}}}\"}}\n"
    )
}

#[tokio::test]
async fn a_dataset_is_listed_paged_and_exported() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let records: Vec<_> = (0..250)
            .map(|id| json!({ "id": id, "title": format!("书 {id}, \"quoted\""), "tags": ["a", "b"] }))
            .collect();
        let ended = ada.run(&source(&json!(records)), json!({})).await;
        assert_eq!(ended["status"], "succeeded", "{} {ended}", app.name);
        let listed = ada.get("/datasets").await.data();
        assert_eq!(listed["items"][0]["records"], 250, "{listed}");
        assert_eq!(ada.records("books").await.len(), 250);
        let text = async |format: &str| {
            let path = format!("/datasets/books/export?format={format}");
            let response = ada.request(Method::GET, &path).send().await.unwrap();
            assert!(response.status().is_success());
            assert!(response.headers()["content-disposition"].to_str().unwrap().contains("books"));
            response.text().await.unwrap()
        };
        let lines: Vec<Value> =
            text("jsonl").await.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 250);
        let csv = text("csv").await;
        let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
        assert!(reader.headers().unwrap().iter().any(|name| name == "title"));
        assert_eq!(reader.records().map(Result::unwrap).count(), 250);
    }
}

/// Of more bytes than other requests may have.
#[tokio::test]
async fn a_file_may_be_large() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let intro = "long ".repeat(200);
    let lines: String =
        (0..5000).map(|id| format!("{{\"id\":{id},\"intro\":\"{intro}\"}}\n")).collect();
    assert!(lines.len() > 5_000_000);
    let import = ada.request(Method::POST, "/datasets/books/import?format=jsonl&key=id");
    let report: Value = import.body(lines).send().await.unwrap().json().await.unwrap();
    let told = (&report["data"]["added"], &report["data"]["bad"]);
    assert_eq!(told, (&json!(5000), &json!(0)), "{report}");
}

#[tokio::test]
async fn a_workflow_runs_when_a_dataset_changed() {
    for app in TestApp::everywhere(&[]).await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let listens = "name: listens
triggers: [{dataset: books, if: \"${{ trigger.event.payload.added > 0 }}\"}]
steps: [{id: a, uses: script.javascript, with: {code: return input, input: \"${{ trigger.event.payload }}\"}}]
outputs: {total: \"${{ steps.a.output.total }}\"}";
        let listens = [ada.define(listens).await, bob.define(listens).await];
        ada.run(&source(&json!([{ "id": 1 }, { "id": 2 }])), json!({})).await;
        let of = |definition: &str| format!("/workflow/executions?definition_id={definition}");
        let found = eventually("the listener ran", async || {
            let items = ada.get(&of(&listens[0])).await.data()["items"].clone();
            items[0]["id"].as_str().map(str::to_owned)
        })
        .await;
        let ended = ada.finished(&found, Duration::from_secs(30)).await;
        assert_eq!(ended["outputs"], json!({ "total": 2 }), "{} {ended}", app.name);
        assert_eq!(ended["trigger"]["event"]["kind"], "dataset.changed");
        assert_eq!(bob.get(&of(&listens[1])).await.data()["items"], json!([]));
    }
}

#[tokio::test]
async fn a_bad_batch_of_a_workflow_is_held_and_said_so() {
    for app in TestApp::everywhere(&[]).await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let new = json!({ "name": "books", "key": ["id"], "contract": { "least_records": 3 } });
        assert_eq!(ada.post("/datasets", &new).await.data()["contract"]["least_records"], 3);
        let ended = ada.run(&source(&json!([{ "id": 1 }])), json!({})).await;
        let output = ended["steps"][1]["output"].clone();
        assert_eq!((&output["held"], &output["added"]), (&json!(true), &json!(0)), "{output}");
        assert!(ada.records("books").await.is_empty());
        let id = output["batch_id"].as_str().unwrap();
        let release = format!("/datasets/books/held/{id}/release");
        assert_eq!(bob.post(&release, &json!({})).await.status, 404);
        assert_eq!(ada.post(&release, &json!({})).await.data()["added"], 1, "{}", app.name);
        assert_eq!(ada.post(&release, &json!({})).await.status, 409);
        let lines = ada.get("/users/me/audit").await.data();
        let of = |action: &str| {
            let all = lines["items"].as_array().unwrap().iter();
            all.filter(|line| line["action"] == action).count()
        };
        assert_eq!((of("dataset.created"), of("dataset.batch_released")), (1, 1), "{lines}");
    }
}

#[tokio::test]
async fn a_link_needs_no_login_and_is_never_kept() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let records = json!([{ "id": 1, "title": "书", "cost": 5 }]);
        let batch = json!({ "key": ["id"], "records": records });
        ada.post("/datasets/books/records", &batch).await.data();
        let wish = json!({ "label": "for all", "columns": ["title"] });
        let made = ada.post("/datasets/books/shares", &wish).await.data();
        let token = made["token"].as_str().unwrap().to_owned();
        let ask = async |path: &str| {
            let path = format!("/shared/datasets/{token}{path}");
            ada.site.request(Method::GET, &path).send().await.unwrap()
        };
        for path in ["", "/records?full=true", "/changes", "/changes.atom", "/export?format=csv"] {
            let answer = ask(path).await;
            assert!(answer.status().is_success(), "{} {path}", app.name);
            assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
            let text = answer.text().await.unwrap();
            assert!(text.contains("书") || path.is_empty(), "{path}: {text}");
            assert!(!text.contains("cost"), "{path}: {text}");
        }
        assert_eq!(ask("/records?filter=%7B%22cost%22%3A5%7D").await.status().as_u16(), 422);
        let share = format!("/datasets/books/shares/{}", made["share"]["id"].as_str().unwrap());
        ada.delete(&share).await.data();
        assert_eq!(ask("/records").await.status().as_u16(), 404, "{}", app.name);
    }
}

#[tokio::test]
async fn a_step_finds_records_again() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let records: Vec<_> = (0..30).map(|id| json!({ "id": id, "kind": id % 2 })).collect();
        let batch = json!({ "key": ["id"], "records": records });
        ada.post("/datasets/books/records", &batch).await.data();
        let finds = "name: finds
steps:
  - id: find
    uses: dataset.query
    with: {dataset: books, filter: {kind: 1, id: {gte: 10}}, sort: id, order: desc, limit: 3}
outputs: {found: \"${{ steps.find.output.records }}\", more: \"${{ steps.find.output.next_cursor != null }}\"}";
        let ended = ada.run(finds, json!({})).await;
        let ids: Vec<_> = ended["outputs"]["found"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].clone())
            .collect();
        assert_eq!(
            (ids, &ended["outputs"]["more"]),
            (vec![json!(29), json!(27), json!(25)], &json!(true))
        );
    }
}

#[tokio::test]
async fn a_second_run_changes_only_what_changed() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let first = json!([{ "id": 1, "price": 10 }, { "id": 2, "price": 20 }]);
        ada.run(&source(&first), json!({})).await;
        let second =
            json!([{ "id": 1, "price": 10 }, { "id": 2, "price": 25 }, { "id": 3, "price": 5 }]);
        let other = source(&second).replace("name: books", "name: books-again");
        let ended = ada.run(&other, json!({})).await;
        let output = &ended["steps"][1]["output"];
        let counts =
            (&output["added"], &output["unchanged"], output["changed"].as_array().unwrap().len());
        assert_eq!(counts, (&json!(1), &json!(1), 1), "{} {output}", app.name);
        assert_eq!(ada.records("books").await.len(), 3);
    }
}
