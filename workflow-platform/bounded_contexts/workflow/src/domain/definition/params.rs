//! Parameters of a run against the definition's schema.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, OnceLock},
};

use jsonschema::{PatternOptions, Validator};
use serde_json::{Map, Value};

/// Parameters do not fit; messages by path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("parameters do not fit: {0:?}")]
pub struct BadParams(pub BTreeMap<String, Vec<String>>);

/// A validator that fetches nothing and whose patterns take linear time.
pub(super) fn validator(schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .with_pattern_options(PatternOptions::regex())
        .build(schema)
        .map_err(|error| error.to_string())
}

/// Whether the schema can be used.
pub(super) fn check_schema(schema: &Value) -> Result<(), String> {
    validator(schema).map(|_| ())
}

/// What parameters a definition takes. Its copies share what was made of the schema.
#[derive(Clone)]
pub struct ParamsSchema {
    schema: Value,
    validator: Arc<OnceLock<Result<Validator, String>>>,
}

impl fmt::Debug for ParamsSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.schema.fmt(f)
    }
}

impl ParamsSchema {
    pub fn new(schema: Value) -> Self {
        Self { schema, validator: Arc::default() }
    }

    /// JSON Schema of an object.
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// Fills in the defaults of the schema's properties, then checks.
    pub fn bind(&self, given: Value) -> Result<Value, BadParams> {
        let given = match given {
            Value::Null => Value::Object(Map::new()),
            other => other,
        };
        let bound = with_defaults(&self.schema, given);
        let validator = self.validator.get_or_init(|| validator(&self.schema));
        let validator = validator.as_ref().map_err(|message| one("params", message.clone()))?;
        let mut faults: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for error in validator.iter_errors(&bound).take(50) {
            let path = dotted(error.instance_path().as_str());
            faults.entry(path).or_default().push(short(&error.to_string()));
        }
        if faults.is_empty() { Ok(bound) } else { Err(BadParams(faults)) }
    }
}

/// Defaults that their own schemas refuse.
pub(super) fn bad_defaults(schema: &Value) -> Vec<(String, String)> {
    let Ok(validator) = validator(schema) else { return Vec::new() };
    let bound = with_defaults(schema, Value::Object(Map::new()));
    let errors = validator.iter_errors(&bound);
    let within = errors.filter(|error| !error.instance_path().as_str().is_empty());
    within
        .take(20)
        .filter_map(|error| {
            let name = error.instance_path().as_str().split('/').nth(1)?;
            let name = name.replace("~1", "/").replace("~0", "~");
            Some((name, short(&error.to_string())))
        })
        .collect()
}

fn one(path: &str, message: String) -> BadParams {
    BadParams(BTreeMap::from([(path.to_owned(), vec![message])]))
}

fn with_defaults(schema: &Value, given: Value) -> Value {
    let (Some(properties), Value::Object(mut fields)) =
        (schema.get("properties").and_then(Value::as_object), given.clone())
    else {
        return given;
    };
    for (name, property) in properties {
        if let Some(default) = property.get("default").filter(|_| !fields.contains_key(name)) {
            fields.insert(name.clone(), default.clone());
        }
    }
    Value::Object(fields)
}

/// `/a/0/b` as `params.a[0].b`.
fn dotted(pointer: &str) -> String {
    let mut path = String::from("params");
    for segment in pointer.split('/').skip(1) {
        if segment.bytes().all(|b| b.is_ascii_digit()) {
            path.push_str(&format!("[{segment}]"));
        } else {
            path.push('.');
            path.push_str(segment);
        }
    }
    path
}

fn short(message: &str) -> String {
    message.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "pages": { "type": "integer", "default": 2, "minimum": 1, "maximum": 5 },
                "tags": { "type": "array", "items": { "type": "string" } },
            },
        })
    }

    #[test]
    fn defaults_are_filled_in() {
        assert_eq!(ParamsSchema::new(schema()).bind(Value::Null), Ok(json!({ "pages": 2 })));
        assert_eq!(
            ParamsSchema::new(schema()).bind(json!({ "pages": 3 })),
            Ok(json!({ "pages": 3 }))
        );
    }

    #[test]
    fn every_fault_is_named_by_its_path() {
        let faults =
            ParamsSchema::new(schema()).bind(json!({ "pages": 9, "tags": ["a", 1], "colour": 1 }));
        let BadParams(faults) = faults.unwrap_err();
        assert_eq!(faults.keys().collect::<Vec<_>>(), ["params", "params.pages", "params.tags[1]"]);
    }

    #[test]
    fn a_schema_that_points_elsewhere_is_refused() {
        assert!(check_schema(&json!({ "$ref": "http://127.0.0.1/schema" })).is_err());
        assert!(check_schema(&json!({ "type": "no such type" })).is_err());
    }
}
