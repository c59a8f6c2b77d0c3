//! Reading the fields of one page.

use scraper::{ElementRef, Html};
use serde_json::{Map, Number, Value};
use url::Url;

use super::{Extraction, FieldType, compile::Field};
use crate::domain::address::link_target;

/// Longest text of one value, characters.
const LONGEST: usize = 200_000;

/// What a crawler wants of a page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extracted {
    pub title: Option<String>,
    pub fields: Map<String, Value>,
    /// Pages it links to, each once, in order.
    pub links: Vec<Url>,
}

/// Title, fields and links of a page at `url`.
pub fn extract(html: &str, url: &Url, extraction: &Extraction) -> Extracted {
    let page = Html::parse_document(html);
    let base = base_of(&page, url);
    let title = first(&page, "title").map(|element| words(&element));
    Extracted {
        title,
        fields: read(extraction, page.root_element(), &base),
        links: links(&page, &base),
    }
}

/// The rows of a page: one for each element of `each`, or the page as one.
pub fn extract_rows(html: &str, url: Option<&Url>, extraction: &Extraction) -> Vec<Value> {
    let page = Html::parse_document(html);
    let base = url.map(|url| base_of(&page, url));
    let base = base.unwrap_or_else(|| BLANK.clone());
    match &extraction.each {
        None => vec![Value::Object(read(extraction, page.root_element(), &base))],
        Some(each) => page
            .select(each)
            .map(|element| Value::Object(read(extraction, element, &base)))
            .collect(),
    }
}

/// Base of a page whose address is not known: relative links stay out.
static BLANK: std::sync::LazyLock<Url> = std::sync::LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a constant that a test reads")]
    Url::parse("about:blank").expect("an address")
});

fn first<'a>(page: &'a Html, name: &str) -> Option<ElementRef<'a>> {
    page.tree.nodes().filter_map(ElementRef::wrap).find(|element| element.value().name() == name)
}

fn base_of(page: &Html, url: &Url) -> Url {
    let href = first(page, "base").and_then(|base| base.value().attr("href"));
    href.and_then(|href| link_target(url, href)).unwrap_or_else(|| url.clone())
}

fn links(page: &Html, base: &Url) -> Vec<Url> {
    let mut seen = std::collections::HashSet::new();
    let elements = page.tree.nodes().filter_map(ElementRef::wrap);
    let anchors = elements.filter(|element| matches!(element.value().name(), "a" | "area"));
    anchors
        .filter_map(|anchor| link_target(base, anchor.value().attr("href")?))
        .filter(|link| seen.insert(link.clone()))
        .collect()
}

fn read(extraction: &Extraction, element: ElementRef<'_>, base: &Url) -> Map<String, Value> {
    let value = |(name, field): &(String, Field)| (name.clone(), field_value(field, element, base));
    extraction.fields.iter().map(value).collect()
}

fn field_value(field: &Field, element: ElementRef<'_>, base: &Url) -> Value {
    let one = |element: ElementRef<'_>| match &field.fields {
        Some(fields) => Some(Value::Object(read(fields, element, base))),
        None => scalar(field, element, base),
    };
    let found: Vec<Value> = match &field.selector {
        None => one(element).into_iter().collect(),
        Some(selector) if field.list => element.select(selector).filter_map(one).collect(),
        Some(selector) => element.select(selector).find_map(one).into_iter().collect(),
    };
    if found.is_empty() {
        return field.default.clone();
    }
    if field.list { Value::Array(found) } else { found.into_iter().next().unwrap_or_default() }
}

fn scalar(field: &Field, element: ElementRef<'_>, base: &Url) -> Option<Value> {
    if field.kind == FieldType::Html && field.attr.is_none() {
        return Some(Value::String(cut(&element.inner_html())));
    }
    let text = match &field.attr {
        Some(name) => element.value().attr(name)?.trim().to_owned(),
        None if field.kind == FieldType::Url => {
            let address = element.value().attr("href").or_else(|| element.value().attr("src"));
            address.map_or_else(|| words(&element), |address| address.trim().to_owned())
        }
        None => words(&element),
    };
    typed(field.kind, &text, base)
}

fn typed(kind: FieldType, text: &str, base: &Url) -> Option<Value> {
    match kind {
        FieldType::String | FieldType::Html => Some(Value::String(cut(text))),
        FieldType::Integer => number(text).map(|value| {
            #[expect(clippy::cast_possible_truncation, reason = "larger numbers saturate")]
            let whole = value.round() as i64;
            Value::from(whole)
        }),
        FieldType::Number => number(text).and_then(Number::from_f64).map(Value::Number),
        FieldType::Boolean => {
            let no = ["", "0", "false", "no", "off", "否"].contains(&text.to_lowercase().as_str());
            Some(Value::Bool(!no))
        }
        FieldType::Url => base.join(text).ok().map(|url| Value::String(url.to_string())),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// The element's text with runs of blanks as one space.
fn words(element: &ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    cut(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The first number: `1,234.5`, `12.3万`, `-7`.
fn number(text: &str) -> Option<f64> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let negative = text[..start].ends_with(['-', '−']);
    let rest = &text[start..];
    let end = rest.find(|c: char| !(c.is_ascii_digit() || ",.".contains(c))).unwrap_or(rest.len());
    let digits = rest[..end].replace(',', "");
    let value: f64 = digits.trim_end_matches('.').parse().ok()?;
    let factor = match rest[end..].chars().next() {
        Some('万') => 1e4,
        Some('亿') => 1e8,
        _ => 1.0,
    };
    Some(if negative { -value } else { value } * factor)
}
