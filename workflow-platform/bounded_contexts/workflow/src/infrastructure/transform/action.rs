//! The actions around the transformations.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use shared_kernel::{
    application::{Action, ActionContext, ActionDescriptor, ActionError},
    infrastructure::cpu::CpuPool,
};

use super::{
    rows::{self, PerItem},
    template,
};

#[derive(Debug, Clone, Copy)]
enum Kind {
    Map,
    Filter,
    Sort,
    Group,
    Join,
    Flatten,
    Template,
}

struct Transform {
    kind: Kind,
    cpu: CpuPool,
}

/// All of `transform.*`.
pub fn transforms(cpu: &CpuPool) -> Vec<Arc<dyn Action>> {
    use Kind::{Filter, Flatten, Group, Join, Map, Sort, Template};
    [Map, Filter, Sort, Group, Join, Flatten, Template]
        .into_iter()
        .map(|kind| Arc::new(Transform { kind, cpu: cpu.clone() }) as Arc<dyn Action>)
        .collect()
}

/// What an action is called and takes.
struct About {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    required: &'static [&'static str],
    properties: Value,
}

fn expression(description: &str) -> Value {
    json!({ "type": "string", "description": format!("CEL over item and index: {description}") })
}

fn items() -> Value {
    json!({ "type": "array", "description": "The list." })
}

impl Kind {
    fn about(self) -> About {
        match self {
            Self::Map => About {
                name: "transform.map",
                title: "Map",
                description: "Makes of each item another value: of one expression, or an object of several.",
                required: &["items"],
                properties: json!({
                    "items": items(),
                    "expression": expression("the new value"),
                    "fields": {
                        "type": "object",
                        "additionalProperties": { "type": "string" },
                        "description": "CEL over item and index by the name of the new field.",
                    },
                }),
            },
            Self::Filter => About {
                name: "transform.filter",
                title: "Filter",
                description: "Keeps the items for which an expression is true.",
                required: &["items", "where"],
                properties: json!({ "items": items(), "where": expression("whether it stays") }),
            },
            Self::Sort => About {
                name: "transform.sort",
                title: "Sort",
                description: "Orders the items; equal ones keep their order.",
                required: &["items", "by"],
                properties: json!({
                    "items": items(),
                    "by": expression("what they are ordered by"),
                    "descending": { "type": "boolean", "default": false },
                }),
            },
            Self::Group => About {
                name: "transform.group",
                title: "Group",
                description: "Gathers the items with the same key into {key, count, items}.",
                required: &["items", "by"],
                properties: json!({ "items": items(), "by": expression("the key") }),
            },
            Self::Join => About {
                name: "transform.join",
                title: "Join",
                description: "Pairs the items of two lists with the same key into one object each.",
                required: &["left", "right", "left_key", "right_key"],
                properties: json!({
                    "left": items(),
                    "right": items(),
                    "left_key": expression("the key of an item of left"),
                    "right_key": expression("the key of an item of right"),
                    "kind": { "enum": ["inner", "left"], "default": "inner" },
                }),
            },
            Self::Flatten => About {
                name: "transform.flatten",
                title: "Flatten",
                description: "Unfolds lists within the list.",
                required: &["items"],
                properties: json!({
                    "items": items(),
                    "depth": { "type": "integer", "minimum": 1, "maximum": 50, "default": 1 },
                }),
            },
            Self::Template => About {
                name: "transform.template",
                title: "Template",
                description: "Writes data into a Jinja template.",
                required: &["template"],
                properties: json!({
                    "template": { "type": "string", "maxLength": 200_000 },
                    "data": { "type": "object", "description": "What the template names." },
                }),
            },
        }
    }

    fn output(self) -> Value {
        match self {
            Self::Template => json!({
                "type": "object",
                "properties": { "text": { "type": "string" } },
            }),
            _ => json!({
                "type": "object",
                "properties": { "items": { "type": "array" }, "count": { "type": "integer" } },
            }),
        }
    }

    fn run(self, input: Value) -> Result<Value, ActionError> {
        let Value::Object(mut input) = input else {
            return Err(ActionError::invalid_input("with", "must be an object"));
        };
        let input = &mut input;
        let found = match self {
            Self::Map => mapped(input)?,
            Self::Filter => rows::filter(list(input, "items")?, &mut per_item(input, "where")?)?,
            Self::Sort => {
                let descending = input.get("descending") == Some(&Value::Bool(true));
                rows::sort(list(input, "items")?, &mut per_item(input, "by")?, descending)?
            }
            Self::Group => rows::group(list(input, "items")?, &mut per_item(input, "by")?)?,
            Self::Join => {
                let keep_left = input.get("kind").and_then(Value::as_str) == Some("left");
                let (left, right) = (list(input, "left")?, list(input, "right")?);
                let left_key = &mut per_item(input, "left_key")?;
                let right_key = &mut per_item(input, "right_key")?;
                rows::join(left, right, left_key, right_key, keep_left)?
            }
            Self::Flatten => {
                let depth = input.get("depth").and_then(Value::as_u64).unwrap_or(1);
                rows::flatten(list(input, "items")?, depth.min(50))
            }
            Self::Template => {
                let data = input.remove("data").unwrap_or_else(|| json!({}));
                return Ok(json!({ "text": template::render(text(input, "template")?, &data)? }));
            }
        };
        Ok(json!({ "count": found.len(), "items": found }))
    }
}

fn mapped(input: &mut Map<String, Value>) -> Result<Vec<Value>, ActionError> {
    let items = list(input, "items")?;
    let fields = input.remove("fields");
    match (input.contains_key("expression"), fields) {
        (true, None) => rows::map(&items, &mut [], Some(&mut per_item(input, "expression")?)),
        (false, Some(Value::Object(fields))) => {
            let parsed = fields.into_iter().map(|(name, text)| {
                let text = text.as_str().ok_or_else(|| not_text("fields"))?;
                Ok((name, PerItem::parse("fields", text)?))
            });
            let mut parsed = parsed.collect::<Result<Vec<_>, ActionError>>()?;
            rows::map(&items, &mut parsed, None)
        }
        _ => Err(ActionError::invalid_input("expression", "give either expression or fields")),
    }
}

fn not_text(field: &str) -> ActionError {
    ActionError::invalid_input(field, "must be a text")
}

fn text<'a>(input: &'a Map<String, Value>, field: &str) -> Result<&'a str, ActionError> {
    input.get(field).and_then(Value::as_str).ok_or_else(|| not_text(field))
}

fn per_item(input: &Map<String, Value>, field: &'static str) -> Result<PerItem, ActionError> {
    PerItem::parse(field, text(input, field)?)
}

fn list(input: &mut Map<String, Value>, field: &str) -> Result<Vec<Value>, ActionError> {
    match input.remove(field) {
        Some(Value::Array(items)) => Ok(items),
        _ => Err(ActionError::invalid_input(field, "must be a list")),
    }
}

#[async_trait]
impl Action for Transform {
    fn describe(&self) -> ActionDescriptor {
        let About { name, title, description, required, properties } = self.kind.about();
        ActionDescriptor {
            name: name.to_owned(),
            title: title.to_owned(),
            description: description.to_owned(),
            input_schema: json!({
                "type": "object",
                "additionalProperties": false,
                "required": required,
                "properties": properties,
            }),
            output_schema: self.kind.output(),
        }
    }

    async fn run(&self, _: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let kind = self.kind;
        let done = self.cpu.run(move || kind.run(input)).await;
        done.map_err(|_| ActionError::retryable("TRANSFORM_STOPPED", "it did not finish"))?
    }
}
