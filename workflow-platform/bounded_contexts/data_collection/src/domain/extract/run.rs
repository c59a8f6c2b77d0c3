//! Reading the fields of one page.

use std::cell::RefCell;

use scraper::{ElementRef, Html};
use serde::Serialize;
use serde_json::{Map, Value};
use shared_kernel::domain::{Timestamp, markup};
use url::Url;

use super::{
    Extraction, FieldType,
    cast::{Around, cut},
    compile::{Each, Field, Source},
    data::{Scripts, json_or_literal},
    survey::{Survey, survey},
};

/// Most problems that are told of one page.
const TOLD: usize = 100;
/// Longest part of a text that a problem shows, characters.
const SHOWN: usize = 80;

/// Something that was asked for and is not there, or is not of its type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Such as `records[3].price`.
    pub path: String,
    pub message: String,
    /// It is required, and not there.
    #[serde(skip)]
    pub missing: bool,
}

/// What a crawler wants of a page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extracted {
    pub survey: Survey,
    pub fields: Map<String, Value>,
    pub problems: Vec<Problem>,
}

/// What stands in a page, without what a crawler would want.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    pub records: Vec<Value>,
    pub problems: Vec<Problem>,
}

/// A page of nothing but open tags, which would take hours to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the page nests too deep to be read")]
pub struct TooDeep;

/// What reading depends on beside the page.
struct Reading<'a> {
    page: Option<&'a Html>,
    scripts: Scripts,
    around: Around<'a>,
    problems: RefCell<Vec<Problem>>,
}

/// Where a value is read.
#[derive(Clone, Copy)]
enum Place<'a> {
    Element(ElementRef<'a>),
    Node(&'a Value),
}

/// Names of fields on the way to a value; written out only for a problem.
#[derive(Clone, Copy)]
enum Trail<'a> {
    Start,
    Row(usize),
    Field(&'a Trail<'a>, &'a str),
    Item(&'a Trail<'a>, usize),
}

impl Trail<'_> {
    fn text(self) -> String {
        match self {
            Self::Start => String::new(),
            Self::Row(row) => format!("records[{row}]"),
            Self::Field(Trail::Start, name) => name.to_owned(),
            Self::Field(before, name) => format!("{}.{name}", before.text()),
            Self::Item(before, item) => format!("{}[{item}]", before.text()),
        }
    }
}

/// Title, fields and links of a page at `url`.
pub fn extract(
    html: &str,
    url: &Url,
    seen_at: Option<Timestamp>,
    extraction: &Extraction,
) -> Result<Extracted, TooDeep> {
    let page = markup::parse(html).ok_or(TooDeep)?;
    let survey = survey(&page, url);
    if extraction.fields.is_empty() {
        return Ok(Extracted { survey, ..Extracted::default() });
    }
    let reading = Reading::of(Some(&page), &survey.base, seen_at);
    let fields = reading.fields(extraction, Place::Element(page.root_element()), Trail::Start);
    let problems = reading.problems.into_inner();
    Ok(Extracted { survey, fields, problems })
}

/// The rows of a page: one for each element of `each`, or the page as one.
pub fn extract_rows(
    html: &str,
    url: Option<&Url>,
    seen_at: Option<Timestamp>,
    extraction: &Extraction,
) -> Result<Rows, TooDeep> {
    let page = markup::parse(html).ok_or(TooDeep)?;
    let base = url.map_or_else(|| BLANK.clone(), |url| survey(&page, url).base);
    let reading = Reading::of(Some(&page), &base, seen_at);
    let places: Vec<Place<'_>> = match &extraction.each {
        Some(Each::Element(each)) => page.select(each).map(Place::Element).collect(),
        _ => vec![Place::Element(page.root_element())],
    };
    Ok(reading.rows(extraction, &places))
}

