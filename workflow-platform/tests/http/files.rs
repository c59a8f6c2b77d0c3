//! Uploaded files: kept as they are, for their owner alone, for a while.

use reqwest::{
    Method,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE},
};
use serde_json::{Value, json};

use crate::support::{Person, Reply, TestApp};

async fn upload(person: &Person<'_>, name: &str, body: Vec<u8>, key: Option<&str>) -> Reply {
    let mut request = person.request(Method::POST, "/files").query(&[("name", name)]);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    Reply::of(request.header(CONTENT_TYPE, "text/html").body(body)).await
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_sent() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        // larger than any other body may be, and no multiple of a part
        let content: Vec<u8> = (0..5_000_003_u32).map(|n| (n % 251) as u8).collect();
        let file = upload(&ada, "榜单 1.html", content.clone(), None).await.data();
        assert_eq!(
            json!([file["name"], file["media_type"], file["bytes"]]),
            json!(["榜单 1.html", "text/html", content.len()])
        );
        let path = format!("/files/{}", file["id"].as_str().unwrap());
        assert_eq!(ada.get(&path).await.data(), file);
        let answer = ada.request(Method::GET, &format!("{path}/content")).send().await.unwrap();
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/octet-stream");
        let name = answer.headers()[CONTENT_DISPOSITION].to_str().unwrap().to_owned();
        assert_eq!(name, "attachment; filename*=UTF-8''%E6%A6%9C%E5%8D%95%201.html");
        assert!(answer.bytes().await.unwrap() == content, "{}", app.name);
        let listed = ada.get("/files").await.data();
        assert_eq!(listed["items"], json!([file]));
        let export = ada.request(Method::GET, "/users/me/export").send().await.unwrap();
        assert!(export.text().await.unwrap().contains("榜单 1.html"));
        ada.delete(&path).await.data();
        ada.get(&path).await.refused(404, "NOT_FOUND");
        ada.delete(&path).await.refused(404, "NOT_FOUND");
        assert_eq!(ada.get("/files").await.data()["items"], json!([]));
    }
}

#[tokio::test]
async fn somebody_elses_file_does_not_exist() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let eve = app.person("eve").await;
    let file = upload(&ada, "a.html", b"<p>a</p>".to_vec(), None).await.data();
    let id = file["id"].as_str().unwrap();
    for path in [format!("/files/{id}"), format!("/files/{id}/content")] {
        eve.get(&path).await.refused(404, "NOT_FOUND");
    }
    eve.delete(&format!("/files/{id}")).await.refused(404, "NOT_FOUND");
    assert_eq!(eve.get("/files").await.data()["items"], json!([]));
    let import = "name: import\nsteps:\n  - id: pages\n    uses: qidian.import\n    with: {files: [\"${{ params.file }}\"]}\nparams: {properties: {file: {type: string}}}\n";
    let ended = eve.run(import, json!({ "file": id })).await;
    assert_eq!(ended["status"], "failed", "{ended}");
    assert_eq!(ended["error"]["code"], "INVALID_INPUT", "{ended}");
}

#[tokio::test]
async fn bounds_and_names_are_kept_to() {
    let app = TestApp::with(&[("UPLOAD_MAX_BYTES", "2048"), ("UPLOAD_MAX_FILES", "2")]).await;
    let ada = app.person("ada").await;
    let details = upload(&ada, "a", vec![7; 2049], None).await.refused(413, "PAYLOAD_TOO_LARGE");
    assert_eq!(details["most_bytes"], 2048);
    for bad in ["", "a/b", "..", &"x".repeat(201)] {
        let details = upload(&ada, bad, vec![7], None).await.refused(422, "VALIDATION_ERROR");
        assert!(details["name"].is_array(), "{details}");
    }
    upload(&ada, "a", Vec::new(), None).await.refused(422, "VALIDATION_ERROR");
    upload(&ada, "a", vec![7; 2048], None).await.data();
    upload(&ada, "b", vec![7; 2048], None).await.data();
    upload(&ada, "c", vec![7], None).await.refused(409, "TOO_MANY_FILES");
}

#[tokio::test]
async fn an_upload_sent_again_under_its_key_gives_the_same_file() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let first = upload(&ada, "a.html", b"<p>a</p>".to_vec(), Some("one")).await.data();
        let again = upload(&ada, "a.html", b"<p>a</p>".to_vec(), Some("one")).await.data();
        assert_eq!(first, again, "{}", app.name);
        let other = upload(&ada, "a.html", b"<p>b</p>".to_vec(), Some("one")).await;
        other.refused(422, "IDEMPOTENCY_KEY_REUSED");
        let count = |page: Value| page["items"].as_array().unwrap().len();
        assert_eq!(count(ada.get("/files").await.data()), 1);
    }
}
