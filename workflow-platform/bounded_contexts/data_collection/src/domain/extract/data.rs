//! JSON that stands in a page: in scripts, as literals of variables, as JSON-LD.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use scraper::{ElementRef, Html};
use serde_json::Value;
use shared_kernel::domain::parse_literal;

use super::compile::Source;

/// Most bytes of one script that are read.
const LONGEST: usize = 16 * 1024 * 1024;

/// Finds the JSON of a name.
type Reader = fn(&Html, &str) -> Option<Value>;

/// What scripts of a page hold, each read once.
#[derive(Debug, Default)]
pub(super) struct Scripts(RefCell<HashMap<String, Option<Rc<Value>>>>);

impl Scripts {
    pub fn value(&self, page: &Html, source: &Source) -> Option<Rc<Value>> {
        let (key, read): (String, Reader) = match source {
            Source::Here => return None,
            Source::Variable(name) => (format!("={name}"), variable),
            Source::JsonLd(kind) => (format!("@{kind}"), json_ld),
        };
        if let Some(known) = self.0.borrow().get(&key) {
            return known.clone();
        }
        let found = read(page, &key[1..]).map(Rc::new);
        self.0.borrow_mut().insert(key, found.clone());
        found
    }
}

fn scripts(page: &Html) -> impl Iterator<Item = ElementRef<'_>> {
    let elements = page.tree.nodes().filter_map(ElementRef::wrap);
    elements.filter(|element| element.value().name() == "script")
}

fn text_of(script: ElementRef<'_>) -> String {
    let text: String = script.text().collect();
    if text.len() > LONGEST { String::new() } else { text }
}

/// JSON, or a literal of JavaScript.
pub(super) fn json_or_literal(text: &str) -> Option<Value> {
    let text = text.trim().trim_start_matches("<!--").trim_end_matches("-->");
    serde_json::from_str(text).ok().or_else(|| parse_literal(text).ok())
}

/// The literal that the first script to do so gives the name.
fn variable(page: &Html, name: &str) -> Option<Value> {
    scripts(page).find_map(|script| assigned(&text_of(script), name))
}

fn assigned(text: &str, name: &str) -> Option<Value> {
    let part_of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
    text.match_indices(name).find_map(|(at, _)| {
        if text[..at].ends_with(part_of_name) {
            return None;
        }
        let behind = text[at + name.len()..].trim_start();
        let literal = behind.strip_prefix('=')?;
        if literal.starts_with(['=', '>']) {
            return None;
        }
        let literal = literal.trim_start();
        match literal.strip_prefix("JSON.parse(") {
            Some(inner) => match parse_literal(inner).ok()? {
                Value::String(text) => serde_json::from_str(&text).ok(),
                _ => None,
            },
            None => parse_literal(literal).ok(),
        }
    })
}

/// The first object of the type in the page's JSON-LD, `@graph` and lists looked into.
fn json_ld(page: &Html, kind: &str) -> Option<Value> {
    let marked = scripts(page).filter(|script| {
        script.value().attr("type").is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("application/ld+json")
        })
    });
    marked
        .filter_map(|script| json_or_literal(&text_of(script)))
        .find_map(|data| of_type(data, kind))
}

fn of_type(data: Value, kind: &str) -> Option<Value> {
    match data {
        Value::Array(items) => items.into_iter().find_map(|item| of_type(item, kind)),
        Value::Object(mut object) => {
            if kind == "*" || is_of_type(object.get("@type"), kind) {
                return Some(Value::Object(object));
            }
            of_type(object.remove("@graph")?, kind)
        }
        _ => None,
    }
}

fn is_of_type(found: Option<&Value>, kind: &str) -> bool {
    let is = |text: &str| text == kind || text.rsplit('/').next() == Some(kind);
    match found {
        Some(Value::String(text)) => is(text),
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).any(is),
        _ => false,
    }
}
