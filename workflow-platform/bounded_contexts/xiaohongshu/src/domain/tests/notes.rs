use serde_json::{Value, json};
use shared_kernel::domain::{PageError, SitePage};

use super::{fixtures::*, saved, seen_at};
use crate::domain::parse_note;

fn read(html: &str) -> Value {
    json!(parse_note(&saved(html)).unwrap())
}

#[test]
fn every_field_of_a_note_is_read() {
    assert_eq!(
        read(&page(NOTE)),
        json!({"note_id": "650000000000000000000001", "type": "video", "title": "",
            "desc": "把 undefined 写进正文，安全限制也不怕 #测试[话题]#",
            "author": {"user_id": "5f0000000000000000000002", "nickname": "匿名用户", "avatar": "https://example.invalid/a.jpg"},
            "tags": ["测试"],
            "images": [
                {"id": "1040g0001", "url": "http://pic.example.invalid/202510/abc/1040g0001!nd_dft_1", "width": 1080, "height": 1440},
                {"id": "1040g0002", "url": "http://pic.example.invalid/d/1040g0002!dft", "width": null, "height": null}],
            "video": {"url": "http://v.example.invalid/1.mp4", "codec": "h264", "width": 720, "height": 1280, "size_bytes": 123_456, "duration_ms": 15_000},
            "counts": {
                "liked": {"value": 12_000, "text": "1.2万", "approximate": true},
                "collected": {"value": 300, "text": "300"},
                "comments": {"value": 100_000, "text": "10万+", "approximate": true, "lower_bound": true}},
            "published_at": "2025-10-09T08:53:20.000000Z", "updated_at": "2025-10-09T09:03:20.000000Z",
            "ip_location": "湖南"})
    );
}

#[test]
fn a_bare_state_is_read_too() {
    let whole = read(&page(NOTE));
    assert_eq!(read(NOTE), whole);
    assert_eq!(read(&format!("window.__INITIAL_STATE__ = {NOTE};")), whole);
    assert_eq!(read(&format!(r#"{{"__INITIAL_STATE__": {NOTE}}}"#)), whole);
    let (_, map) = NOTE.split_once(r#""note":"#).unwrap();
    let (part, _) = map.split_once(r#","seen""#).unwrap();
    assert_eq!(read(part), whole, "an export of state.note alone");
    let alone = r#"{"noteId":"650000000000000000000001","title":"x"}"#;
    assert_eq!(read(alone)["title"], "x");
}

#[test]
fn values_wrapped_by_a_browser_dump_are_unwrapped() {
    let note = read(&page(NOTE_DUMP));
    assert_eq!(
        json!([note["note_id"], note["title"], note["desc"], note["author"]]),
        json!(["650000000000000000000003", "壳", "正文", null])
    );
}

#[test]
fn the_mobile_site_is_read_too() {
    let note = read(&page(MOBILE_NOTE));
    assert_eq!(
        json!([
            note["note_id"],
            note["author"]["nickname"],
            note["images"][0]["id"],
            note["counts"]["liked"]["value"]
        ]),
        json!(["650000000000000000000004", "匿名", "1040g0009", 12])
    );
}

#[test]
fn the_markup_serves_where_there_is_no_state() {
    assert_eq!(
        read(NOTE_MARKUP),
        json!({"note_id": "650000000000000000000005", "type": "normal", "title": "秋天的湖",
            "desc": "走了一圈。\n风很大。#湖",
            "author": {"user_id": "5f0000000000000000000002", "nickname": "匿名用户", "avatar": "https://example.invalid/a.jpg"},
            "tags": ["湖", "秋天"],
            "images": [
                {"id": "1040g0005", "url": "http://pic.example.invalid/202510/abc/1040g0005!nd_dft_1", "width": null, "height": null},
                {"id": "1040g0006", "url": "http://pic.example.invalid/202510/abc/1040g0006!nd_dft_1", "width": null, "height": null}],
            "video": null,
            "counts": {"liked": {"value": 12_000, "text": "1.2万", "approximate": true},
                "collected": {"value": 300, "text": "300"}, "comments": {"value": 45, "text": "45"}},
            "published_at": null, "updated_at": "2025-06-26T16:00:00.000000Z", "ip_location": "湖南"})
    );
}

#[test]
fn the_head_alone_gives_what_it_says() {
    let (head, _) = NOTE_MARKUP.split_once("</head>").unwrap();
    let note = read(head);
    assert_eq!(
        json!([note["note_id"], note["title"], note["desc"], note["author"]]),
        json!(["650000000000000000000005", "秋天的湖", "走了一圈。", null])
    );
}

#[test]
fn a_day_without_a_known_today_is_unknown_and_its_region_is_not() {
    let note = parse_note(&SitePage { seen_at: None, ..saved(NOTE_MARKUP) }).unwrap();
    assert_eq!((note.updated_at, note.ip_location.as_deref()), (None, Some("湖南")));
    let html = NOTE_MARKUP.replace("编辑于 06-27 湖南", "3天前");
    let note = parse_note(&SitePage { seen_at: seen_at(), ..saved(&html) }).unwrap();
    assert_eq!((note.published_at.is_some(), note.ip_location), (true, None));
}

#[test]
fn a_broken_state_leaves_the_markup() {
    let html = NOTE_MARKUP
        .replace("</body>", r#"<script>window.__INITIAL_STATE__={"note":{</script></body>"#);
    assert_eq!(read(&html)["title"], "秋天的湖");
    let html = page(r#"{"note":{"noteDetailMap":"#);
    assert!(matches!(parse_note(&saved(&html)), Err(PageError::ParseDrift { .. })));
}
