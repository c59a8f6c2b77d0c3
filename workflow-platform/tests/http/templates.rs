//! Workflows ready to be copied: each is valid, and runs to its end.

use std::time::Duration;

use reqwest::{
    Method,
    header::{ACCEPT_LANGUAGE, HeaderMap, HeaderValue},
};
use serde_json::{Value, json};
use workflow_platform::cli::demo::DemoWorld;

use crate::support::{Person, Reply, TestApp};

const NOTES: [(&str, &str); 3] = [
    (
        "a.html",
        r#"<script>window.__INITIAL_STATE__={"note":{"noteDetailMap":{"a":{"note":{"noteId":"650000000000000000000001","title":"一","tagList":[{"name":"湖"},{"name":"秋天"}]}}}},"x":undefined}</script>"#,
    ),
    (
        "b.json",
        r#"{"note":{"noteDetailMap":{"b":{"note":{"noteId":"650000000000000000000002","title":"二","tagList":[{"name":"湖"}]}}}}}"#,
    ),
    ("c.html", "<title>安全限制</title>"),
];

async fn source(person: &Person<'_>, name: &str) -> String {
    let template = person.get(&format!("/workflow/templates/{name}")).await.data();
    template["source"].as_str().unwrap().to_owned()
}

/// Copies a template and runs it.
async fn run(person: &Person<'_>, name: &str, params: Value) -> Value {
    let definition = person.define(&source(person, name).await).await;
    let execution = person.start(&definition, params).await;
    let ended = person.finished(&execution, Duration::from_mins(2)).await;
    assert_eq!(ended["status"], "succeeded", "{name}: {ended}");
    ended["outputs"].clone()
}

#[tokio::test]
async fn every_template_is_listed_and_valid() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let listed = ada.get("/workflow/templates").await.data();
    let names: Vec<_> =
        listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ranking-watch", "book-tracker", "new-book-radar", "note-import-tags"]);
    for name in names {
        let draft = json!({ "source": source(&ada, name).await });
        let verdict = ada.post("/workflow/definitions/validate", &draft).await.data();
        assert_eq!(verdict, json!({ "valid": true, "problems": [] }), "{name}");
    }
    ada.get("/workflow/templates/nothing").await.refused(404, "NOT_FOUND");
}

async fn told_in(person: &Person<'_>, language: &'static str, path: &str) -> Value {
    let spoken = HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(language))]);
    Reply::of(person.request(Method::GET, path).headers(spoken)).await.data()
}

/// What people read of a template, by where it stands.
fn texts(template: &Value) -> Vec<(String, String)> {
    let mut found = vec![("description".to_owned(), template["description"].clone())];
    for (name, param) in template["params"]["properties"].as_object().unwrap() {
        found.push((format!("{name}.title"), param["title"].clone()));
        if !param["description"].is_null() {
            found.push((format!("{name}.description"), param["description"].clone()));
        }
    }
    let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
    found.into_iter().map(|(place, value)| (place, text(value))).collect()
}

#[tokio::test]
async fn templates_and_their_parameters_speak_the_language_of_the_reader() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let is_chinese =
        |text: &str| text.chars().any(|char| ('\u{4e00}'..='\u{9fff}').contains(&char));
    for (language, chinese) in [("en", false), ("zh-CN", true)] {
        let listed = told_in(&ada, language, "/workflow/templates").await;
        for template in listed.as_array().unwrap() {
            let name = template["name"].as_str().unwrap();
            let whole = told_in(&ada, language, &format!("/workflow/templates/{name}")).await;
            assert_eq!(texts(&whole), texts(template), "{name}");
            let copied = whole["source"].as_str().unwrap();
            for (place, text) in texts(template) {
                assert!(!text.is_empty(), "{name}: {place} is missing");
                assert_eq!(is_chinese(&text), chinese, "{name}: {place} in {language}: {text}");
                assert!(copied.contains(&text), "{name}: {place} is not in the text");
            }
        }
    }
}

#[tokio::test]
async fn rankings_books_and_new_books_are_collected_from_a_site() {
    let app = TestApp::with(&[("OUTBOUND_ALLOW", "127.0.0.1")]).await;
    let ada = app.person("ada").await;
    let world = DemoWorld::start(app.mail_dir.parent().unwrap()).await.unwrap();
    let site = world.site.url();

    let outputs = run(&ada, "ranking-watch", json!({ "site": site, "category": "玄幻" })).await;
    assert_eq!(json!([outputs["books"], outputs["added"]]), json!([20, 20]));
    let rows = ada.records("qidian_ranking").await;
    assert_eq!(json!([rows.len(), rows[0]["category"]]), json!([20, "玄幻"]));

    let ids: Vec<_> = rows.iter().take(3).map(|row| row["book_id"].clone()).collect();
    let outputs = run(&ada, "book-tracker", json!({ "site": site, "books": ids })).await;
    assert_eq!(json!([outputs["read"], outputs["missed"]]), json!([3, 0]));
    assert!(ada.records("qidian_books").await.iter().all(|book| book["words"].is_u64()));

    let wanted = json!({ "site": site, "categories": ["科幻", "历史"] });
    let outputs = run(&ada, "new-book-radar", wanted).await;
    let found = ada.records("qidian_new_books").await;
    assert!(!found.is_empty() && outputs["added"] == found.len(), "{outputs}");
}

#[tokio::test]
async fn saved_notes_are_imported_and_their_tags_counted() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let zip = testkit::zip(NOTES.iter().map(|(name, page)| (*name, page.as_bytes())));
        let upload = ada.request(Method::POST, "/files").query(&[("name", "notes.zip")]).body(zip);
        let file = Reply::of(upload).await.data();
        let outputs = run(&ada, "note-import-tags", json!({ "files": [file["id"]] })).await;
        assert_eq!(
            outputs,
            json!({ "notes": 2, "failed": 1, "tags": [{"tag": "湖", "notes": 2}, {"tag": "秋天", "notes": 1}] }),
            "{}",
            app.name
        );
        assert_eq!(ada.records("xiaohongshu_notes").await.len(), 2);
        assert_eq!(ada.records("xiaohongshu_tags").await.len(), 2);
    }
}
