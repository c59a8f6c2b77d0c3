use std::sync::Arc;

use serde_json::{Value, json};
use shared_kernel::{
    application::{Action, ActionError, FetchOutcome},
    domain::Owner,
    infrastructure::cpu::CpuPool,
};
use testkit::step::{HeldFiles, ScriptedSite, step};
use uuid::Uuid;

const NOTE: &str = r#"{"note":{"noteDetailMap":{"a":{"note":{"noteId":"650000000000000000000001","title":"一","tagList":[{"name":"湖"}]}}}}}"#;
const CREATOR: &str = r#"{"user":{"userPageData":{"basicInfo":{"nickname":"甲"}}}}"#;
const FEED: &str = r#"{"feed":{"feeds":[{"id":"650000000000000000000002","modelType":"note","noteCard":{"displayTitle":"二"}}]}}"#;

fn page(state: &str) -> String {
    format!("<script>window.__INITIAL_STATE__={state}</script>")
}

fn someone() -> Owner {
    Owner::new(Uuid::from_u128(1).into())
}

fn actions(site: &Arc<ScriptedSite>, files: HeldFiles) -> Vec<Arc<dyn Action>> {
    crate::actions(Arc::clone(site) as _, Arc::new(files), CpuPool::new(1))
}

async fn run(actions: &[Arc<dyn Action>], name: &str, input: Value) -> Result<Value, ActionError> {
    let action = actions.iter().find(|action| action.describe().name == name).unwrap();
    action.run(&step(someone()), input).await
}

#[tokio::test]
async fn saved_pages_are_read_without_a_fetch() {
    let actions = actions(&Arc::new(ScriptedSite::default()), HeldFiles::default());
    let note = run(&actions, "xiaohongshu.note", json!({"html": page(NOTE)})).await.unwrap();
    assert_eq!(note["title"], "一");
    let creator = run(&actions, "xiaohongshu.creator", json!({"html": CREATOR})).await.unwrap();
    assert_eq!(creator["nickname"], "甲");
    let feed = run(&actions, "xiaohongshu.feed", json!({"html": FEED})).await.unwrap();
    assert_eq!(feed["notes"][0]["title"], "二");
    let error =
        run(&actions, "xiaohongshu.note", json!({"html": "x", "url": "y"})).await.unwrap_err();
    assert_eq!(error.code, "INVALID_INPUT");
}

#[tokio::test]
async fn a_live_page_is_refused_by_robots_with_the_way_out() {
    let site = ScriptedSite::default().refusing("www.xiaohongshu.com");
    let actions = actions(&Arc::new(site), HeldFiles::default());
    let input = json!({"url": "https://www.xiaohongshu.com/explore/650000000000000000000001"});
    let error = run(&actions, "xiaohongshu.note", input).await.unwrap_err();
    assert_eq!(error.code, "ROBOTS_DENIED");
    assert!(error.message.contains("xiaohongshu.import"), "{}", error.message);
    assert_eq!(error.details["rule"], "Disallow: /");
}

#[tokio::test]
async fn where_the_operator_allows_it_a_live_page_is_read() {
    let at = "https://www.xiaohongshu.com/explore/650000000000000000000001";
    let blocked = "https://www.xiaohongshu.com/explore/650000000000000000000009";
    let site = Arc::new(ScriptedSite::default().page(at, 200, page(NOTE)).page(blocked, 461, "x"));
    let actions = actions(&site, HeldFiles::default());
    let note = run(&actions, "xiaohongshu.note", json!({"url": at})).await.unwrap();
    assert_eq!(note["note_id"], "650000000000000000000001");
    let error = run(&actions, "xiaohongshu.note", json!({"url": blocked})).await.unwrap_err();
    assert_eq!(error.code, "CHALLENGE");
    assert_eq!(site.told(), [(blocked.to_owned(), FetchOutcome::Challenge)]);
}

#[tokio::test]
async fn an_import_sorts_notes_from_creators() {
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let zip = testkit::zip([
        ("a.html", page(NOTE).as_bytes()),
        ("b.json", FEED.as_bytes()),
        ("c.html", b"<title>\xE5\xAE\x89\xE5\x85\xA8\xE9\x99\x90\xE5\x88\xB6</title>"),
    ]);
    let files = HeldFiles::of(someone()).file(one, "notes.zip", zip).file(two, "me.json", CREATOR);
    let actions = actions(&Arc::new(ScriptedSite::default()), files);
    let done = run(&actions, "xiaohongshu.import", json!({"files": [one, two]})).await.unwrap();
    assert_eq!(done["notes"].as_array().unwrap().len(), 2);
    assert_eq!(done["creators"][0]["nickname"], "甲");
    let seen: Vec<_> = done["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["page"].clone(), file["error"]["kind"].clone()))
        .collect();
    assert_eq!(
        json!(seen),
        json!([["note", null], ["feed", null], [null, "challenge"], ["creator", null]])
    );
    let elsewhere = json!({"content": NOTE, "page": "creator"});
    let done = run(&actions, "xiaohongshu.import", elsewhere).await.unwrap();
    assert_eq!(done["files"][0]["error"]["kind"], "parse_drift");
}
