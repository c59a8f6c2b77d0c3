use serde_json::json;
use shared_kernel::domain::PageError;

use super::{fixtures::*, saved};
use crate::domain::{Page, parse_creator, parse_feed, recognise};

#[test]
fn a_feed_gives_its_notes_and_drops_what_is_none() {
    let notes = json!(parse_feed(&saved(&page(FEED))).unwrap());
    assert_eq!(notes.as_array().unwrap().len(), 2);
    assert_eq!(
        notes[0],
        json!({"note_id": "650000000000000000000011", "type": "video", "title": "去湖边", "desc": null,
            "author": {"user_id": "5f0000000000000000000003", "nickname": "甲", "avatar": null}, "tags": [],
            "images": [{"id": "1040g0011", "url": "http://pic.example.invalid/a/1040g0011!nc", "width": 1080, "height": 1440}],
            "video": null, "counts": {"liked": {"value": 100_000, "text": "10万+", "approximate": true, "lower_bound": true}},
            "published_at": "2026-02-27T02:30:00.000000Z", "updated_at": null, "ip_location": null, "xsec_token": "ABtoken="})
    );
    assert_eq!(notes[1]["title"], "");
}

#[test]
fn a_feed_in_a_browser_dump_is_unwrapped() {
    let rows = r#"[{"id":"650000000000000000000011","noteCard":{"displayTitle":"去湖边"}}]"#;
    let dump =
        format!(r#"{{"feed":{{"feeds":{{"__v_isRef":true,"_rawValue":[],"_value":{rows}}}}}}}"#);
    for state in [dump, rows.to_owned(), format!(r#"{{"feeds":{rows}}}"#)] {
        let notes = parse_feed(&saved(&state)).unwrap();
        assert_eq!(notes[0].title.as_deref(), Some("去湖边"), "{state}");
    }
}

#[test]
fn a_feed_is_read_from_markup_too() {
    let notes = json!(parse_feed(&saved(FEED_MARKUP)).unwrap());
    assert_eq!(notes.as_array().unwrap().len(), 1);
    assert_eq!(
        json!([
            notes[0]["note_id"],
            notes[0]["title"],
            notes[0]["author"]["user_id"],
            notes[0]["counts"]["liked"]["value"]
        ]),
        json!(["650000000000000000000011", "去湖边", "5f0000000000000000000003", 15_000])
    );
}

#[test]
fn an_empty_feed_is_empty_and_a_renamed_one_drift() {
    assert_eq!(parse_feed(&saved(&page(r#"{"feed":{"feeds":[]}}"#))).unwrap(), vec![]);
    for state in [r#"{"feed":{"list":[]}}"#, r#"{"feed":{"feeds":[{"modelType":"note","no":1}]}}"#]
    {
        assert!(matches!(parse_feed(&saved(&page(state))), Err(PageError::ParseDrift { .. })));
    }
}

#[test]
fn every_field_of_a_creator_is_read() {
    let creator = json!(parse_creator(&saved(&page(CREATOR))).unwrap());
    assert_eq!(
        json!([
            creator["user_id"],
            creator["nickname"],
            creator["red_id"],
            creator["desc"],
            creator["ip_location"],
            creator["avatar"]
        ]),
        json!([
            "5f0000000000000000000009",
            "匿名博主",
            "100200300",
            "记录生活\n每周更新",
            "湖南",
            "https://example.invalid/c.jpg"
        ])
    );
    assert_eq!(creator["tags"], json!(["湖南长沙", "摄影师"]));
    assert_eq!(
        creator["counts"],
        json!({"follows": {"value": 12, "text": "12"},
            "fans": {"value": 12_000, "text": "1.2万", "approximate": true},
            "interaction": {"value": 100_000, "text": "10万+", "approximate": true, "lower_bound": true}})
    );
    assert_eq!(creator["notes"][0]["note_id"], "650000000000000000000021");
}

#[test]
fn a_creator_in_a_browser_dump_is_unwrapped() {
    let creator = json!(parse_creator(&saved(CREATOR_DUMP)).unwrap());
    assert_eq!(
        json!([creator["red_id"], creator["notes"][0]["title"], creator["user_id"]]),
        json!(["100200300", "一", null])
    );
}

#[test]
fn a_creator_is_read_from_markup_too() {
    let creator = json!(parse_creator(&saved(CREATOR_MARKUP)).unwrap());
    assert_eq!(
        json!([
            creator["user_id"],
            creator["nickname"],
            creator["red_id"],
            creator["ip_location"],
            creator["counts"]["fans"]["value"]
        ]),
        json!(["5f0000000000000000000009", "匿名博主", "100200300", "湖南", 12_000])
    );
}

#[test]
fn a_saved_page_is_recognised_by_what_it_holds() {
    let pages = [
        (page(NOTE), Page::Note),
        (NOTE_DUMP.to_owned(), Page::Note),
        (page(MOBILE_NOTE), Page::Note),
        (NOTE_MARKUP.to_owned(), Page::Note),
        (page(FEED), Page::Feed),
        (FEED_MARKUP.to_owned(), Page::Feed),
        (page(CREATOR), Page::Creator),
        (CREATOR_DUMP.to_owned(), Page::Creator),
        (CREATOR_MARKUP.to_owned(), Page::Creator),
    ];
    for (html, kind) in pages {
        assert_eq!(recognise(&saved(&html)), Ok(kind));
    }
    assert!(matches!(
        recognise(&saved("<title>安全限制</title>")),
        Err(PageError::Challenge { .. })
    ));
    assert!(matches!(recognise(&saved("<p>别的</p>")), Err(PageError::ParseDrift { .. })));
}
