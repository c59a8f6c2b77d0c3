//! From a text or a JSON value to a tree, within bounds.

use serde_json::Value;

use super::{Problem, node::Node, yaml};

/// Largest document, bytes.
pub const LARGEST: usize = 1024 * 1024;
/// Deepest nesting of lists and maps.
pub(super) const DEEPEST: usize = 64;
/// Most values, those that aliases repeat included.
pub(super) const MOST_VALUES: usize = 100_000;

/// A document that was read but not understood yet.
#[derive(Debug, Clone)]
pub struct Document {
    pub(super) root: Node,
}

impl Document {
    /// YAML, of which JSON is a part.
    pub fn of_text(text: &str) -> Result<Self, Vec<Problem>> {
        if text.len() > LARGEST {
            return Err(vec![too_large(text.len())]);
        }
        yaml::parse(text).map(|root| Self { root }).map_err(|problem| vec![problem])
    }

    pub fn of_json(value: &Value) -> Result<Self, Vec<Problem>> {
        match depth(value) {
            found if found > DEEPEST => Err(vec![too_deep(None)]),
            _ => Ok(Self { root: Node::of_json(value) }),
        }
    }

    /// The document as JSON values, which is how it is stored.
    pub fn to_json(&self) -> Value {
        self.root.to_json()
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