/// The same of JSON.
pub fn extract_json(
    data: &Value,
    url: Option<&Url>,
    seen_at: Option<Timestamp>,
    extraction: &Extraction,
) -> Rows {
    let reading = Reading::of(None, url.unwrap_or(&BLANK), seen_at);
    let places: Vec<Place<'_>> = match &extraction.each {
        Some(Each::Node(each)) => each.query(data).all().into_iter().map(Place::Node).collect(),
        _ => vec![Place::Node(data)],
    };
    reading.rows(extraction, &places)
}

/// Base of a page whose address is not known: relative links stay out.
static BLANK: std::sync::LazyLock<Url> = std::sync::LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a constant that a test reads")]
    Url::parse("about:blank").expect("an address")
});

impl<'a> Reading<'a> {
    fn of(page: Option<&'a Html>, base: &'a Url, seen_at: Option<Timestamp>) -> Self {
        let around = Around { base, seen_at };
        Self { page, scripts: Scripts::default(), around, problems: RefCell::default() }
    }

    fn rows(self, extraction: &Extraction, places: &[Place<'_>]) -> Rows {
        let row = |(row, place): (usize, &Place<'_>)| {
            Value::Object(self.fields(extraction, *place, Trail::Row(row)))
        };
        let records = places.iter().enumerate().map(row).collect();
        Rows { records, problems: self.problems.into_inner() }
    }

    fn problem(&self, trail: Trail<'_>, message: impl FnOnce() -> String) {
        self.tell(trail, false, message);
    }

    fn tell(&self, trail: Trail<'_>, missing: bool, message: impl FnOnce() -> String) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() < TOLD {
            problems.push(Problem { path: trail.text(), message: message(), missing });
        }
    }

    fn fields(
        &self,
        extraction: &Extraction,
        place: Place<'_>,
        trail: Trail<'_>,
    ) -> Map<String, Value> {
        let found = match (&extraction.finder, place) {
            (Some(finder), Place::Element(element)) => Some(finder.find(element)),
            _ => None,
        };
        let read = |(number, (name, field)): (usize, &(String, Field))| {
            let sought = found.as_ref().and_then(|found| found.of(number));
            (name.clone(), self.field(field, place, sought, Trail::Field(&trail, name)))
        };
        extraction.fields.iter().enumerate().map(read).collect()
    }

