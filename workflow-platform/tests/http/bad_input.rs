//! What is wrong is said with its place, and nothing is half done.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Person, Reply, TestApp};

async fn definitions(person: &Person<'_>) -> usize {
    person.get("/workflow/definitions").await.data()["items"].as_array().unwrap().len()
}

/// Problems of a definition that must not be saved.
async fn problems(person: &Person<'_>, source: &str) -> Vec<Value> {
    let reply = person.post("/workflow/definitions", &json!({ "source": source })).await;
    let details = reply.refused(422, "DEFINITION_INVALID");
    details["problems"].as_array().unwrap().clone()
}

const HEAD: &str = "name: bad\nsteps:\n";

#[tokio::test]
async fn every_fault_of_a_definition_is_named_with_its_line() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let cases = [
        ("name: [unclosed\n", 2),
        ("name: bad\nsteps:\n  - id: a\n    uses: no.such.action\n", 4),
        (
            "name: bad\nsteps:\n  - id: a\n    uses: wait.for\n    with: {duration: 1s}\n    needs: [b]\n  - id: b\n    uses: wait.for\n    with: {duration: 1s}\n    needs: [a]\n",
            0,
        ),
        (
            "name: bad\nsteps:\n  - id: a\n    uses: wait.for\n    with: {duration: 1s}\n    needs: [ghost]\n",
            6,
        ),
        (
            "name: bad\nsteps:\n  - id: a\n    uses: wait.for\n    with: {duration: \"${{ steps.ghost.output }}\"}\n",
            5,
        ),
        (
            "name: bad\nsteps:\n  - id: a\n    uses: dataset.upsert\n    with: {dataset: 5, key: id, records: []}\n",
            5,
        ),
        (
            "name: bad\nsteps:\n  - id: a\n    uses: wait.for\n    with: {duration: 1s}\n    if: \"${{ 1 + }}\"\n",
            6,
        ),
        ("name: bad\ntriggers:\n  - cron: \"99 * * * *\"\nsteps: []\n", 3),
        ("name: bad\nname: twice\nsteps: []\n", 2),
    ];
    for (source, line) in cases {
        let found = problems(&ada, source).await;
        assert!(!found.is_empty(), "{source}");
        for problem in &found {
            assert!(problem["code"].is_string() && problem["message"].is_string(), "{problem}");
        }
        let lines: Vec<_> = found.iter().filter_map(|problem| problem["line"].as_u64()).collect();
        assert!(line == 0 || lines.contains(&line), "{source}\nexpected line {line}: {found:?}");
    }
    assert_eq!(definitions(&ada).await, 0);
}

#[tokio::test]
async fn several_faults_are_told_together() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let source = format!(
        "{HEAD}  - id: a\n    uses: no.such\n  - id: a\n    uses: wait.for\n    with: {{duration: soon}}\n    colour: red\n"
    );
    assert!(problems(&ada, &source).await.len() >= 3);
    let reply =
        ada.post("/workflow/definitions/validate", &json!({ "source": source })).await.data();
    assert_eq!(reply["valid"], false);
}

#[tokio::test]
async fn a_thousand_levels_ten_megabytes_and_a_bomb_are_refused() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let deep_yaml = format!("name: deep\nsteps: {}{}", "[".repeat(1000), "]".repeat(1000));
    problems(&ada, &deep_yaml).await;
    let mut blocks = String::from("name: deep\nsteps:\n");
    for level in 1..1000 {
        blocks.push_str(&format!("{}a:\n", " ".repeat(level)));
    }
    problems(&ada, &blocks).await;
    let mut bomb = String::from("name: bomb\na: &a [x,x,x,x,x,x,x,x,x]\n");
    for (one, next) in "abcdefghi".chars().zip("bcdefghij".chars()) {
        bomb.push_str(&format!(
            "{next}: &{next} [*{one},*{one},*{one},*{one},*{one},*{one},*{one},*{one}]\n"
        ));
    }
    problems(&ada, &bomb).await;
    let deep_json = format!("{{\"definition\":{}1{}}}", "[".repeat(1000), "]".repeat(1000));
    let ask = ada.request(Method::POST, "/workflow/definitions");
    let ask = ask.header("content-type", "application/json").body(deep_json);
    assert!(Reply::of(ask).await.status.is_client_error());
    let large = json!({ "source": format!("name: large\n# {}\n", "x".repeat(10_000_000)) });
    ada.post("/workflow/definitions", &large).await.refused(413, "PAYLOAD_TOO_LARGE");
    assert_eq!(definitions(&ada).await, 0);
}

/// Runs one `http.request` and gives the step's error.
async fn fetch_error(person: &Person<'_>, url: &str) -> Value {
    let source = format!(
        "name: fetch\nsteps:\n  - id: get\n    uses: http.request\n    with: {{url: \"{url}\", timeout: 3}}\n"
    );
    let definition = person.define(&source).await;
    let execution = person.start(&definition, json!({})).await;
    let ended = person.finished(&execution, Duration::from_mins(1)).await;
    person.delete(&format!("/workflow/definitions/{definition}")).await.data();
    assert_eq!(ended["status"], "failed", "{url}: {ended}");
    ended["steps"][0]["error"].clone()
}

