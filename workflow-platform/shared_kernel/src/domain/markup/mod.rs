//! Readings of HTML that parsers of collected pages share.

mod depth;
mod plain;

use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node, Selector};

/// Text in these is not shown to anybody.
const HIDDEN: [&str; 4] = ["script", "style", "noscript", "template"];

/// No page of a site nests as deep.
const DEEPEST: usize = 5000;

/// The page as a tree, by the rules of the HTML standard; `None` for one that nests so deep that
/// reading it would take forever.
pub fn parse(text: &str) -> Option<Html> {
    let by_all_rules = || (depth::unclosed(text) <= DEEPEST).then(|| Html::parse_document(text));
    plain::read(text).or_else(by_all_rules)
}

/// The first element a selector finds. A selector that does not parse finds nothing.
pub fn first<'a>(within: ElementRef<'a>, selector: &str) -> Option<ElementRef<'a>> {
    let selector = Selector::parse(selector).ok()?;
    within.select(&selector).next()
}

/// All elements a selector finds, in the order of the page.
pub fn all<'a>(within: ElementRef<'a>, selector: &str) -> Vec<ElementRef<'a>> {
    let Ok(selector) = Selector::parse(selector) else { return Vec::new() };
    within.select(&selector).collect()
}

/// Whether there is such an element.
pub fn has(document: &Html, selector: &str) -> bool {
    first(document.root_element(), selector).is_some()
}

/// Shown text of an element with white space folded; `None` when empty.
pub fn text_of(element: ElementRef<'_>) -> Option<String> {
    let mut text = String::new();
    shown(element, |piece| {
        text.push_str(piece);
        true
    });
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!folded.is_empty()).then_some(folded)
}

/// Shown text of the first element a selector finds.
pub fn text_at(within: ElementRef<'_>, selector: &str) -> Option<String> {
    text_of(first(within, selector)?)
}

/// Shown text line by line: `<br>`, paragraphs and line breaks part lines; empty ones go.
pub fn lines_of(element: ElementRef<'_>) -> Option<String> {
    let mut text = String::new();
    let mut hidden = 0_u32;
    for edge in element.traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) if HIDDEN.contains(&element.name()) => hidden += 1,
                Node::Element(element) if matches!(element.name(), "br" | "p" | "div" | "li") => {
                    text.push('\n');
                }
                Node::Text(piece) if hidden == 0 => text.push_str(piece),
                _ => {}
            },
            Edge::Close(node) => {
                if node.value().as_element().is_some_and(|e| HIDDEN.contains(&e.name())) {
                    hidden -= 1;
                }
            }
        }
    }
    folded_lines(&text)
}

/// Lines without the white space around them and without empty ones; `None` when none is left.
pub fn folded_lines(text: &str) -> Option<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let joined = lines.collect::<Vec<_>>().join("\n");
    (!joined.is_empty()).then_some(joined)
}

/// An attribute without the white space around it; `None` when empty.
pub fn attribute(element: ElementRef<'_>, name: &str) -> Option<String> {
    let value = element.attr(name)?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// The content of the first `<meta>` of the name that has one; sites write `property` and `name`.
pub fn meta(document: &Html, name: &str) -> Option<String> {
    metas(document, name).into_iter().next()
}

/// The contents of all `<meta>` of the name.
pub fn metas(document: &Html, name: &str) -> Vec<String> {
    let selector = format!("meta[property='{name}'], meta[name='{name}']");
    let found = all(document.root_element(), &selector);
    found.into_iter().filter_map(|element| attribute(element, "content")).collect()
}

/// The digits that follow a mark: `digits_after("/book/12/", "/book/")` is `12`.
pub fn digits_after(text: &str, mark: &str) -> Option<String> {
    let (_, behind) = text.split_once(mark)?;
    let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// What a person would see on a page that has little to see, without white space; `None` for a
/// page with more than `most` characters of it.
pub fn sparse_text(document: &Html, most: usize) -> Option<String> {
    let mut visible = String::new();
    let mut characters = 0;
    shown(document.root_element(), |piece| {
        for word in piece.split_whitespace() {
            characters += word.chars().count();
            visible.push_str(word);
        }
        characters <= most
    });
    (characters <= most).then_some(visible)
}

/// Hands every shown piece of text to `take`, until that has enough.
fn shown<'a>(element: ElementRef<'a>, mut take: impl FnMut(&'a str) -> bool) {
    let mut hidden = 0_u32;
    for edge in element.traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) if HIDDEN.contains(&element.name()) => hidden += 1,
                Node::Text(piece) if hidden == 0 && !take(piece) => return,
                _ => {}
            },
            Edge::Close(node) => {
                if node.value().as_element().is_some_and(|e| HIDDEN.contains(&e.name())) {
                    hidden -= 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_open_tags_is_not_read() {
        assert!(parse(&"<div>".repeat(1_000_000)).is_none());
        assert!(parse("<p>a").is_some());
    }

    #[test]
    fn only_what_is_shown_is_text() {
        let page = Html::parse_fragment("<p> a<style>b</style> <b>c</b><script>d</script>\n e</p>");
        assert_eq!(text_at(page.root_element(), "p").as_deref(), Some("a c e"));
        assert_eq!(sparse_text(&page, 3).as_deref(), Some("ace"));
        assert_eq!(sparse_text(&page, 2), None);
    }

    #[test]
    fn lines_end_where_a_person_sees_them_end() {
        let page = Html::parse_fragment("<div> a <br> <br/>b<p>c</p><i></i></div>");
        assert_eq!(lines_of(page.root_element()).as_deref(), Some("a\nb\nc"));
    }

    #[test]
    fn metas_are_found_by_either_attribute() {
        let page = Html::parse_document(
            "<meta name='og:title' content=' '><meta content='x' property='og:title'>",
        );
        assert_eq!(meta(&page, "og:title").as_deref(), Some("x"));
        assert_eq!(meta(&page, "og:url"), None);
    }
}
