//! Why a page shows nothing. Asked only after its records were looked for in vain, so that no
//! word inside a note can make it look blocked.

use scraper::Html;
use serde_json::Value;
use shared_kernel::domain::{
    PageError, SitePage,
    markup::{has, sparse_text, text_at},
};

use super::state::{at, text, whole};

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

/// What status, server and address tell of a page that shows nothing.
pub(super) fn told(
    page: &SitePage<'_>,
    state: Option<&Value>,
    address: Option<&str>,
) -> Option<PageError> {
    by_status(page)
        .or_else(|| state.and_then(by_server_answer))
        .or_else(|| address.and_then(by_address))
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
    let info = ["note", "noteData", "user", "feed"]
        .iter()
        .find_map(|part| at(state, &[part, "serverRequestInfo"]))?;
    let code = whole(info, &["errorCode"]).or_else(|| negative(info)).unwrap_or_default();
    let message = text(info, &["errMsg"]).unwrap_or_default();
    by_code(code).or_else(|| {
        let gone = GONE_TEXTS.iter().find(|sign| message.contains(**sign))?;
        Some(PageError::gone(format!("the site's server says {gone:?}")))
    })
}

/// Some answers carry their codes with a minus.
fn negative(info: &Value) -> Option<u64> {
    at(info, &["errorCode"])?.as_i64().map(i64::unsigned_abs)
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
pub(super) fn by_sight(document: &Html) -> Option<PageError> {
    let title = text_at(document.root_element(), "title").unwrap_or_default();
    if let Some(sign) =
        ["安全限制", "Security Verification", "安全验证"].iter().find(|sign| title.contains(**sign))
    {
        return Some(PageError::challenge(format!("title {sign:?}")));
    }
    let visible = sparse_text(document, SPARSE).unwrap_or_default();
    if let Some(sign) = GONE_TEXTS.iter().find(|sign| visible.contains(**sign)) {
        return Some(PageError::gone(format!("a page without a note saying {sign:?}")));
    }
    let login = has(document, ".login-container, .login-modal, form input[type='password']");
    login.then(|| PageError::login_wall("a page without a note showing the login"))
}
