//! A note's page, of the desktop site and of the mobile one.

use std::collections::BTreeMap;

use scraper::Html;
use serde_json::Value;
use shared_kernel::domain::{PageError, SitePage};

use super::{
    block,
    record::{Author, NoteRecord},
    state::{at, count, items, millis, page_state, text, text_of_any},
    video::{images, video},
};

const COUNTS: [(&str, &str); 4] = [
    ("likedCount", "liked"),
    ("collectedCount", "collected"),
    ("commentCount", "comments"),
    ("shareCount", "shares"),
];

/// Reads a note from the page state.
pub fn parse_note(page: &SitePage<'_>) -> Result<NoteRecord, PageError> {
    let body = page.text();
    let document = Html::parse_document(&body);
    let state = match page_state(&body, &document) {
        Ok(state) => state,
        Err(unreadable) => return Err(block_or(page, &document, unreadable)),
    };
    let Some(state) = state else {
        return Err(block::reason(page, &document, None, "window.__INITIAL_STATE__"));
    };
    match find(&state).and_then(record) {
        Some(note) => Ok(note),
        None => Err(block::reason(page, &document, Some(&state), "note.noteDetailMap[…].note")),
    }
}

/// A state that cannot be read is drift only when nothing better explains the page.
fn block_or(page: &SitePage<'_>, document: &Html, unreadable: PageError) -> PageError {
    match block::reason(page, document, None, "") {
        PageError::ParseDrift { .. } => unreadable,
        better => better,
    }
}

/// The note's object, wherever this kind of page keeps it.
fn find(state: &Value) -> Option<&Value> {
    let filled = |note: &&Value| id(note).is_some();
    let desktop = || {
        let map = at(state, &["note", "noteDetailMap"])?.as_object()?;
        let first = text(state, &["note", "firstNoteId"]);
        let named = first.and_then(|id| at(map.get(&id)?, &["note"])).filter(filled);
        named.or_else(|| map.values().filter_map(|entry| at(entry, &["note"])).find(filled))
    };
    let mobile = || at(state, &["noteData", "data", "noteData"]).filter(filled);
    desktop().or_else(mobile)
}

fn id(note: &Value) -> Option<String> {
    text_of_any(note, &["noteId", "id"])
}

fn record(note: &Value) -> Option<NoteRecord> {
    let counts: BTreeMap<_, _> = COUNTS
        .iter()
        .filter_map(|(key, name)| Some(((*name).to_owned(), count(note, &["interactInfo", key])?)))
        .collect();
    Some(NoteRecord {
        note_id: id(note)?,
        kind: text(note, &["type"]),
        title: written(note, "title"),
        desc: written(note, "desc"),
        author: at(note, &["user"]).map(author),
        tags: items(note, &["tagList"]).filter_map(|tag| text(tag, &["name"])).collect(),
        images: images(note),
        video: video(note),
        counts,
        published_at: millis(note, &["time"]),
        updated_at: millis(note, &["lastUpdateTime"]),
        ip_location: text(note, &["ipLocation"]),
    })
}

/// A text as the author left it, empty ones too.
fn written(note: &Value, key: &str) -> Option<String> {
    at(note, &[key])?.as_str().map(|text| text.trim().to_owned())
}

