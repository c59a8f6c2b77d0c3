//! Real pages: the HTML of Debian's `postgresql-doc-15`, served by nginx.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::Path,
    time::Duration,
};

use serde_json::{Value, json};
use testkit::Nginx;

use crate::support::{Binary, Person, TestApp, eventually};

const DOCS: &str = "/usr/share/doc/postgresql-doc-15/html";

const CRAWL: &str = r#"
name: documentation
params:
  properties: {start: {type: string}}
  required: [start]
steps:
  - id: crawl
    uses: crawl.pages
    with:
      start_urls: ["${{ params.start }}"]
      max_depth: 60
      max_pages: 5000
      parallelism: 8
      extract:
        heading: {selector: "h1, h2, h3"}
        headings: {selector: "h1, h2, h3, h4", list: true}
  - id: save
    uses: dataset.upsert
    with: {dataset: documentation, key: url, records: "${{ steps.crawl.output.pages }}"}
"#;

/// What stands in a page, found without the platform's parser.
struct Expected {
    title: String,
    headings: usize,
}

/// Every page that links lead to from `index.html`, walked on the disk.
fn link_walk(root: &Path) -> BTreeMap<String, Expected> {
    let mut found = BTreeMap::new();
    let mut queue = VecDeque::from(["index.html".to_owned()]);
    while let Some(name) = queue.pop_front() {
        if found.contains_key(&name) {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(root.join(&name)) else { continue };
        queue.extend(links(&text));
        let title = between(&text, "<title>", "</title>").to_owned();
        found.insert(name, Expected { title, headings: headings(&text) });
    }
    found
}

fn links(text: &str) -> Vec<String> {
    let tags = text.split("<a ").skip(1);
    let targets = tags.filter_map(|tag| {
        let tag = tag.split('>').next()?;
        let target = tag.split("href=\"").nth(1)?.split('"').next()?;
        Some(target.split('#').next()?.to_owned())
    });
    targets.filter(|target| is_page(target)).collect()
}

/// A page beside the one that links to it.
fn is_page(target: &str) -> bool {
    !target.contains('/') && Path::new(target).extension().is_some_and(|end| end == "html")
}

/// Headings of the first four levels, by their tags.
fn headings(text: &str) -> usize {
    let tags = ["<h1", "<h2", "<h3", "<h4"];
    tags.iter().map(|tag| text.match_indices(tag).count()).sum()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let rest = text.split_once(start).map_or("", |(_, rest)| rest);
    rest.split_once(end).map_or("", |(inner, _)| inner)
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Spaces of any sort, as one.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn file_of(record: &Value) -> String {
    let url = record["url"].as_str().unwrap();
    url.rsplit('/').next().unwrap().to_owned()
}

fn assert_complete(records: &[Value], expected: &BTreeMap<String, Expected>) {
    let files: BTreeSet<_> = records.iter().map(file_of).collect();
    assert_eq!(files.len(), records.len(), "a page is stored twice");
    assert_eq!(files, expected.keys().cloned().collect(), "not the pages of the link walk");
    for record in records {
        let title = folded(&unescaped(&expected[&file_of(record)].title));
        assert_eq!(folded(record["title"].as_str().unwrap()), title, "{record}");
        let headings = record["headings"].as_array().unwrap().len();
        assert_eq!(headings, expected[&file_of(record)].headings, "{record}");
    }
}

#[tokio::test]
async fn a_crawl_finds_every_page_of_a_link_walk_once() {
    let expected = link_walk(Path::new(DOCS));
    assert!(expected.len() > 1000, "postgresql-doc-15 is installed: {}", expected.len());
    let nginx = Nginx::serving(Path::new(DOCS));
    for app in TestApp::everywhere(&[("OUTBOUND_ALLOW", &nginx.address().to_string())]).await {
        let before = nginx.requests();
        let ada = app.person("ada").await;
        let execution = start_crawl(&ada, &nginx).await;
        let ended = ada.finished(&execution, Duration::from_mins(2)).await;
        assert_eq!(ended["status"], "succeeded", "{ended}");
        assert_complete(&ada.records("documentation").await, &expected);
        for name in expected.keys() {
            let path = format!("/{name}");
            let count =
                |requests: &BTreeMap<String, usize>| requests.get(&path).copied().unwrap_or(0);
            assert_eq!(count(&nginx.requests()) - count(&before), 1, "{path} on {}", app.name);
        }
    }
}

async fn start_crawl(person: &Person<'_>, nginx: &Nginx) -> String {
    let definition = person.define(CRAWL).await;
    person.start(&definition, json!({ "start": nginx.url("/index.html") })).await
}

#[tokio::test]
async fn a_killed_server_finishes_its_crawl_after_the_restart() {
    let expected = link_walk(Path::new(DOCS));
    let nginx = Nginx::serving(Path::new(DOCS));
    let mut binary = Binary::start(&[("OUTBOUND_ALLOW", &nginx.address().to_string())]).await;
    let (execution, login) = {
        let site = binary.site();
        let ada = Person::register(&site, "ada").await;
        let execution = start_crawl(&ada, &nginx).await;
        eventually("a part of the crawl", async || {
            (nginx.requests().len() > expected.len() / 3).then_some(())
        })
        .await;
        (execution, ada.name.clone())
    };
    assert!(nginx.requests().len() < expected.len(), "the server was to be killed in the middle");
    binary.kill().await;
    let asked_before = nginx.requests();
    binary.start_again().await;
    let site = binary.site();
    let ada = Person::sign_in(&site, &login).await;
    let ended = ada.finished(&execution, Duration::from_mins(2)).await;
    assert_eq!(ended["status"], "succeeded", "{ended}");
    assert_complete(&ada.records("documentation").await, &expected);
    let again = nginx
        .requests()
        .iter()
        .filter(|(path, count)| **count > 1 && asked_before.contains_key(*path))
        .count();
    assert!(
        again * 4 < asked_before.len(),
        "{again} of {} pages were fetched again",
        asked_before.len()
    );
}
