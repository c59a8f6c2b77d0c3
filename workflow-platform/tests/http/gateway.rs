//! The shell around the contexts, on the real application.

use serde_json::Value;

use crate::support::{Reply, TestApp};

#[tokio::test]
async fn health_names_the_parts_in_use() {
    for app in TestApp::everywhere(&[]).await {
        let ask = app.client.get(app.url("/health"));
        let data = Reply::of(ask).await.data();
        assert_eq!((&data["status"], &data["database"]), (&"healthy".into(), &"healthy".into()));
        let cache = if app.name == "sqlite" { "cache" } else { "redis" };
        assert_eq!(data[cache], "healthy", "{data}");
        assert!(data["version"].is_string() && data["timestamp"].is_string());
    }
}

#[tokio::test]
async fn every_operation_of_the_document_is_closed_to_strangers_or_public() {
    let app = TestApp::start().await;
    let mut closed = 0;
    for operation in app.operations().await.iter().filter(|one| one.is_closed()) {
        let path = operation.somewhere();
        for token in [None, Some("guess")] {
            let ask = app.request(operation.method.clone(), &path);
            let ask = token.into_iter().fold(ask, reqwest::RequestBuilder::bearer_auth);
            let body = operation.body();
            let ask = body.iter().fold(ask, reqwest::RequestBuilder::json);
            assert_eq!(Reply::of(ask).await.status, 401, "{}", operation.name());
        }
        closed += 1;
    }
    assert!(closed > 20, "only {closed} operations say that they want a token");
}

#[tokio::test]
async fn the_checked_in_document_is_fresh() {
    let app = TestApp::start().await;
    let fresh: Value =
        app.client.get(app.url("/api/openapi.json")).send().await.unwrap().json().await.unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api/openapi.json");
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(fresh == kept, "docs/api/openapi.json is stale: run `make openapi`");
}

/// What the document says of one content: nothing is wrong, or why.
fn check_example(document: &Value, content: &Value) -> Result<(), String> {
    let example = content.get("example").ok_or("has no example")?;
    let mut schema = content["schema"].clone();
    if let Some(fields) = schema.as_object_mut() {
        fields.insert("components".to_owned(), document["components"].clone());
    }
    let validator = jsonschema::validator_for(&schema).map_err(|error| error.to_string())?;
    let fault = |error: jsonschema::ValidationError| format!("{} {error}", error.instance_path());
    validator.iter_errors(example).map(fault).next().map_or(Ok(()), Err)
}

#[tokio::test]
async fn every_operation_has_examples_that_fit_it() {
    let app = TestApp::start().await;
    let document: Value =
        app.client.get(app.url("/api/openapi.json")).send().await.unwrap().json().await.unwrap();
    let mut faults = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            let bodies = operation["requestBody"]["content"].as_object().into_iter().flatten();
            let (shown, bare): (Vec<_>, Vec<_>) =
                bodies.partition(|(_, content)| content.get("example").is_some());
            if shown.is_empty() && !bare.is_empty() {
                faults.push(format!("{verb} {path}: no request has an example"));
            }
            for (kind, content) in shown {
                if let Err(fault) = check_example(&document, content) {
                    faults.push(format!("{verb} {path} request {kind}: {fault}"));
                }
            }
            let mut shown = 0;
            for (status, response) in operation["responses"].as_object().unwrap() {
                let contents = response["content"].as_object().into_iter().flatten();
                for (kind, content) in contents.filter(|(_, one)| one.get("example").is_some()) {
                    shown += 1;
                    if let Err(fault) = check_example(&document, content) {
                        faults.push(format!("{verb} {path} {status} {kind}: {fault}"));
                    }
                }
            }
            if shown == 0 {
                faults.push(format!("{verb} {path}: no answer has an example"));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