fn author(user: &Value) -> Author {
    Author {
        user_id: text_of_any(user, &["userId", "userid"]),
        nickname: text_of_any(user, &["nickname", "nickName"]),
        avatar: text_of_any(user, &["avatar", "image"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(html: &str) -> Result<NoteRecord, PageError> {
        parse_note(&SitePage::saved(html.as_bytes()))
    }

    fn page(state: &str) -> String {
        format!(
            r#"<!doctype html><html><head><title>标题 - 小红书</title></head><body><div id="app">登录</div>
            <script>window.__INITIAL_STATE__={state}</script></body></html>"#
        )
    }

    const NOTE: &str = r#"{"global":{"appSettings":undefined},"note":{"firstNoteId":"650000000000000000000001",
        "noteDetailMap":{"650000000000000000000001":{"comments":{"list":[]},"note":{
        "noteId":"650000000000000000000001","type":"video","title":"",
        "desc":"把 undefined 写进正文，安全限制也不怕 #测试[话题]#","time":1760000000000,"lastUpdateTime":1760000600000,
        "ipLocation":"湖南","user":{"userId":"5f0000000000000000000002","nickname":"匿名用户","avatar":"https:\u002F\u002Fexample.invalid\u002Fa.jpg"},
        "tagList":[{"id":"t1","name":"测试","type":"topic"}],
        "imageList":[{"width":1080,"height":1440,"urlDefault":"http:\u002F\u002Fpic.example.invalid\u002F202510\u002Fabc\u002F1040g0001!nd_dft_1","urlPre":"x","infoList":[]},
            {"infoList":[{"imageScene":"WB_PRV","url":"http://pic.example.invalid/p/1040g0002!prv"},{"imageScene":"WB_DFT","url":"http://pic.example.invalid/d/1040g0002!dft"}]}],
        "interactInfo":{"likedCount":"1.2万","collectedCount":"300","commentCount":"10万+","shareCount":""},
        "video":{"media":{"stream":{"av1":[],"h264":[{"masterUrl":"http:\u002F\u002Fv.example.invalid\u002F1.mp4","width":720,"height":1280,"size":123456,"duration":15000}]}}}}}},
        "serverRequestInfo":{"state":"success","errorCode":0,"errMsg":""}},"seen":new Set([]),"cache":new Map([])}"#;

    #[test]
    fn every_field_of_a_note_is_read() {
        insta::assert_json_snapshot!(parse(&page(NOTE)).unwrap());
    }

    #[test]
    fn a_bare_state_is_read_too() {
        let from_page = parse(&page(NOTE)).unwrap();
        assert_eq!(parse(NOTE).unwrap(), from_page);
        assert_eq!(parse(&format!("window.__INITIAL_STATE__ = {NOTE};")).unwrap(), from_page);
    }

    #[test]
    fn values_wrapped_by_a_browser_dump_are_unwrapped() {
        let state = r#"{"note":{"noteDetailMap":{"__v_isRef":true,"_rawValue":{"650000000000000000000003":{"note":
            {"__v_isRef":true,"_rawValue":null,"_value":{"noteId":"650000000000000000000003","title":"壳"}}}},"_value":null}}}"#;
        let note = parse(&page(state)).unwrap();
        assert_eq!(
            (note.note_id.as_str(), note.title.as_deref()),
            ("650000000000000000000003", Some("壳"))
        );
        assert_eq!(note.author, None);
    }

    #[test]
    fn the_mobile_site_is_read_too() {
        let state = r#"{"noteData":{"data":{"noteData":{"noteId":"650000000000000000000004","user":{"nickName":"匿名"}}}}}"#;
        let note = parse(&page(state)).unwrap();
        assert_eq!(note.author.unwrap().nickname.as_deref(), Some("匿名"));
    }

    #[test]
    fn the_servers_answer_tells_blocks_from_missing_notes() {
        let answer = |code: u32| {
            let info = format!(r#"{{"state":"fail","errorCode":{code},"errMsg":"x"}}"#);
            parse(&page(&format!(
                r#"{{"note":{{"noteDetailMap":{{}},"serverRequestInfo":{info}}}}}"#
            )))
        };
        assert!(matches!(answer(300_012), Err(PageError::Challenge { .. })));
        assert!(matches!(answer(300_031), Err(PageError::Gone { .. })));
        assert!(matches!(answer(0), Err(PageError::ParseDrift { .. })));
    }

    #[test]
    fn notices_are_read_when_there_is_no_note() {
        let html = "<title>安全限制</title><p>请稍后再试</p>";
        assert!(matches!(parse(html), Err(PageError::Challenge { .. })));
        let html = "<title>小红书</title><p>当前笔记暂时无法浏览</p>";
        assert!(matches!(parse(html), Err(PageError::Gone { .. })));
        let html = "<title>小红书</title><div class='login-container'>登录后查看</div>";
        assert!(matches!(parse(html), Err(PageError::LoginWall { .. })));
        let html = "<title>小红书</title><p>登录</p>";
        assert!(matches!(parse(html), Err(PageError::ParseDrift { .. })));
    }

    #[test]
    fn addresses_tell_of_blocks() {
        let at = |path: &str| {
            let url = format!("https://www.xiaohongshu.com{path}");
            parse_note(&SitePage { url: Some(&url), ..SitePage::saved(b"<p>x</p>") })
        };
        assert!(matches!(at("/website-login/captcha?x=1"), Err(PageError::Challenge { .. })));
        assert!(matches!(at("/404?error_code=300031"), Err(PageError::Gone { .. })));
        assert!(matches!(at("/login?redirectPath=x"), Err(PageError::LoginWall { .. })));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = parse_note(&SitePage::saved(&bytes));
        }
    }
}
