//! Why a page shows no note. Asked only after a note was looked for in vain, so that no word
//! inside a note can make it look blocked.

use scraper::{ElementRef, Html, Selector};
use serde_json::Value;
use shared_kernel::domain::{PageError, SitePage};

use super::state::{text, whole};

/// Most visible characters of a page that has nothing but a notice.
const SPARSE: usize = 1500;

const GONE_TEXTS: [&str; 7] = [
    "当前笔记暂时无法浏览",
    "笔记不存在",
    "私密笔记",
    "笔记已被删除",
    "内容无法展示",
    "你访问的页面不见了",
    "当前内容无法展示",
];

/// The best reason for the lack of a note, `missing` being what was looked for last.
pub(super) fn reason(
    page: &SitePage<'_>,
    document: &Html,
    state: Option<&Value>,
    missing: &str,
) -> PageError {
    by_status(page)
        .or_else(|| state.and_then(by_server_answer))
        .or_else(|| page.url.and_then(by_address))
        .or_else(|| by_sight(document))
        .unwrap_or_else(|| PageError::drift(missing))
}

fn by_status(page: &SitePage<'_>) -> Option<PageError> {
    match page.status? {
        status @ (461 | 471 | 429) => Some(PageError::challenge(format!("status {status}"))),
        status @ (404 | 410) => Some(PageError::gone(format!("status {status}"))),
        status @ 401 => Some(PageError::login_wall(format!("status {status}"))),
        _ => None,
    }
}

/// What the site's own server told its front end.
fn by_server_answer(state: &Value) -> Option<PageError> {
    let info = ["note", "noteData"]
        .iter()
        .find_map(|part| super::state::at(state, &[part, "serverRequestInfo"]))?;
    let code = whole(info, &["errorCode"]).unwrap_or_default();
    let message = text(info, &["errMsg"]).unwrap_or_default();
    by_code(code).or_else(|| {
        let gone = GONE_TEXTS.iter().find(|sign| message.contains(**sign))?;
        Some(PageError::gone(format!("the site's server says {gone:?}")))
    })
}

fn by_code(code: u64) -> Option<PageError> {
    match code {
        300_011..=300_013 => Some(PageError::challenge(format!("error code {code}"))),
        300_031 => Some(PageError::gone(format!("error code {code}"))),
        _ => None,
    }
}

fn by_address(url: &str) -> Option<PageError> {
    let url = url::Url::parse(url).ok()?;
    let named = |name| url.query_pairs().find(|(key, _)| key == name);
    let code =
        named("error_code").or_else(|| named("errorCode")).and_then(|(_, code)| code.parse().ok());
    if let Some(error) = code.and_then(by_code) {
        return Some(error);
    }
    let path = url.path();
    if path.starts_with("/website-login/error") || path.starts_with("/website-login/captcha") {
        return Some(PageError::challenge(format!("redirected to {path}")));
    }
    if path.starts_with("/website-login") || path == "/login" || path.starts_with("/login/") {
        return Some(PageError::login_wall(format!("redirected to {path}")));
    }
    path.starts_with("/404").then(|| PageError::gone(format!("redirected to {path}")))
}

/// What a person would see.
fn by_sight(document: &Html) -> Option<PageError> {
    let title = first_text(document, "title").unwrap_or_default();
    if let Some(sign) =
        ["安全限制", "Security Verification", "安全验证"].iter().find(|sign| title.contains(**sign))
    {
        return Some(PageError::challenge(format!("title {sign:?}")));
    }
    let visible = visible(document);
    if let Some(sign) = GONE_TEXTS.iter().find(|sign| visible.contains(**sign)) {
        return Some(PageError::gone(format!("a page without a note saying {sign:?}")));
    }
    let login = has(document, ".login-container, .login-modal, form input[type='password']");
    login.then(|| PageError::login_wall("a page without a note showing the login"))
}

fn has(document: &Html, selector: &str) -> bool {
    Selector::parse(selector).is_ok_and(|selector| document.select(&selector).next().is_some())
}

fn first_text(document: &Html, selector: &str) -> Option<String> {
    let selector = Selector::parse(selector).ok()?;
    Some(document.select(&selector).next()?.text().collect())
}

/// Visible text of a sparse page; empty for a page with much of it.
fn visible(document: &Html) -> String {
    let mut text = String::new();
    for node in document.root_element().descendants() {
        let Some(piece) = node.value().as_text() else { continue };
        let hidden = node
            .ancestors()
            .filter_map(ElementRef::wrap)
            .any(|element| matches!(element.value().name(), "script" | "style" | "noscript"));
        if !hidden {
            text.extend(piece.split_whitespace());
        }
        if text.chars().count() > SPARSE {
            return String::new();
        }
    }
    text
}
