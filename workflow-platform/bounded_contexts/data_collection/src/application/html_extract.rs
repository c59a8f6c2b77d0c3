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
use crate::domain::extract::{
    Extraction, ExtractionError, Fields, Problem, Rows, TooDeep, extract_rows, schema,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    html: String,
    /// Address of the page, for relative links.
    url: Option<String>,
    fields: Fields,
    each: Option<String>,
    #[serde(default)]
    strict: bool,
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
            description: "Reads fields of a page by CSS selectors, and out of the JSON in its \
                          scripts. With `each`, every element it finds is a row; without it the \
                          page is one."
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
                    "strict": strict_schema(),
                },
            }),
            output_schema: output_schema(),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: Input = input_of(input)?;
        let url = address(input.url.as_deref())?;
        let extraction = Extraction::compile(&input.fields, input.each.as_deref(), "fields");
        let extraction = extraction.map_err(|error| bad_fields(&error))?;
        let now = Some(ctx.ambient.now());
        let work = move || extract_rows(&input.html, url.as_ref(), now, &extraction);
        let rows = self.cpu.run(work).await.map_err(|_| stopped())?.map_err(too_deep)?;
        output(rows, input.strict)
    }
}

/// A page that nobody can read.
fn too_deep(error: TooDeep) -> ActionError {
    ActionError::permanent("PAGE_TOO_DEEP", error.to_string())
}

/// The process ends.
pub(super) fn stopped() -> ActionError {
    ActionError::retryable("EXTRACT_STOPPED", "extraction did not finish")
}

/// The address that relative links are resolved by.
pub(super) fn address(url: Option<&str>) -> Result<Option<Url>, ActionError> {
    url.map(Url::parse)
        .transpose()
        .map_err(|error| ActionError::invalid_input("url", error.to_string()))
}

/// The step's output; with `strict` a problem is an error.
pub(super) fn output(rows: Rows, strict: bool) -> Result<Value, ActionError> {
    let Rows { records, problems } = rows;
    if let (true, Some(Problem { path, message, .. })) = (strict, problems.first()) {
        return Err(ActionError::permanent("EXTRACT_PROBLEM", format!("{path}: {message}"))
            .with_details(json!({ "problems": problems })));
    }
    Ok(json!({ "record": records.first(), "records": records, "problems": problems }))
}

/// What extracting actions answer.
pub(super) fn output_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "record": { "description": "The first row, or null." },
            "records": { "type": "array", "items": { "type": "object" } },
            "problems": problems_schema(),
        },
    })
}

pub(super) fn problems_schema() -> Value {
    json!({
        "type": "array",
        "description": "What is required and not there, and what is not of its type; the first hundred.",
        "items": {
            "type": "object",
            "properties": {
                "path": { "type": "string", "examples": ["records[3].price"] },
                "message": { "type": "string" },
            },
        },
    })
}

pub(super) fn strict_schema() -> Value {
    json!({ "type": "boolean", "default": false, "description": "A problem fails the step." })
}

/// The step's error for a selector that is none.
pub(super) fn bad_fields(error: &ExtractionError) -> ActionError {
    ActionError::invalid_input(&error.path, error.message.clone())
}
