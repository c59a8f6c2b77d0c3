use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use shared_kernel::domain::Timestamp;
use url::Url;

use super::{Extraction, Fields, Problem, TooDeep, extract, extract_json, extract_rows};

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

/// 10:30 of 2 March 2026 in China.
fn seen() -> Option<Timestamp> {
    "2026-03-02T02:30:00Z".parse().ok()
}

fn fields_of(html: &str, fields: Value) -> Value {
    Value::Object(extract(html, &url(), seen(), &compiled(fields, None)).unwrap().fields)
}

/// One field of a page that holds `text`.
fn cast(text: &str, mut field: Value) -> Value {
    field["selector"] = json!("p");
    fields_of(&format!("<p>{text}</p>"), json!({ "x": field }))["x"].clone()
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
    let found = extract(PAGE, &url(), None, &compiled(fields, None)).unwrap();
    assert_eq!(found.survey.title.as_deref(), Some("A shop"));
    let expected = json!({
        "heading": "Books", "prices": [1234.5, 32000.0], "count": 32000, "ids": ["1", "2"],
        "first": "http://shop.example/b/1?x=#top", "missing": null, "none": [], "stock": 0,
        "inner": "Books", "yes": true,
    });
    assert_eq!(Value::Object(found.fields), expected);
}

#[test]
fn links_are_absolute_and_each_once() {
    let found = extract(PAGE, &url(), None, &compiled(json!({}), None)).unwrap();
    let links: Vec<_> = found.survey.links.iter().map(|link| link.url.as_str()).collect();
    assert_eq!(
        links,
        ["http://shop.example/b/1?x=", "http://shop.example/list/b/2", "http://shop.example/b/1?x"]
    );
}

#[test]
fn a_page_says_what_it_is_and_what_not_to_follow() {
    let html = r#"<base href="/shop/"><link rel="alternate canonical" href="one">
        <meta name="ROBOTS" content="noindex, nofollow"><a rel="external nofollow" href="x">x</a>
        <a href="y">y</a>"#;
    let seen = extract(html, &url(), None, &compiled(json!({}), None)).unwrap().survey;
    assert_eq!(seen.canonical.unwrap().as_str(), "http://shop.example/shop/one");
    assert!(seen.nofollow && seen.noindex);
    let links: Vec<_> = seen.links.iter().map(|link| (link.url.path(), link.nofollow)).collect();
    assert_eq!(links, [("/shop/x", true), ("/shop/y", false)]);
}

#[test]
fn each_element_is_a_row_and_fields_nest() {
    let fields = json!({
        "id": { "attr": "data-id", "type": "integer" },
        "link": { "selector": "a", "fields": { "text": { "type": "string" }, "to": { "type": "url" } } },
    });
    let rows =
        extract_rows(PAGE, Some(&url()), None, &compiled(fields, Some("li"))).unwrap().records;
    assert_eq!(rows.len(), 3);
    assert_eq!(
        rows[1],
        json!({ "id": 2, "link": { "text": "Two", "to": "http://shop.example/list/b/2" } })
    );
    assert_eq!(rows[2], json!({ "id": null, "link": null }));
}

#[rstest]
#[case("约1.2万人", "integer", json!(12000))]
#[case("569.44万字", "number", json!(5_694_400.0))]
#[case("１，２３４", "integer", json!(1234))]
#[case("-7 °C", "integer", json!(-7))]
#[case("3.6亿", "integer", json!(360_000_000))]
#[case("none", "integer", json!(null))]
#[case("10万+", "count", json!({ "value": 100_000, "text": "10万+", "approximate": true, "lower_bound": true }))]
#[case("￥1,299.00", "money", json!({ "amount": "1299.00", "currency": "CNY" }))]
#[case("HK$ 88", "money", json!({ "amount": "88", "currency": "HKD" }))]
#[case("1.25万元", "money", json!({ "amount": "12500", "currency": "CNY" }))]
#[case("-$ 0.5万", "money", json!({ "amount": "5000", "currency": "USD" }))]
#[case("12.5 EUR", "money", json!({ "amount": "12.5", "currency": "EUR" }))]
#[case("42", "money", json!({ "amount": "42", "currency": null }))]
#[case("否", "boolean", json!(false))]
#[case("2 hours", "boolean", json!(true))]
#[case("3小时前", "datetime", json!("2026-03-01T23:30:00.000000Z"))]
#[case("昨天 15:04", "datetime", json!("2026-03-01T07:04:00.000000Z"))]
#[case("2025年1月9日", "date", json!("2025-01-09"))]
#[case("刚刚", "date", json!("2026-03-02"))]
#[case("Fri, 02 Jan 2026 10:00:00 +0000", "datetime", json!("2026-01-02T10:00:00.000000Z"))]
#[case("soon", "date", json!(null))]
#[case(r#"{"a":[1]}"#, "json", json!({ "a": [1] }))]
fn a_text_becomes_what_is_wanted(#[case] text: &str, #[case] kind: &str, #[case] value: Value) {
    assert_eq!(cast(text, json!({ "type": kind })), value);
}

