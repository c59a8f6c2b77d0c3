//! Tells challenges, login walls and missing pages from healthy ones.
//!
//! Healthy pages carry `probev3.js` and `TCaptcha.js` too, so no keyword decides alone: a page
//! that shows books is never blocked, and a text counts only where there is little else to read.

use scraper::Html;
use shared_kernel::domain::{
    PageError, SitePage,
    markup::{has, sparse_text},
};

/// A block page is smaller than this.
const SMALL: usize = 8 * 1024;
/// Most visible characters a block or error page has; pages with content have more.
const SPARSE: usize = 600;

/// Marks of a page that has what people come for.
const CONTENT: &str = "script[id*='pageContext'], #rank-view-list, .rank-view-list, \
    .y-list__item, #bookName, #bookImg, #book-img-text, .book-mid-info, .catalog-volume, \
    .volume-wrap, a[class*='_chapterItem_'], meta[property^='og:novel:']";

const CHALLENGE_TEXTS: [&str; 4] = ["请完成安全验证", "访问过于频繁", "请完成验证", "安全验证"];
const GONE_TEXTS: [&str; 6] =
    ["页面不存在", "作品不存在", "书籍不存在", "作品已下架", "页面找不到了", "找不到您要的页面"];

/// What is wrong with the page before any field is looked for.
pub(super) fn check(page: &SitePage<'_>, text: &str, document: &Html) -> Result<(), PageError> {
    match page.status {
        Some(202) => return Err(PageError::challenge("status 202")),
        Some(status @ (404 | 410)) => return Err(PageError::gone(format!("status {status}"))),
        _ => {}
    }
    if let Some(sign) = page.address(text).and_then(login_address) {
        return Err(PageError::login_wall(sign));
    }
    if has(document, CONTENT) {
        return Ok(());
    }
    if page.status == Some(429) {
        return Err(PageError::challenge("status 429"));
    }
    if page.body.len() < SMALL
        && let Some(sign) = ["probe.js", "var buid"].iter().find(|sign| text.contains(**sign))
    {
        return Err(PageError::challenge(format!("a small page without books holding {sign:?}")));
    }
    let Some(visible) = sparse_text(document, SPARSE) else { return Ok(()) };
    if let Some(sign) = CHALLENGE_TEXTS.iter().find(|sign| visible.contains(**sign)) {
        return Err(PageError::challenge(format!("a page without books saying {sign:?}")));
    }
    if let Some(sign) = GONE_TEXTS.iter().find(|sign| visible.contains(**sign)) {
        return Err(PageError::gone(format!("a page without books saying {sign:?}")));
    }
    if has(document, "form input[type='password']") {
        return Err(PageError::login_wall("a page without books asking for a password"));
    }
    Ok(())
}

/// The part of a redirect's target that is the site's login.
fn login_address(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let host = url.host_str()?;
    let login = host.starts_with("passport.") || url.path().starts_with("/login");
    login.then(|| format!("redirected to {host}{}", url.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(status: Option<u16>, html: &str) -> Result<(), PageError> {
        let page = SitePage { status, ..SitePage::saved(html.as_bytes()) };
        check(&page, html, &Html::parse_document(html))
    }

    #[test]
    fn a_small_probe_page_is_a_challenge() {
        let html = "<html><script src='/probe.js'></script><script>var buid = 1</script></html>";
        assert!(matches!(verdict(None, html), Err(PageError::Challenge { .. })));
        assert!(matches!(verdict(Some(202), "<html></html>"), Err(PageError::Challenge { .. })));
    }

    #[test]
    fn healthy_pages_may_carry_the_keywords() {
        let html = r#"<script src="probev3.js"></script><script src="TCaptcha.js"></script>
            <script id="vite-plugin-ssr_pageContext" type="application/json">{}</script>
            <p>简介：访问过于频繁 probe.js 请完成安全验证</p>"#;
        assert_eq!(verdict(Some(200), html), Ok(()));
    }

    #[test]
    fn a_long_text_that_mentions_a_check_is_no_challenge() {
        let html = format!("<article>{}请完成安全验证</article>", "字".repeat(700));
        assert_eq!(verdict(Some(200), &html), Ok(()));
    }

    #[test]
    fn a_short_page_that_asks_for_a_check_is_a_challenge() {
        assert!(matches!(
            verdict(Some(200), "<title>x</title><p>请完成安全验证</p>"),
            Err(PageError::Challenge { .. })
        ));
    }

    #[test]
    fn missing_pages_and_logins_have_their_own_kinds() {
        assert!(matches!(verdict(Some(404), ""), Err(PageError::Gone { .. })));
        assert!(matches!(verdict(None, "<p>抱歉，作品已下架</p>"), Err(PageError::Gone { .. })));
        let form = "<form><input type=text><input type=password></form>";
        assert!(matches!(verdict(None, form), Err(PageError::LoginWall { .. })));
    }
}
