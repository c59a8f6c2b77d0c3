//! Selectors are compiled once, however many pages follow.

use regex::{Regex, RegexBuilder};
use scraper::Selector;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::{
    FieldSpec, FieldType, Fields,
    cast::{self, Cast},
    finder::{Finder, Mark, mark_of},
    spec::FullSpec,
};

/// Deepest nesting of `fields`.
const DEEPEST: usize = 5;
/// Largest compiled pattern, bytes.
const PATTERN: usize = 256 * 1024;
/// Longest path, and most of its parts that look at all descendants: each multiplies the work.
const PATH: usize = 500;
const DESCENDANTS: usize = 2;

/// A specification that cannot be used, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct ExtractionError {
    pub path: String,
    pub message: String,
}

fn bad(path: &str, message: impl Into<String>) -> ExtractionError {
    ExtractionError { path: path.to_owned(), message: message.into() }
}

/// What a field is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    Html,
    Json,
}

/// Compiled fields, in the order of their names.
#[derive(Debug, Clone)]
pub struct Extraction {
    pub(super) fields: Vec<(String, Field)>,
    /// Finds what the fields are read from.
    pub(super) finder: Option<Finder>,
    /// Each of these is a row of its own; without it the page is one.
    pub(super) each: Option<Each>,
}

#[derive(Debug, Clone)]
pub(super) enum Each {
    Element(Selector),
    Node(JsonPath),
}

/// Where the JSON of a field stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// In the element, or it is the node at hand.
    Here,
    Variable(String),
    JsonLd(String),
}

#[derive(Debug, Clone)]
pub(super) struct Field {
    pub selector: Option<Selector>,
    pub mark: Option<Mark>,
    pub attr: Option<String>,
    pub source: Source,
    /// Nodes of JSON are read instead of texts.
    pub json: Option<JsonPath>,
    pub list: bool,
    pub cast: Cast,
    pub regex: Option<Regex>,
    pub required: bool,
    pub default: Value,
    pub fields: Option<Extraction>,
}

impl Extraction {
    /// Of HTML. `path` is where the fields stand in the input, for errors.
    pub fn compile(
        fields: &Fields,
        each: Option<&str>,
        path: &str,
    ) -> Result<Self, ExtractionError> {
        let each = each.map(|text| selector(text, "each").map(Each::Element)).transpose()?;
        Ok(Self::of(compiled(fields, path, 0, Ground::Html)?, each))
    }

    /// Of JSON.
    pub fn compile_json(
        fields: &Fields,
        each: Option<&str>,
        path: &str,
    ) -> Result<Self, ExtractionError> {
        let each = each.map(|text| json_path(text, "each").map(Each::Node)).transpose()?;
        Ok(Self::of(compiled(fields, path, 0, Ground::Json)?, each))
    }

    fn of(fields: Vec<(String, Field)>, each: Option<Each>) -> Self {
        let finder = Finder::new(fields.iter().map(|(_, field)| field.sought()));
        Self { fields, finder, each }
    }
}

impl Field {
    fn sought(&self) -> Option<(&Selector, &Mark, bool)> {
        Some((self.selector.as_ref()?, self.mark.as_ref()?, self.list))
    }
}

fn compiled(
    fields: &Fields,
    path: &str,
    depth: usize,
    ground: Ground,
) -> Result<Vec<(String, Field)>, ExtractionError> {
    if depth > DEEPEST {
        return Err(bad(path, format!("fields are nested deeper than {DEEPEST}")));
    }
    fields
        .iter()
        .map(|(name, spec)| {
            Ok((name.clone(), field(spec, &format!("{path}.{name}"), depth, ground)?))
        })
        .collect()
}

