//! One spelling for each page address.

use url::Url;

/// Resolves a link against its page and brings it into its one spelling: no fragment, no default
/// port, dots resolved, host in lower case (which `url` does), no empty query. `None` for what is
/// no web page.
pub fn link_target(base: &Url, href: &str) -> Option<Url> {
    let target = base.join(href.trim()).ok()?;
    normalised(target)
}

/// The same for an address that stands for itself.
pub fn normalised(mut url: Url) -> Option<Url> {
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return None;
    }
    url.set_fragment(None);
    if url.query() == Some("") {
        url.set_query(None);
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_page_become_one() {
        let base = Url::parse("http://Example.com:80/a/b.html?x=1").unwrap();
        let target = |href: &str| link_target(&base, href).map(|url| url.to_string());
        let page = Some("http://example.com/a/c.html".to_owned());
        for href in [
            "c.html",
            "./c.html",
            "../a/c.html",
            "/a/c.html#top",
            " c.html? ",
            "HTTP://EXAMPLE.COM/a/c.html",
        ] {
            assert_eq!(target(href), page, "{href}");
        }
        for href in ["mailto:a@b.c", "javascript:void(0)", "http://", "data:text/html,x"] {
            assert_eq!(target(href), None, "{href}");
        }
    }
}
