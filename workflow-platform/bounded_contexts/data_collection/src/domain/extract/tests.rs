use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

use super::{Extraction, Fields, extract, extract_rows};

const PAGE: &str = r#"<html><head><title> A  shop </title></head><body>
<h1 class=t>Books</h1>
<ul><li data-id=1><a href="/b/1?x=#top">One</a> <b>1,234.5 元</b></li>
<li data-id=2><a href="b/2">Two</a> <b>3.2万</b></li><li><b></b></li></ul>
<a href="mailto:x@y">mail</a><a href="/b/1?x">again</a>
</body></html>"#;

fn compiled(fields: Value, each: Option<&str>) -> Extraction {
    let fields: Fields = serde_json::from_value(fields).unwrap();
    Extraction::compile(&fields, each, "fields").unwrap()
}

fn url() -> Url {
    Url::parse("http://shop.example/list/").unwrap()
}

#[test]
fn fields_have_types_lists_attributes_and_defaults() {
    let fields = json!({
        "heading": "h1.t",
        "prices": { "selector": "b", "list": true, "type": "number" },
        "count": { "selector": "li:nth-child(2) b", "type": "integer" },
        "ids": { "selector": "li", "attr": "data-id", "list": true },
        "first": { "selector": "a", "type": "url" },
        "missing": "h6",
        "none": { "selector": "h6", "list": true },
        "stock": { "selector": "h6", "type": "integer", "default": 0 },
        "inner": { "selector": "h1", "type": "html" },
        "yes": { "selector": "h1", "type": "boolean" },
    });
    let found = extract(PAGE, &url(), &compiled(fields, None));
    assert_eq!(found.title.as_deref(), Some("A shop"));
    let expected = json!({
        "heading": "Books", "prices": [1234.5, 32000.0], "count": 32000, "ids": ["1", "2"],
        "first": "http://shop.example/b/1?x=#top", "missing": null, "none": [], "stock": 0,
        "inner": "Books", "yes": true,
    });
    assert_eq!(Value::Object(found.fields), expected);
}

#[test]
fn links_are_absolute_and_each_once() {
    let found = extract(PAGE, &url(), &compiled(json!({}), None));
    let links: Vec<_> = found.links.iter().map(Url::as_str).collect();
    assert_eq!(
        links,
        ["http://shop.example/b/1?x=", "http://shop.example/list/b/2", "http://shop.example/b/1?x"]
    );
}

#[test]
fn each_element_is_a_row_and_fields_nest() {
    let fields = json!({
        "id": { "attr": "data-id", "type": "integer" },
        "link": { "selector": "a", "fields": { "text": { "type": "string" }, "to": { "type": "url" } } },
    });
    let rows = extract_rows(PAGE, Some(&url()), &compiled(fields, Some("li")));
    assert_eq!(rows.len(), 3);
    assert_eq!(
        rows[1],
        json!({ "id": 2, "link": { "text": "Two", "to": "http://shop.example/list/b/2" } })
    );
    assert_eq!(rows[2], json!({ "id": null, "link": null }));
}

#[test]
fn a_bad_selector_is_named_by_its_path() {
    let fields: Fields =
        serde_json::from_value(json!({ "a": { "fields": { "b": "h1[" } } })).unwrap();
    let error = Extraction::compile(&fields, None, "fields").unwrap_err();
    assert_eq!(error.path, "fields.a.fields.b");
}

proptest! {
    #[test]
    fn any_page_is_read(html in "(?s).{0,300}") {
        let _ = extract(&html, &url(), &compiled(json!({ "a": "a", "n": { "selector": "*", "list": true, "type": "number" } }), None));
    }
}