fn field(
    spec: &FieldSpec,
    path: &str,
    depth: usize,
    ground: Ground,
) -> Result<Field, ExtractionError> {
    let short;
    let full = match (spec, ground) {
        (FieldSpec::Full(full), _) => full.as_ref(),
        (FieldSpec::Selector(text), Ground::Html) => {
            short = FullSpec { selector: Some(text.clone()), ..FullSpec::default() };
            &short
        }
        (FieldSpec::Selector(text), Ground::Json) => {
            short = FullSpec { json: Some(text.clone()), ..FullSpec::default() };
            &short
        }
    };
    check(full, path, ground)?;
    let source = match (&full.variable, &full.json_ld) {
        (Some(name), _) => Source::Variable(name.clone()),
        (None, Some(kind)) => Source::JsonLd(kind.clone()),
        (None, None) => Source::Here,
    };
    let reads_json = ground == Ground::Json || source != Source::Here || full.json.is_some();
    let json =
        if reads_json { Some(json_path(full.json.as_deref().unwrap_or("$"), path)?) } else { None };
    let inner = if reads_json { Ground::Json } else { Ground::Html };
    let nested = |fields: &Fields| -> Result<Extraction, ExtractionError> {
        let fields = compiled(fields, &format!("{path}.fields"), depth + 1, inner)?;
        Ok(Extraction::of(fields, None))
    };
    Ok(Field {
        selector: full.selector.as_deref().map(|text| selector(text, path)).transpose()?,
        mark: full.selector.as_deref().and_then(mark_of),
        attr: full.attr.clone(),
        source,
        json,
        list: full.list,
        cast: cast_of(full, path, reads_json)?,
        regex: full.regex.as_deref().map(|text| pattern(text, path)).transpose()?,
        required: full.required,
        default: full.default.clone().unwrap_or(if full.list {
            Value::Array(Vec::new())
        } else {
            Value::Null
        }),
        fields: full.fields.as_ref().map(nested).transpose()?,
    })
}

/// Parts that do not go together.
fn check(full: &FullSpec, path: &str, ground: Ground) -> Result<(), ExtractionError> {
    let elsewhere = full.variable.is_some() || full.json_ld.is_some();
    if full.variable.is_some() && full.json_ld.is_some() {
        return Err(bad(path, "give one of variable and json_ld"));
    }
    if elsewhere && (full.selector.is_some() || full.attr.is_some()) {
        return Err(bad(
            path,
            "variable and json_ld stand for themselves, without selector or attr",
        ));
    }
    let of_html = elsewhere || full.selector.is_some() || full.attr.is_some();
    if ground == Ground::Json && of_html {
        return Err(bad(path, "inside JSON only json, type and fields are read"));
    }
    if full.fields.is_some() && (full.kind.is_some() || full.regex.is_some() || full.attr.is_some())
    {
        return Err(bad(path, "a field with fields is an object, without type, regex or attr"));
    }
    Ok(())
}

fn cast_of(full: &FullSpec, path: &str, reads_json: bool) -> Result<Cast, ExtractionError> {
    let natural = if reads_json { FieldType::Json } else { FieldType::String };
    let offset = full.utc_offset.as_deref().map_or(Some(cast::CHINA), cast::offset_of);
    let offset = offset.ok_or_else(|| bad(path, "utc_offset has the form +08:00"))?;
    if let Some(format) = &full.format {
        let takes_one = matches!(full.kind, Some(FieldType::Date | FieldType::Datetime));
        if !takes_one {
            return Err(bad(path, "format belongs to the types date and datetime"));
        }
        if chrono::format::StrftimeItems::new(format)
            .any(|item| matches!(item, chrono::format::Item::Error))
        {
            return Err(bad(path, format!("not a form of a date: {format:?}")));
        }
    }
    Ok(Cast { kind: full.kind.unwrap_or(natural), format: full.format.clone(), offset })
}

fn selector(text: &str, path: &str) -> Result<Selector, ExtractionError> {
    Selector::parse(text)
        .map_err(|error| bad(path, format!("not a CSS selector: {text:?} ({error})")))
}

fn json_path(text: &str, path: &str) -> Result<JsonPath, ExtractionError> {
    if text.len() > PATH || text.matches("..").count() > DESCENDANTS {
        let message =
            format!("a JSON path has at most {PATH} characters and {DESCENDANTS} parts with `..`");
        return Err(bad(path, message));
    }
    JsonPath::parse(text).map_err(|error| bad(path, format!("not a JSON path: {text:?} ({error})")))
}

/// The engine takes time linear in the text, whatever the pattern.
fn pattern(text: &str, path: &str) -> Result<Regex, ExtractionError> {
    RegexBuilder::new(text)
        .size_limit(PATTERN)
        .build()
        .map_err(|error| bad(path, format!("not a regular expression: {error}")))
}