    /// `sought` is what the selector of the field finds, where it was looked for already.
    fn field(
        &self,
        field: &Field,
        place: Place<'_>,
        sought: Option<&[ElementRef<'_>]>,
        trail: Trail<'_>,
    ) -> Value {
        let mut found = match (&field.source, place) {
            (Source::Here, Place::Element(element)) => {
                self.in_element(field, element, sought, trail)
            }
            (Source::Here, Place::Node(node)) => self.in_node(field, node, trail),
            (source, _) => {
                let data = self.page.and_then(|page| self.scripts.value(page, source));
                data.map_or_else(Vec::new, |data| self.in_node(field, &data, trail))
            }
        };
        if found.is_empty() {
            if field.required {
                self.tell(trail, true, || "is not there".to_owned());
            }
            return field.default.clone();
        }
        if field.list { Value::Array(found) } else { found.swap_remove(0) }
    }

    fn in_element(
        &self,
        field: &Field,
        element: ElementRef<'_>,
        sought: Option<&[ElementRef<'_>]>,
        trail: Trail<'_>,
    ) -> Vec<Value> {
        let mut found = Vec::new();
        let mut take = |element: ElementRef<'_>| {
            match &field.json {
                Some(_) => {
                    let text = raw(field, element);
                    let data = text.as_deref().and_then(json_or_literal);
                    if let Some(data) = data {
                        found.extend(self.in_node(field, &data, trail));
                    } else if text.is_some_and(|text| !text.trim().is_empty()) {
                        self.problem(trail, || "what stands there is no JSON".to_owned());
                    }
                }
                None => found.extend(self.value(field, element, trail, found.len())),
            }
            !field.list && !found.is_empty()
        };
        match (&field.selector, sought) {
            (None, _) => {
                take(element);
            }
            (Some(_), Some(sought)) => {
                let mut elements = sought.iter();
                while elements.next().is_some_and(|element| !take(*element)) {}
            }
            (Some(selector), None) => {
                let mut elements = element.select(selector);
                while elements.next().is_some_and(|element| !take(element)) {}
            }
        }
        found
    }

    fn value(
        &self,
        field: &Field,
        element: ElementRef<'_>,
        trail: Trail<'_>,
        index: usize,
    ) -> Option<Value> {
        let item = Trail::Item(&trail, index);
        let trail = if field.list { item } else { trail };
        if let Some(fields) = &field.fields {
            return Some(Value::Object(self.fields(fields, Place::Element(element), trail)));
        }
        if field.cast.kind == FieldType::Html && field.attr.is_none() && field.regex.is_none() {
            return Some(Value::String(cut(&element.inner_html())));
        }
        let text = raw(field, element)?;
        self.typed(field, &text, trail)
    }

    fn in_node(&self, field: &Field, node: &Value, trail: Trail<'_>) -> Vec<Value> {
        let Some(path) = &field.json else { return Vec::new() };
        let mut found = Vec::new();
        for node in path.query(node).all() {
            let item = Trail::Item(&trail, found.len());
            let trail = if field.list { item } else { trail };
            let value = match (&field.fields, &field.regex, node) {
                (Some(fields), ..) => {
                    Some(Value::Object(self.fields(fields, Place::Node(node), trail)))
                }
                (None, Some(_), Value::String(text)) => self.typed(field, text, trail),
                (None, Some(_), Value::Number(number)) => {
                    self.typed(field, &number.to_string(), trail)
                }
                (None, ..) => self.cast_node(field, node, trail),
            };
            found.extend(value);
            if !field.list && !found.is_empty() {
                break;
            }
        }
        found
    }

    fn cast_node(&self, field: &Field, node: &Value, trail: Trail<'_>) -> Option<Value> {
        let value = field.cast.node(node, self.around);
        let empty = node.is_null() || node.as_str().is_some_and(|text| text.trim().is_empty());
        if value.is_none() && !empty {
            let shown = node.as_str().map_or_else(|| node.to_string(), str::to_owned);
            self.problem(trail, || wrong(field, &shown));
        }
        value
    }

    fn typed(&self, field: &Field, text: &str, trail: Trail<'_>) -> Option<Value> {
        let text = match &field.regex {
            None => text,
            Some(regex) => {
                let found = regex.captures(text)?;
                found.get(1).or_else(|| found.get(0))?.as_str()
            }
        };
        let value = field.cast.text(text, self.around);
        if value.is_none() && !text.trim().is_empty() {
            self.problem(trail, || wrong(field, text));
        }
        value
    }
}

fn wrong(field: &Field, text: &str) -> String {
    let shown: String = text.chars().take(SHOWN).collect();
    format!("{shown:?} is no {}", field.cast.kind.name())
}

/// The text that a field is made of.
fn raw(field: &Field, element: ElementRef<'_>) -> Option<String> {
    if let Some(name) = &field.attr {
        return Some(element.value().attr(name)?.trim().to_owned());
    }
    if field.json.is_some() {
        return Some(element.text().collect());
    }
    if field.cast.kind == FieldType::Url {
        let address = element.value().attr("href").or_else(|| element.value().attr("src"));
        if let Some(address) = address {
            return Some(address.trim().to_owned());
        }
    }
    Some(words(element))
}

/// The element's text with runs of blanks as one space.
pub(super) fn words(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    let mut gap = false;
    for piece in element.text() {
        gap |= piece.starts_with(char::is_whitespace);
        for word in piece.split_whitespace() {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = true;
            out.push_str(word);
        }
        gap = piece.ends_with(char::is_whitespace) || (gap && piece.trim().is_empty());
    }
    cut(&out)
}
