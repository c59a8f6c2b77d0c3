//! `html.extract`: fields and rows of pages that an earlier step fetched.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use shared_kernel::{
    application::{Action, ActionContext, ActionDescriptor, ActionError},
    infrastructure::cpu::CpuPool,
};
use url::Url;

use super::input_of;
use crate::domain::extract::{Extraction, ExtractionError, Fields, extract_rows, schema};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    html: String,
    /// Address of the page, for relative links.
    url: Option<String>,
    fields: Fields,
    each: Option<String>,
}

/// The action.
#[derive(Debug, Clone)]
pub struct HtmlExtract {
    cpu: CpuPool,
}

impl HtmlExtract {
    pub fn new(cpu: CpuPool) -> Self {
        Self { cpu }
    }
}

#[async_trait]
impl Action for HtmlExtract {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "html.extract".to_owned(),
            title: "Extract from HTML".to_owned(),
            description: "Reads fields of a page by CSS selectors. With `each`, every element it \
                          finds is a row; without it the page is one."
                .to_owned(),
            input_schema: json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["html", "fields"],
                "properties": {
                    "html": { "type": "string" },
                    "url": { "type": "string", "description": "Address of the page, for relative links." },
                    "fields": schema(),
                    "each": { "type": "string", "description": "CSS selector of the rows." },
                },
            }),
            output_schema: json!({
                "type": "object",
                "properties": {
                    "record": { "description": "The first row, or null." },
                    "records": { "type": "array", "items": { "type": "object" } },
                },
            }),
        }
    }

    async fn run(&self, _: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: Input = input_of(input)?;
        let url = input.url.as_deref().map(Url::parse).transpose();
        let url = url.map_err(|error| ActionError::invalid_input("url", error.to_string()))?;
        let extraction = Extraction::compile(&input.fields, input.each.as_deref(), "fields");
        let extraction = extraction.map_err(|error| bad_fields(&error))?;
        let work = move || extract_rows(&input.html, url.as_ref(), &extraction);
        let rows = self.cpu.run(work).await;
        let rows = rows
            .map_err(|_| ActionError::retryable("EXTRACT_STOPPED", "extraction did not finish"))?;
        Ok(json!({ "record": rows.first(), "records": rows }))
    }
}

/// The step's error for a selector that is none.
pub(super) fn bad_fields(error: &ExtractionError) -> ActionError {
    ActionError::invalid_input(&error.path, error.message.clone())
}
