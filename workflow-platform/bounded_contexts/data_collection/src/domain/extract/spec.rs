//! How somebody says what they want of a page.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

/// Fields by name.
pub type Fields = BTreeMap<String, FieldSpec>;

/// One field: a selector, or a selector with how to read what it finds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum FieldSpec {
    /// The text of the first element.
    Selector(String),
    Full(FullSpec),
}

/// A selector with how to read what it finds.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FullSpec {
    /// CSS selector; without one the element at hand is read.
    pub selector: Option<String>,
    /// Attribute to read instead of the text.
    pub attr: Option<String>,
    /// All elements instead of the first.
    pub list: bool,
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Instead of null when nothing is found.
    pub default: Option<Value>,
    /// Fields of an object, read inside each element found.
    pub fields: Option<Fields>,
}

/// What a text becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    #[default]
    String,
    /// The first whole number in the text, thousands separators and 万, 亿 heeded.
    Integer,
    /// The first number in the text.
    Number,
    /// Whether the text is not empty, `false`, `no` or `0`.
    Boolean,
    /// An address, made absolute.
    Url,
    /// The markup inside the element.
    Html,
}

/// JSON Schema of [`Fields`].
pub fn schema() -> Value {
    json!({
        "type": "object",
        "maxProperties": 100,
        "additionalProperties": {
            "oneOf": [
                { "type": "string", "description": "CSS selector; the text of the first element." },
                {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": {
                        "selector": { "type": "string" },
                        "attr": { "type": "string" },
                        "list": { "type": "boolean", "default": false },
                        "type": { "enum": ["string", "integer", "number", "boolean", "url", "html"], "default": "string" },
                        "default": {},
                        "fields": { "type": "object", "description": "Fields read inside each element." },
                    },
                },
            ],
        },
    })
}
