//! How somebody says what they want of a page.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::{Value, json};

/// Fields by name.
pub type Fields = BTreeMap<String, FieldSpec>;

/// One field: a selector, or a selector with how to read what it finds.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldSpec {
    /// In HTML a CSS selector, of whose first element the text is read; in JSON a path.
    Selector(String),
    Full(Box<FullSpec>),
}

/// A selector with how to read what it finds.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FullSpec {
    /// CSS selector; without one the element at hand is read.
    pub selector: Option<String>,
    /// Attribute to read instead of the text.
    pub attr: Option<String>,
    /// Path (RFC 9535) into the JSON that stands in the element, or in what `variable` or
    /// `json_ld` names.
    pub json: Option<String>,
    /// Name that a script gives a literal, such as `window.__INITIAL_STATE__`.
    pub variable: Option<String>,
    /// `@type` of a JSON-LD object of the page; `*` for any.
    pub json_ld: Option<String>,
    /// All that is found instead of the first.
    pub list: bool,
    #[serde(rename = "type")]
    pub kind: Option<FieldType>,
    /// What of the text is read: the first group, or the whole match.
    pub regex: Option<String>,
    /// Form of a date in the notation of `strftime`.
    pub format: Option<String>,
    /// Offset of times that name none.
    pub utc_offset: Option<String>,
    /// A page without it has a problem.
    pub required: bool,
    /// Instead of null when nothing is found.
    pub default: Option<Value>,
    /// Fields of an object, read inside each element found.
    pub fields: Option<Fields>,
}

/// By hand, so that an error names the part that is wrong.
impl<'de> Deserialize<'de> for FieldSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = FieldSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a selector or an object")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<FieldSpec, E> {
                Ok(FieldSpec::Selector(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldSpec, A::Error> {
                let full = FullSpec::deserialize(MapAccessDeserializer::new(map))?;
                Ok(FieldSpec::Full(Box::new(full)))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// What a text becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    String,
    /// The first number in the text, rounded; thousands separators and 万, 亿 heeded.
    Integer,
    /// The first number in the text.
    Number,
    /// Whether the text is not empty, `false`, `no` or `0`.
    Boolean,
    /// A day, as `2026-06-27`.
    Date,
    /// An instant, as RFC 3339 in UTC.
    Datetime,
    /// `{"amount": "12.50", "currency": "CNY"}`.
    Money,
    /// A number as Chinese sites write them, with what is known of its exactness.
    Count,
    /// An address, made absolute.
    Url,
    /// The markup inside the element.
    Html,
    /// As it stands in the JSON; a text is read as JSON.
    Json,
}

impl FieldType {
    pub const NAMES: [&'static str; 11] = [
        "string", "integer", "number", "boolean", "date", "datetime", "money", "count", "url",
        "html", "json",
    ];

    pub(super) const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// JSON Schema of [`Fields`].
pub fn schema() -> Value {
    json!({
        "type": "object",
        "maxProperties": 100,
        "additionalProperties": {
            "oneOf": [
                { "type": "string", "description": "CSS selector (in JSON a path); the text of what is found first." },
                field_schema(),
            ],
        },
        "examples": [{
            "title": "h1",
            "price": { "selector": ".price", "type": "money" },
            "tags": { "selector": ".tag", "list": true },
            "sku": { "json_ld": "Product", "json": "$.sku" },
            "views": { "variable": "window.__STATE__", "json": "$.note.views", "type": "integer" },
        }],
    })
}

fn field_schema() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "selector": { "type": "string", "description": "CSS selector; without one the element at hand is read." },
            "attr": { "type": "string", "description": "Attribute to read instead of the text." },
            "json": { "type": "string", "description": "JSONPath (RFC 9535) into the JSON in the element, or in what variable or json_ld names.", "examples": ["$.items[*].name"] },
            "variable": { "type": "string", "description": "Name that a script gives a literal.", "examples": ["window.__INITIAL_STATE__"] },
            "json_ld": { "type": "string", "description": "@type of a JSON-LD object of the page; * for any.", "examples": ["Product"] },
            "list": { "type": "boolean", "default": false, "description": "All that is found instead of the first." },
            "type": { "enum": FieldType::NAMES, "default": "string" },
            "regex": { "type": "string", "description": "What of the text is read: the first group, or the whole match.", "examples": ["(\\d+) pages"] },
            "format": { "type": "string", "description": "Form of a date in the notation of strftime.", "examples": ["%d.%m.%Y"] },
            "utc_offset": { "type": "string", "default": "+08:00", "description": "Offset of times that name none." },
            "required": { "type": "boolean", "default": false, "description": "A page without it has a problem." },
            "default": { "description": "Instead of null when nothing is found." },
            "fields": { "type": "object", "description": "Fields of an object, read inside each element found." },
        },
    })
}
