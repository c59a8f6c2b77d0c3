//! How deep a page nests, seen before it is parsed.
//!
//! A parser that follows the HTML standard looks up its stack of open elements for almost every
//! tag, so a page of nothing but open tags costs the square of its length. Browsers stop at a
//! depth of 512; sites stay below 100.

use std::collections::HashMap;

/// Elements that end where they begin.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements whose content is text, whatever it looks like.
const RAW: [&str; 4] = ["script", "style", "textarea", "title"];
/// No tag is longer.
const LONGEST_NAME: usize = 32;

/// Tags that are opened and not closed, at most; tags of different names are counted apart, so
/// that no end of another element makes up for one.
pub(super) fn unclosed(text: &str) -> usize {
    let mut open: HashMap<String, usize> = HashMap::new();
    let (mut now, mut most) = (0_usize, 0_usize);
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once('<') {
        rest = behind;
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let closes = rest.starts_with('/');
        let name = name(&rest[usize::from(closes)..]);
        if name.is_empty() || VOID.contains(&name.as_str()) {
            continue;
        }
        if closes {
            let of_name = open.entry(name).or_default();
            now -= usize::from(*of_name > 0);
            *of_name = of_name.saturating_sub(1);
            continue;
        }
        rest = behind_tag(rest);
        if RAW.contains(&name.as_str()) {
            rest = behind_raw(rest, &name);
            continue;
        }
        *open.entry(name).or_default() += 1;
        now += 1;
        most = most.max(now);
    }
    most
}

fn name(text: &str) -> String {
    let name =
        text.bytes().take(LONGEST_NAME).take_while(|b| b.is_ascii_alphanumeric() || *b == b'-');
    let name: String = name.map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { String::new() }
}

/// What follows the `>` of a tag; one within quotes ends nothing.
fn behind_tag(text: &str) -> &str {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return &text[at + 1..],
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    ""
}

/// What follows the end of an element of raw text.
fn behind_raw<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once("</") {
        if behind.get(..name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name)) {
            return behind;
        }
        rest = behind;
    }
    ""
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_stays_open_counts() {
        let page = "<html><head><meta><title><b></title><script>if (a<b) '<i>'</script></head>\
            <body><!-- <p><p> --><p title='<em>'>a<br></p></body></html>";
        assert_eq!(unclosed(page), 3);
        assert_eq!(unclosed(&"<div></x>".repeat(50)), 50);
        assert_eq!(unclosed(&"<li>a</li>".repeat(50)), 1);
        assert_eq!(unclosed("1 < 2 <= 3 << 4"), 0);
    }

    proptest! {
        #[test]
        fn any_text_has_a_depth(text in "[<>/!\"'a-c =-]{0,60}|\\PC{0,60}") {
            prop_assert!(unclosed(&text) <= text.len());
        }
    }
}