#[test]
fn dates_have_forms_and_offsets() {
    let field = json!({ "type": "date", "format": "%d.%m.%Y" });
    assert_eq!(cast("31.12.2025", field), json!("2025-12-31"));
    let field = json!({ "type": "datetime", "format": "%m/%d/%Y %H:%M", "utc_offset": "-05:00" });
    assert_eq!(cast("01/02/2026 20:00", field), json!("2026-01-03T01:00:00.000000Z"));
    let field = json!({ "type": "datetime", "utc_offset": "Z" });
    assert_eq!(cast("2026-01-02 20:00", field.clone()), json!("2026-01-02T20:00:00.000000Z"));
    assert_eq!(cast("昨天 20:00", field.clone()), json!("2026-03-01T20:00:00.000000Z"));
    assert_eq!(cast("1761721445", field), json!("2025-10-29T07:04:05.000000Z"));
}

#[test]
fn a_pattern_picks_a_part_of_the_text() {
    let field = json!({ "regex": "第(\\d+)章", "type": "integer" });
    assert_eq!(cast("更新至 第128章 大结局", field.clone()), json!(128));
    assert_eq!(cast("更新至大结局", field), json!(null));
    assert_eq!(cast("a1b22", json!({ "regex": "\\d{2}" })), json!("22"));
}

const SCRIPTS: &str = r#"<script>var other = {"a":1}; window.__STATE__ == 3;</script>
<script>window.__STATE__ = {note: {views: '1.2万', tags: [{name: "a"}, {name: "b"}], gone: undefined}};</script>
<script>window.TEXT=JSON.parse("{\"deep\":{\"n\":7}}")</script>
<script id=data type="application/json">{"items":[{"id":1,"at":"2026-01-02"},{"id":"x"}]}</script>
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebPage"},
{"@type":["Product","Thing"],"sku":"S1","offers":{"price":"12.50"}}]}</script>"#;

#[test]
fn json_is_read_out_of_scripts() {
    let fields = json!({
        "views": { "variable": "window.__STATE__", "json": "$.note.views", "type": "integer" },
        "tags": { "variable": "window.__STATE__", "json": "$.note.tags[*].name", "list": true },
        "deep": { "variable": "window.TEXT", "json": "$.deep" },
        "other": { "variable": "other", "json": "$.a" },
        "items": { "selector": "#data", "json": "$.items[*]", "list": true,
                   "fields": { "id": { "json": "$.id", "type": "integer" }, "at": { "json": "$.at", "type": "date" } } },
        "price": { "json_ld": "Product", "json": "$.offers.price", "type": "number" },
        "none": { "json_ld": "Recipe", "json": "$.name" },
        "missing": { "variable": "window.NOTHING", "json": "$.a", "default": "-" },
    });
    let found = extract(SCRIPTS, &url(), seen(), &compiled(fields, None)).unwrap();
    let expected = json!({
        "deep": { "n": 7 }, "items": [{ "at": "2026-01-02", "id": 1 }, { "at": null, "id": null }],
        "missing": "-", "none": null, "other": 1, "price": 12.5, "tags": ["a", "b"], "views": 12000,
    });
    assert_eq!(Value::Object(found.fields), expected);
    let told = Problem {
        path: "items[1].id".to_owned(),
        message: "\"x\" is no integer".to_owned(),
        missing: false,
    };
    assert_eq!(found.problems, [told]);
}

