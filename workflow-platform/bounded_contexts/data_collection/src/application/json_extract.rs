//! `json.extract`: fields and rows of JSON, by paths.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use shared_kernel::{
    application::{Action, ActionContext, ActionDescriptor, ActionError},
    infrastructure::cpu::CpuPool,
};

use super::{
    html_extract::{address, bad_fields, output, output_schema, stopped, strict_schema},
    input_of,
};
use crate::domain::extract::{Extraction, Fields, extract_json, schema};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    json: Value,
    /// For relative addresses.
    url: Option<String>,
    fields: Fields,
    each: Option<String>,
    #[serde(default)]
    strict: bool,
}

/// The action.
#[derive(Debug, Clone)]
pub struct JsonExtract {
    cpu: CpuPool,
}

impl JsonExtract {
    pub fn new(cpu: CpuPool) -> Self {
        Self { cpu }
    }
}

#[async_trait]
impl Action for JsonExtract {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "json.extract".to_owned(),
            title: "Extract from JSON".to_owned(),
            description: "Reads fields of JSON by paths (RFC 9535), with the types of \
                          html.extract. With `each`, every node it finds is a row."
                .to_owned(),
            input_schema: json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["json", "fields"],
                "properties": {
                    "json": { "description": "JSON, or a text that is JSON." },
                    "url": { "type": "string", "description": "For relative addresses." },
                    "fields": schema(),
                    "each": { "type": "string", "description": "Path of the rows.", "examples": ["$.data.items[*]"] },
                    "strict": strict_schema(),
                },
                "examples": [{
                    "json": { "items": [{ "name": "One", "price": "12.50" }] },
                    "each": "$.items[*]",
                    "fields": { "name": "$.name", "price": { "json": "$.price", "type": "number" } },
                }],
            }),
            output_schema: output_schema(),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: Input = input_of(input)?;
        let url = address(input.url.as_deref())?;
        let extraction = Extraction::compile_json(&input.fields, input.each.as_deref(), "fields");
        let extraction = extraction.map_err(|error| bad_fields(&error))?;
        let data = match input.json {
            Value::String(text) => serde_json::from_str(&text)
                .map_err(|error| ActionError::invalid_input("json", error.to_string()))?,
            data => data,
        };
        let now = Some(ctx.ambient.now());
        let work = move || extract_json(&data, url.as_ref(), now, &extraction);
        output(self.cpu.run(work).await.map_err(|_| stopped())?, input.strict)
    }
}
