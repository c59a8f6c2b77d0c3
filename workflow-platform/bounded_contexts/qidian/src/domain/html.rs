//! Small readings of HTML that every parser needs.

use scraper::{ElementRef, Html, Selector};

/// Most visible characters a block or error page has; pages with content have more.
const SPARSE: usize = 600;

/// The first element a selector finds. A selector that does not parse finds nothing.
pub(super) fn first<'a>(within: ElementRef<'a>, selector: &str) -> Option<ElementRef<'a>> {
    let selector = Selector::parse(selector).ok()?;
    within.select(&selector).next()
}

/// Whether there is such an element.
pub(super) fn has(document: &Html, selector: &str) -> bool {
    first(document.root_element(), selector).is_some()
}

/// Text of an element with white space folded; `None` when empty.
pub(super) fn text_of(element: ElementRef<'_>) -> Option<String> {
    let text = element.text().collect::<String>();
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!folded.is_empty()).then_some(folded)
}

/// What a person would see on a page that has little to see; `None` for a page with content.
pub(super) fn sparse_text(document: &Html) -> Option<String> {
    let mut visible = String::new();
    let mut characters = 0;
    for node in document.root_element().descendants() {
        let Some(text) = node.value().as_text() else { continue };
        let hidden = node.ancestors().filter_map(ElementRef::wrap).any(|element| {
            matches!(element.value().name(), "script" | "style" | "noscript" | "template")
        });
        if hidden {
            continue;
        }
        for word in text.split_whitespace() {
            characters += word.chars().count();
            visible.push_str(word);
            visible.push(' ');
        }
        if characters > SPARSE {
            return None;
        }
    }
    Some(visible)
}