#[tokio::test]
async fn private_addresses_are_never_reached() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let own = format!("http://{}/health", app.address);
    let urls = [
        own.as_str(),
        "http://127.0.0.1:1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://localhost/",
        "http://0.0.0.0/",
    ];
    for url in urls {
        assert_eq!(fetch_error(&ada, url).await["code"], "ADDRESS_FORBIDDEN", "{url}");
    }
    for url in ["file:///etc/passwd", "gopher://example.com/", "nonsense"] {
        let code = fetch_error(&ada, url).await["code"].as_str().unwrap().to_owned();
        assert!(["BAD_URL", "INVALID_INPUT"].contains(&code.as_str()), "{url}: {code}");
    }
}

#[tokio::test]
async fn an_unreachable_site_and_a_name_that_is_none_are_told_apart() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let app = TestApp::with(&[("OUTBOUND_ALLOW", &closed.to_string())]).await;
    let ada = app.person("ada").await;
    let error = fetch_error(&ada, &format!("http://{closed}/")).await;
    assert_eq!(error["code"], "TRANSPORT_FAILED", "{error}");
    let error = fetch_error(&ada, "http://no-such-host.invalid/").await;
    assert_eq!(error["code"], "DNS_FAILED", "{error}");
}

#[tokio::test]
async fn a_page_that_robots_txt_denies_is_not_fetched() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("robots.txt"), "User-agent: *\nDisallow: /secret\n").unwrap();
    std::fs::write(folder.path().join("secret.html"), "<title>secret</title>").unwrap();
    let nginx = testkit::Nginx::serving(folder.path());
    let app = TestApp::with(&[("OUTBOUND_ALLOW", &nginx.address().to_string())]).await;
    let ada = app.person("ada").await;
    let error = fetch_error(&ada, &nginx.url("/secret.html")).await;
    assert_eq!(error["code"], "ROBOTS_DENIED", "{error}");
    assert_eq!(nginx.requests().get("/secret.html"), None);
}

#[tokio::test]
async fn a_batch_with_a_bad_record_stores_nothing() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let source = "
name: batch
steps:
  - id: make
    uses: script.javascript
    with: {code: \"return [{id: 1}, {name: 'no key'}, {id: 3}]\"}
  - id: save
    uses: dataset.upsert
    with: {dataset: batch, key: id, records: \"${{ steps.make.output }}\"}
";
        let ended = ada.run(source, json!({})).await;
        assert_eq!(ended["status"], "failed", "{}", app.name);
        let error = &ended["steps"][1]["error"];
        assert!(error.to_string().contains("records[1]"), "{error}");
        ada.get("/datasets/batch").await.refused(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn parameters_nobody_knows_are_refused() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    for path in [
        "/workflow/executions?stauts=failed",
        "/workflow/executions?limit=0",
        "/workflow/executions?limit=201",
        "/workflow/definitions?cursor=!!!",
        "/datasets?offset=3",
        "/proxy/pools?limit=x",
    ] {
        ada.get(path).await.refused(422, "VALIDATION_ERROR");
    }
}

/// PostgreSQL cannot store one, SQLite can: neither is asked to.
#[tokio::test]
async fn a_zero_character_is_an_answer_and_no_failure() {
    let source = "
name: zero
params: {additionalProperties: true}
steps:
  - id: make
    uses: script.javascript
    with:
      code: |
        const zero = String.fromCharCode(0);
        console.log('said' + zero);
        return [{id: 'k' + zero, ['f' + zero]: zero}]
  - id: save
    uses: dataset.upsert
    on_error: continue
    with: {dataset: zero, key: id, records: \"${{ steps.make.output }}\"}
";
    for app in TestApp::everywhere(&[]).await {
        let nobody = json!({ "identifier": "a\u{0}da", "password": "a long password" });
        app.post("/users/auth/login", &nobody).await.refused(401, "WRONG_CREDENTIALS");
        let ada = app.person("ada").await;
        ada.get("/datasets/ze%00ro").await.refused(404, "NOT_FOUND");
        ada.get("/datasets/ze%00ro/export?format=csv").await.refused(404, "NOT_FOUND");
        ada.delete("/datasets/ze%00ro").await.refused(404, "NOT_FOUND");
        let ended = ada.run(source, json!({ "p\u{0}": "v\u{0}" })).await;
        assert_eq!(ended["status"], "succeeded", "{} {ended}", app.name);
        assert_eq!(ended["steps"][0]["output"][0]["id"], "k\u{0}", "{}", app.name);
        assert_eq!(ended["steps"][1]["error"]["code"], "INVALID_INPUT", "{} {ended}", app.name);
    }
}
