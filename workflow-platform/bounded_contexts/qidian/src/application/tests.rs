use std::sync::Arc;

use serde_json::{Value, json};
use shared_kernel::{
    application::{Action, ActionError, FetchOutcome},
    domain::Owner,
    infrastructure::cpu::CpuPool,
};
use testkit::step::{HeldFiles, ScriptedSite, step};
use uuid::Uuid;

const FILE: Uuid = Uuid::from_u128(7);

fn page(data: &Value) -> String {
    let context = json!({"pageContext": {"pageProps": {"pageData": data}}});
    format!("<script id='vite-plugin-ssr_pageContext' type='application/json'>{context}</script>")
}

fn row(id: u64) -> Value {
    json!({"bid": id, "bName": format!("书{id}"), "bAuth": "青衫客", "rankNum": id})
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
async fn a_ranking_ends_where_the_site_repeats_itself() {
    let first = page(&json!({"records": [row(1), row(2)], "total": 100}));
    let at = "https://m.qidian.com/rank/yuepiao/catid21/";
    let site = ScriptedSite::default().page(at, 200, first.clone()).page(
        &format!("{at}?page=2"),
        200,
        first,
    );
    let actions = actions(&Arc::new(site), HeldFiles::default());
    let input = json!({"list": "yuepiao", "category": "玄幻", "pages": 3});
    let found = run(&actions, "qidian.ranking", input).await.unwrap();
    assert_eq!(
        json!([
            found["books"][1]["title"],
            found["books"][2],
            found["pages_fetched"],
            found["total"]
        ]),
        json!(["书2", null, 2, 100])
    );
}

#[tokio::test]
async fn the_overview_and_any_address_are_read() {
    let boards = page(&json!({"hotRank": [row(1)], "newbRank": [row(1)]}));
    let site = ScriptedSite::default()
        .page("https://m.qidian.com/rank/", 200, boards)
        .page("https://www.qidian.com/rank/yuepiao/", 200, "<div id='rank-view-list'><ul><li><div class='book-mid-info'><h2><a data-bid='9'>书</a></h2></div></li></ul></div>");
    let actions = actions(&Arc::new(site), HeldFiles::default());
    let overview = run(&actions, "qidian.ranking", json!({"list": "overview"})).await.unwrap();
    assert_eq!(overview["books"].as_array().unwrap().len(), 2, "one book on two boards");
    let url = json!({"url": "https://www.qidian.com/rank/yuepiao/"});
    assert_eq!(run(&actions, "qidian.ranking", url).await.unwrap()["books"][0]["book_id"], "9");
}

#[tokio::test]
async fn books_catalogs_authors_and_free_books_are_fetched() {
    let site = ScriptedSite::default()
        .page(
            "https://site.invalid/q/book/5/",
            200,
            page(&json!({"bookInfo": {"bookId": 5, "bookName": "书"}})),
        )
        .page(
            "https://m.qidian.com/book/5/catalog/",
            200,
            page(&json!({"vs": [{"vN": "卷", "cs": [{"id": 1, "cN": "章", "sS": 1}]}]})),
        )
        .page(
            "https://m.qidian.com/author/6/",
            200,
            page(&json!({"info": {"name": "青衫客"}, "allBook": [row(1)]})),
        )
        .page("https://m.qidian.com/free", 200, page(&json!({"curFree": [row(1)]})));
    let actions = actions(&Arc::new(site), HeldFiles::default());
    let input = json!({"book_id": " 5 ", "base_url": "https://site.invalid/q/"});
    assert_eq!(run(&actions, "qidian.book", input).await.unwrap()["title"], "书");
    let catalog = run(&actions, "qidian.catalog", json!({"book_id": 5})).await.unwrap();
    assert_eq!(
        json!([
            catalog["book_id"],
            catalog["chapters"][0]["book_id"],
            catalog["chapters"][0]["free"]
        ]),
        json!(["5", "5", true])
    );
    let author = run(&actions, "qidian.author", json!({"author_id": 6})).await.unwrap();
    assert_eq!(json!([author["author_id"], author["books"][0]["author_id"]]), json!(["6", "6"]));
    let free = run(&actions, "qidian.free", json!({})).await.unwrap();
    assert_eq!(free["books"][0]["book_id"], "1");
}

#[tokio::test]
async fn what_the_parser_finds_wrong_is_told_to_the_fetcher() {
    let at = "https://m.qidian.com/book/1/";
    let site = Arc::new(ScriptedSite::default().page(at, 202, "<script src='probe.js'></script>"));
    let actions = actions(&site, HeldFiles::default());
    let error = run(&actions, "qidian.book", json!({"book_id": 1})).await.unwrap_err();
    assert_eq!(error.code, "CHALLENGE");
    let gone = run(&actions, "qidian.book", json!({"book_id": 2})).await.unwrap_err();
    assert_eq!(gone.code, "GONE");
    let told = site.told();
    assert_eq!(told[0], (at.to_owned(), FetchOutcome::Challenge));
    assert_eq!(told[1].1, FetchOutcome::Gone);
}

#[tokio::test]
async fn an_import_answers_for_every_page() {
    let ranking = page(&json!({"records": [row(1), row(2)]}));
    let zip = zipped(&[
        ("榜单.html", &ranking),
        ("榜单_files/a.css", "p{}"),
        ("x/blocked.html", "<p>请完成安全验证</p>"),
    ]);
    let files = HeldFiles::of(someone()).file(FILE, "保存.zip", zip);
    let actions = actions(&Arc::new(ScriptedSite::default()), files);
    let done = run(&actions, "qidian.import", json!({"files": [FILE]})).await.unwrap();
    assert_eq!(
        json!([done["books"].as_array().unwrap().len(), done["failed"], done["skipped"]]),
        json!([2, 1, 1])
    );
    assert_eq!(
        done["files"][0],
        json!({"file": FILE, "name": "保存.zip/榜单.html", "page": "ranking", "records": 2, "error": null})
    );
    assert_eq!(done["files"][1]["error"]["kind"], "challenge");
    let text = json!({"content": page(&json!({"vs": [{"cs": [{"cN": "章", "uT": "3小时前"}]}]})), "seen_at": "2026-03-02T02:30:00Z"});
    let done = run(&actions, "qidian.import", text).await.unwrap();
    assert_eq!(done["chapters"][0]["updated_at"], "2026-03-01T23:30:00.000000Z");
}

#[tokio::test]
async fn bad_input_is_named_by_its_field() {
    let actions = actions(&Arc::new(ScriptedSite::default()), HeldFiles::default());
    let cases = [
        ("qidian.ranking", json!({}), "list"),
        ("qidian.ranking", json!({"list": "yuepiao", "pages": 9}), "pages"),
        ("qidian.ranking", json!({"list": "yuepiao", "category": "无"}), "category"),
        ("qidian.ranking", json!({"url": "ftp://x"}), "url"),
        ("qidian.book", json!({"book_id": "x"}), "book_id"),
        ("qidian.author", json!({"author_id": "-1"}), "author_id"),
        ("qidian.free", json!({"base_url": "x"}), "base_url"),
        ("qidian.import", json!({}), "content"),
        ("qidian.import", json!({"content": "x", "page": "note"}), "page"),
        ("qidian.import", json!({"files": [FILE]}), "files[0]"),
        ("qidian.import", json!({"files": ["x"]}), "with"),
    ];
    for (name, input, field) in cases {
        let error = run(&actions, name, input.clone()).await.unwrap_err();
        assert_eq!(error.code, "INVALID_INPUT", "{name} {input}");
        assert!(error.details.get(field).is_some(), "{name} {input}: {}", error.details);
    }
}

/// Entries are stored, which needs nothing but their checksums.
fn zipped(entries: &[(&str, &str)]) -> Vec<u8> {
    testkit::zip(entries.iter().map(|(name, content)| (*name, content.as_bytes())))
}
