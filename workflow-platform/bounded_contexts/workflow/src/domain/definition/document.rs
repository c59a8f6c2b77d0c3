//! From a text or a JSON value to a tree, within bounds.

use serde_json::Value;

use super::{Problem, node::Node, yaml};

/// Largest document, bytes.
pub const LARGEST: usize = 1024 * 1024;
/// Deepest nesting of lists and maps.
pub(super) const DEEPEST: usize = 64;
/// Most values, those that aliases repeat included.
pub(super) const MOST_VALUES: usize = 100_000;
/// Most text, that which aliases repeat included, bytes.
pub(super) const MOST_TEXT: usize = 4 * LARGEST;

/// A document that was read but not understood yet.
#[derive(Debug, Clone)]
pub struct Document {
    pub(super) root: Node,
    /// What was wrong but could be passed over, such as a key that stands twice.
    pub(super) problems: Vec<Problem>,
}

impl Document {
    /// YAML, of which JSON is a part.
    pub fn of_text(text: &str) -> Result<Self, Vec<Problem>> {
        if text.len() > LARGEST {
            return Err(vec![too_large(text.len())]);
        }
        yaml::parse(text).map_err(|problem| vec![problem])
    }

    pub fn of_json(value: &Value) -> Result<Self, Vec<Problem>> {
        if depth(value) > DEEPEST {
            return Err(vec![too_deep(None)]);
        }
        match Size::of(value) {
            size if size.values > MOST_VALUES || size.text > MOST_TEXT => Err(vec![unfolds(None)]),
            _ => Ok(Self { root: Node::of_json(value), problems: Vec::new() }),
        }
    }

    /// The document as JSON values, which is how it is stored.
    pub fn to_json(&self) -> Value {
        self.root.to_json()
    }
}

/// How much a value holds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    pub values: usize,
    /// Bytes.
    pub text: usize,
}

impl Size {
    fn of(value: &Value) -> Self {
        match value {
            Value::String(text) => Self { values: 1, text: text.len() },
            Value::Array(items) => items.iter().map(Self::of).fold(Self::ONE, Self::plus),
            Value::Object(fields) => fields
                .iter()
                .map(|(key, value)| Self { values: 1, text: key.len() }.plus(Self::of(value)))
                .fold(Self::ONE, Self::plus),
            _ => Self::ONE,
        }
    }

    pub const ONE: Self = Self { values: 1, text: 0 };

    pub const fn plus(self, other: Self) -> Self {
        Self {
            values: self.values.saturating_add(other.values),
            text: self.text.saturating_add(other.text),
        }
    }
}

fn depth(value: &Value) -> usize {
    let below = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(fields) => fields.values().map(depth).max(),
        _ => return 0,
    };
    below.unwrap_or(0) + 1
}

fn too_large(size: usize) -> Problem {
    Problem::new(
        "",
        None,
        "DOCUMENT_TOO_LARGE",
        format!("文档有 {size} 字节，最多 {LARGEST} 字节"),
        format!("the document has {size} bytes, at most {LARGEST} are allowed"),
    )
}

pub(super) fn too_deep(place: Option<super::Place>) -> Problem {
    Problem::new(
        "",
        place,
        "DOCUMENT_TOO_DEEP",
        format!("嵌套超过 {DEEPEST} 层"),
        format!("lists and maps are nested deeper than {DEEPEST}"),
    )
}

pub(super) fn unfolds(place: Option<super::Place>) -> Problem {
    Problem::new(
        "",
        place,
        "DOCUMENT_TOO_LARGE",
        format!("文档展开后超过 {MOST_VALUES} 个值或 {MOST_TEXT} 字节"),
        format!("the document unfolds into more than {MOST_VALUES} values or {MOST_TEXT} bytes"),
    )
}
