//! What a crawler sees of a page in one walk over it.

use std::collections::HashSet;

use scraper::{ElementRef, Html};
use url::Url;

use super::run::words;
use crate::domain::address::link_target;

/// Links of one page that are looked at.
const LINKS: usize = 20_000;

/// A link to another page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub url: Url,
    /// `rel="nofollow"`.
    pub nofollow: bool,
}

/// Title, links and what the page says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// What links are relative to.
    pub base: Url,
    pub title: Option<String>,
    /// Pages it links to, each once, in order.
    pub links: Vec<Link>,
    /// `<link rel="canonical">`.
    pub canonical: Option<Url>,
    /// `<meta name="robots">` asks that no link is followed.
    pub nofollow: bool,
    /// And that the page is not kept.
    pub noindex: bool,
}

impl Default for Survey {
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "a constant")]
        let base = Url::parse("about:blank").expect("an address");
        Self {
            base,
            title: None,
            links: Vec::new(),
            canonical: None,
            nofollow: false,
            noindex: false,
        }
    }
}

/// Looks at a page that came from `url`.
pub fn survey(page: &Html, url: &Url) -> Survey {
    let mut seen = Survey { base: url.clone(), ..Survey::default() };
    let mut anchors = Vec::new();
    let (mut has_base, mut canonical) = (false, None);
    for element in page.tree.nodes().filter_map(ElementRef::wrap) {
        match element.value().name() {
            "a" | "area" if anchors.len() < LINKS => anchors.push(element),
            "title" if seen.title.is_none() => seen.title = Some(words(element)),
            "base" if !has_base => {
                let target = element.value().attr("href").and_then(|href| link_target(url, href));
                if let Some(target) = target {
                    (has_base, seen.base) = (true, target);
                }
            }
            "link" if canonical.is_none() && has_word(element.value().attr("rel"), "canonical") => {
                canonical = element.value().attr("href");
            }
            "meta" => meta(element, &mut seen),
            _ => {}
        }
    }
    seen.canonical = canonical.and_then(|href| link_target(&seen.base, href));
    seen.links = links(&anchors, &seen.base);
    seen
}

fn meta(element: ElementRef<'_>, seen: &mut Survey) {
    let name = element.value().attr("name").unwrap_or_default();
    if name.eq_ignore_ascii_case("robots") {
        let content = element.value().attr("content");
        seen.nofollow |= has_word(content, "nofollow") || has_word(content, "none");
        seen.noindex |= has_word(content, "noindex") || has_word(content, "none");
    }
}

fn links(anchors: &[ElementRef<'_>], base: &Url) -> Vec<Link> {
    let mut known = HashSet::new();
    let mut links = Vec::new();
    for anchor in anchors {
        let Some(url) = anchor.value().attr("href").and_then(|href| link_target(base, href)) else {
            continue;
        };
        let nofollow = has_word(anchor.value().attr("rel"), "nofollow");
        if known.insert(url.clone()) {
            links.push(Link { url, nofollow });
        }
    }
    links
}

fn has_word(list: Option<&str>, word: &str) -> bool {
    list.is_some_and(|list| {
        list.split([' ', ',', '\t', '\n']).any(|one| one.trim().eq_ignore_ascii_case(word))
    })
}
