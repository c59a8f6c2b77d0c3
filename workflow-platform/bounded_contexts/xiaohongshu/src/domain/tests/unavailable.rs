use shared_kernel::domain::{PageError, SitePage};

use super::{fixtures::*, saved};
use crate::domain::{NoteRecord, Page, parse_note};

fn parse(html: &str) -> Result<NoteRecord, PageError> {
    parse_note(&saved(html))
}

#[test]
fn the_servers_answer_tells_blocks_from_missing_notes() {
    let answer = |code: i32| {
        let info = format!(r#"{{"state":"fail","errorCode":{code},"errMsg":"x"}}"#);
        parse(&page(&format!(r#"{{"note":{{"noteDetailMap":{{}},"serverRequestInfo":{info}}}}}"#)))
    };
    assert!(matches!(answer(300_012), Err(PageError::Challenge { .. })));
    assert!(matches!(answer(-300_031), Err(PageError::Gone { .. })));
    assert!(matches!(answer(0), Err(PageError::ParseDrift { .. })));
}

#[test]
fn notices_are_read_when_there_is_no_note() {
    let html = "<title>安全限制</title><p>请稍后再试</p>";
    assert!(matches!(parse(html), Err(PageError::Challenge { .. })));
    for said in ["当前笔记暂时无法浏览", "笔记不存在", "私密笔记"] {
        let html = format!("<title>小红书</title><p>{said}</p>");
        assert!(matches!(parse(&html), Err(PageError::Gone { .. })));
    }
    let html = "<title>小红书</title><div class='login-container'>登录后查看</div>";
    assert!(matches!(parse(html), Err(PageError::LoginWall { .. })));
    let html = "<title>小红书</title><p>登录</p>";
    assert!(matches!(parse(html), Err(PageError::ParseDrift { .. })));
}

#[test]
fn words_within_a_note_do_not_block_it() {
    let html = NOTE_MARKUP.replace("风很大。", "安全限制 笔记不存在 登录");
    assert!(parse(&html).is_ok());
}

#[test]
fn statuses_and_addresses_tell_of_blocks() {
    let page = |status, path: &str| {
        let url = format!("https://www.xiaohongshu.com{path}");
        let page = SitePage { url: Some(&url), status, ..SitePage::saved(b"<p>x</p>") };
        Page::ALL.map(|kind| kind.parse(&page).unwrap_err())
    };
    for error in
        page(None, "/website-login/captcha?x=1").into_iter().chain(page(Some(461), "/explore"))
    {
        assert!(matches!(error, PageError::Challenge { .. }));
    }
    for error in page(None, "/404?error_code=300031") {
        assert!(matches!(error, PageError::Gone { .. }));
    }
    for error in page(None, "/login?redirectPath=x") {
        assert!(matches!(error, PageError::LoginWall { .. }));
    }
}

#[test]
fn the_sites_front_page_is_no_note() {
    let html = r#"<title>小红书 - 你的生活兴趣社区</title><meta name="og:title" content="小红书 - 你的生活兴趣社区"><meta name="og:url" content="https://www.xiaohongshu.com/explore">"#;
    assert!(matches!(parse(html), Err(PageError::ParseDrift { .. })));
}
