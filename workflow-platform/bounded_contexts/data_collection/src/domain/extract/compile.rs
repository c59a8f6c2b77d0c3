//! Selectors are compiled once, however many pages follow.

use scraper::Selector;
use serde_json::Value;

use super::{FieldSpec, FieldType, Fields, spec::FullSpec};

/// Deepest nesting of `fields`.
const DEEPEST: usize = 5;

/// A specification that cannot be used, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct ExtractionError {
    pub path: String,
    pub message: String,
}

/// Compiled fields, in the order of their names.
#[derive(Debug, Clone)]
pub struct Extraction {
    pub(super) fields: Vec<(String, Field)>,
    /// Each element is a row of its own; without it the page is one.
    pub(super) each: Option<Selector>,
}

#[derive(Debug, Clone)]
pub(super) struct Field {
    pub selector: Option<Selector>,
    pub attr: Option<String>,
    pub list: bool,
    pub kind: FieldType,
    pub default: Value,
    pub fields: Option<Extraction>,
}

impl Extraction {
    /// `path` is where the fields stand in the input, for errors.
    pub fn compile(
        fields: &Fields,
        each: Option<&str>,
        path: &str,
    ) -> Result<Self, ExtractionError> {
        let each = each.map(|text| selector(text, "each")).transpose()?;
        Ok(Self { fields: compiled(fields, path, 0)?, each })
    }
}

fn compiled(
    fields: &Fields,
    path: &str,
    depth: usize,
) -> Result<Vec<(String, Field)>, ExtractionError> {
    if depth > DEEPEST {
        let message = format!("fields are nested deeper than {DEEPEST}");
        return Err(ExtractionError { path: path.to_owned(), message });
    }
    fields
        .iter()
        .map(|(name, spec)| Ok((name.clone(), field(spec, &format!("{path}.{name}"), depth)?)))
        .collect()
}

fn field(spec: &FieldSpec, path: &str, depth: usize) -> Result<Field, ExtractionError> {
    let full = match spec {
        FieldSpec::Selector(text) => {
            FullSpec { selector: Some(text.clone()), ..FullSpec::default() }
        }
        FieldSpec::Full(full) => full.clone(),
    };
    let nested = |fields: &Fields| -> Result<Extraction, ExtractionError> {
        let fields = compiled(fields, &format!("{path}.fields"), depth + 1)?;
        Ok(Extraction { fields, each: None })
    };
    Ok(Field {
        selector: full.selector.as_deref().map(|text| selector(text, path)).transpose()?,
        attr: full.attr,
        list: full.list,
        kind: full.kind,
        default: full.default.unwrap_or(if full.list {
            Value::Array(Vec::new())
        } else {
            Value::Null
        }),
        fields: full.fields.as_ref().map(nested).transpose()?,
    })
}

fn selector(text: &str, path: &str) -> Result<Selector, ExtractionError> {
    Selector::parse(text).map_err(|error| ExtractionError {
        path: path.to_owned(),
        message: format!("not a CSS selector: {text:?} ({error})"),
    })
}
