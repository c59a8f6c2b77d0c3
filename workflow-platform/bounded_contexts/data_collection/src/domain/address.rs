//! One spelling for each page address.
//!
//! Two addresses that differ only in the following are one page to a crawl: letter case of scheme
//! and host, the scheme's own port, `.` and `..`, the fragment, user name and password, an empty
//! query, and the spelling of percent-encoding (RFC 3986, section 6.2). Order and names of
//! parameters count, unless the crawl is told which to drop.

use url::Url;

use super::percent;

/// Longest address that is followed, bytes.
const LONGEST: usize = 2_000;

/// Resolves a link against its page and brings it into its one spelling. `None` for what is no
/// web page.
pub fn link_target(base: &Url, href: &str) -> Option<Url> {
    let target = base.join(href.trim()).ok()?;
    normalised(target)
}

/// The same for an address that stands for itself.
pub fn normalised(mut url: Url) -> Option<Url> {
    if !matches!(url.scheme(), "http" | "https")
        || url.host_str().is_none_or(str::is_empty)
        || url.as_str().len() > LONGEST
    {
        return None;
    }
    url.set_fragment(None);
    if !url.username().is_empty() || url.password().is_some() {
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
    }
    if url.path().contains('%') {
        let path = percent::normalised(url.path());
        url.set_path(&path);
    }
    match url.query() {
        Some("") => url.set_query(None),
        Some(query) if query.contains('%') => {
            let query = percent::normalised(query);
            url.set_query(Some(&query));
        }
        _ => {}
    }
    Some(url)
}

/// Drops the parameters that `drops` names by their (still encoded) names.
pub fn without_parameters(mut url: Url, drops: impl Fn(&str) -> bool) -> Url {
    let Some(query) = url.query() else { return url };
    let name = |pair: &str| pair.split('=').next().unwrap_or_default().to_owned();
    let left: Vec<&str> = query.split('&').filter(|pair| !drops(&name(pair))).collect();
    if left.len() == query.split('&').count() {
        return url;
    }
    let left = left.join("&");
    url.set_query((!left.is_empty()).then_some(&left));
    url
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
            "//user:secret@example.com:80/a/%63.html",
            "/a/%2e/c%2Ehtml",
        ] {
            assert_eq!(target(href), page, "{href}");
        }
        for href in ["mailto:a@b.c", "javascript:void(0)", "http://", "data:text/html,x"] {
            assert_eq!(target(href), None, "{href}");
        }
        let same = [target("/%e4%bd%a0?q=%E5%a5%bd%2f"), target("/你?q=好%2F")];
        assert_eq!(same[0], same[1]);
        assert_ne!(target("/a%2Fb"), target("/a/b"), "an encoded slash is no slash");
    }

    #[test]
    fn named_parameters_are_dropped() {
        let without = |text: &str| {
            let url = Url::parse(text).unwrap();
            without_parameters(url, |name| name.starts_with("utm_") || name == "sid").to_string()
        };
        assert_eq!(without("http://a/?utm_a=1&b=2&sid&c"), "http://a/?b=2&c");
        assert_eq!(without("http://a/?sid=1"), "http://a/");
        assert_eq!(without("http://a/?b=utm_"), "http://a/?b=utm_");
    }

    proptest! {
        #[test]
        fn a_spelling_stays_as_it_is(
            host in "[a-zA-Z0-9.]{1,12}",
            rest in "(/[a-zA-Z0-9%./~*$ é你-]{0,8}){0,4}(\\?[a-z0-9%&=+/?é-]{0,12})?(#[a-z]{0,3})?",
        ) {
            if let Some(once) = Url::parse(&format!("http://{host}{rest}")).ok().and_then(normalised) {
                let twice = normalised(once.clone()).unwrap();
                prop_assert_eq!(&once, &twice);
                let read = normalised(Url::parse(once.as_str()).unwrap()).unwrap();
                prop_assert_eq!(once, read);
            }
        }
    }
}