#[test]
fn json_alone_is_read_by_paths() {
    let data = json!({ "list": [{ "n": "1.5万", "u": "/a" }, { "n": null }, { "n": "many" }] });
    let fields = json!({
        "n": { "json": "$.n", "type": "integer", "default": -1 },
        "u": { "json": "$.u", "type": "url", "required": true },
        "raw": "$.n",
    });
    let fields: Fields = serde_json::from_value(fields).unwrap();
    let extraction = Extraction::compile_json(&fields, Some("$.list[*]"), "fields").unwrap();
    let rows = extract_json(&data, Some(&url()), seen(), &extraction);
    let expected = [
        json!({ "n": 15000, "raw": "1.5万", "u": "http://shop.example/a" }),
        json!({ "n": -1, "raw": null, "u": null }),
        json!({ "n": -1, "raw": "many", "u": null }),
    ];
    assert_eq!(rows.records, expected);
    let told: Vec<_> = rows.problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(told, ["records[1].u", "records[2].n", "records[2].u"]);
}

#[rstest]
#[case(json!({ "a": { "fields": { "b": "h1[" } } }), "fields.a.fields.b", "not a CSS selector")]
#[case(json!({ "a": { "variable": "x", "json": "$.[" } }), "fields.a", "not a JSON path")]
#[case(json!({ "a": { "selector": "b", "regex": "(" } }), "fields.a", "not a regular expression")]
#[case(json!({ "a": { "json_ld": "X", "fields": { "b": "h1", "c": { "attr": "x" } } } }), "fields.a.fields.b", "not a JSON path")]
#[case(json!({ "a": { "json_ld": "X", "fields": { "c": { "attr": "x" } } } }), "fields.a.fields.c", "inside JSON")]
#[case(json!({ "a": { "selector": "b", "format": "%Y" } }), "fields.a", "format belongs")]
#[case(json!({ "a": { "selector": "b", "type": "date", "format": "%Q" } }), "fields.a", "not a form")]
#[case(json!({ "a": { "selector": "b", "utc_offset": "Mars" } }), "fields.a", "utc_offset")]
#[case(json!({ "a": { "variable": "x", "json": "$..a..b..c" } }), "fields.a", "at most")]
fn what_cannot_be_used_is_named_by_its_path(
    #[case] fields: Value,
    #[case] path: &str,
    #[case] message: &str,
) {
    let fields: Fields = serde_json::from_value(fields).unwrap();
    let error = Extraction::compile(&fields, None, "fields").unwrap_err();
    assert_eq!(error.path, path, "{error}");
    assert!(error.message.contains(message), "{error}");
}

#[test]
fn a_text_is_cut_into_words_as_it_is_shown() {
    for (html, text) in [
        ("<p>a<b>b</b> c</p>", "ab c"),
        ("<p> a <b> b</b>\n\nc </p>", "a b c"),
        ("<p>a<i> </i>b<i></i>c</p>", "a bc"),
    ] {
        assert_eq!(fields_of(html, json!({ "x": "p" }))["x"], text, "{html}");
    }
}

proptest! {
    #[test]
    fn any_page_is_read(html in "(?s).{0,300}") {
        let fields = json!({
            "a": "a", "n": { "selector": "*", "list": true, "type": "number" },
            "m": { "selector": "*", "list": true, "type": "money" },
            "t": { "selector": "*", "list": true, "type": "datetime" },
            "v": { "variable": "a", "json": "$..b" },
        });
        let _ = extract(&html, &url(), seen(), &compiled(fields, None));
    }

    #[test]
    fn a_whole_number_survives_its_text(n in -9_007_199_254_740_991_i64..9_007_199_254_740_991) {
        prop_assert_eq!(cast(&n.to_string(), json!({ "type": "integer" })), json!(n));
    }

    #[test]
    fn words_are_those_of_the_whole_text(pieces in proptest::collection::vec("[a \\n]{0,4}", 0..8)) {
        let html: String = pieces.iter().map(|piece| format!("<b>{piece}</b>")).collect();
        let text: String = pieces.concat();
        let expected = text.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(fields_of(&format!("<p>{html}</p>"), json!({ "x": "p" }))["x"].clone(), expected);
    }
}

#[test]
fn a_page_of_open_tags_is_refused_at_once() {
    for tag in ["<div>", "<b>", "<svg><g>", "<DIV>"] {
        let html = format!("<html><body>{}", tag.repeat(200_000));
        let all = compiled(json!({}), None);
        assert_eq!(extract(&html, &url(), None, &all), Err(TooDeep), "{tag}");
        assert_eq!(extract_rows(&html, None, None, &all), Err(TooDeep), "{tag}");
    }
}
