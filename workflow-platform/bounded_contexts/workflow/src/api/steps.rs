//! `/workflow/steps/test`: one step by itself.

use std::{collections::BTreeMap, sync::Arc};

use axum::extract::State;
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{
    api::{ApiJson, BadRequest, Envelope, ErrorEnvelope, Failure, Reply},
    application::{ActionFailure, LogLevel, Principal},
    domain::{Cost, Execution, Id, Timestamp},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    application::{
        definitions::Draft,
        trials::{BenchLine, StepData, Subject, TestStep, TrialService, Tried},
    },
    domain::execution::StepStatus,
};

/// Bytes of JSON up to which a value is shown whole.
const LARGEST_SHOWN: usize = 256 * 1024;
/// Characters of a larger one that are shown.
const PREVIEW: usize = 16 * 1024;

/// All routes, without the `/api/v1` prefix.
pub fn routes(service: Arc<TrialService>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(test_step)).with_state(service)
}

/// What an earlier step gave, made up.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "output": { "title": "Late" } }))]
pub struct StepTestData {
    /// `succeeded` unless given.
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "succeeded")]
    pub status: Option<StepStatus>,
    /// Of a step that ran once.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Value)]
    pub output: Value,
    /// Of the items of a step with `for_each`.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Vec<Value>)]
    pub outputs: Vec<Value>,
    /// Of a step that failed: `{"code", "message"}`.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Value)]
    pub error: Value,
}

/// Which step is run, and with what. Give one of `source`, `definition` and `definition_id`.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StepTest, example = json!({
    "source": "name: shelf\nsteps:\n  - id: page\n    uses: http.request\n    with: {url: \"https://example.com/\"}\n  - id: read\n    uses: html.extract\n    with: {html: \"${{ steps.page.output.body }}\", fields: {title: title}}\n",
    "step": "read",
    "steps": { "page": { "output": { "body": "<title>Late</title>" } } },
}))]
pub struct StepTestBody {
    /// A workflow as YAML or JSON text. Only the step itself must be free of faults.
    #[garde(skip)]
    pub source: Option<String>,
    /// A workflow as JSON; one with this step alone will do.
    #[garde(skip)]
    #[schema(value_type = Option<Object>)]
    pub definition: Option<Value>,
    /// The newest version of a saved workflow.
    #[garde(skip)]
    pub definition_id: Option<Uuid>,
    /// The id of the step.
    #[garde(length(min = 1, max = 64))]
    #[schema(example = "read")]
    pub step: String,
    /// As the workflow's `params` describe; those of the execution unless given.
    #[garde(skip)]
    #[schema(value_type = Option<Object>)]
    pub params: Option<Value>,
    /// What earlier steps gave, by their ids; in the place of what the execution recorded.
    #[garde(length(max = 500), dive)]
    #[serde(default)]
    pub steps: BTreeMap<String, StepTestData>,
    /// An execution whose results, parameters and trigger the step sees.
    #[garde(skip)]
    #[schema(value_type = Option<Uuid>)]
    pub execution_id: Option<Id<Execution>>,
    /// Of a step with `for_each`, which item is run, from 0.
    #[garde(range(max = 1_000_000))]
    #[serde(default)]
    pub item: u32,
}

impl StepTestBody {
    fn wanted(self) -> Result<TestStep, BadRequest> {
        let subject = match (self.source, self.definition, self.definition_id) {
            (Some(source), None, None) => Subject::Draft(Draft::Source(source)),
            (None, Some(model), None) => Subject::Draft(Draft::Model(model)),
            (None, None, Some(id)) => Subject::Saved(id),
            _ => {
                let message = "give one of source, definition and definition_id";
                return Err(BadRequest::field("source", message));
            }
        };
        Ok(TestStep {
            subject,
            step: self.step,
            params: self.params,
            steps: self.steps.into_iter().map(|(id, data)| (id, data.into())).collect(),
            execution: self.execution_id,
            item: self.item,
        })
    }
}

impl From<StepTestData> for StepData {
    fn from(data: StepTestData) -> Self {
        let StepTestData { status, output, outputs, error } = data;
        let status = status.unwrap_or(StepStatus::Succeeded).as_str().to_owned();
        Self { status, output, outputs, error }
    }
}

/// A value, as far as it fits into an answer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StepTestValue {
    /// Absent when it is larger than 256 KiB.
    #[schema(value_type = Option<Value>)]
    pub value: Option<Value>,
    /// Of the whole value as JSON.
    pub bytes: usize,
    /// How the JSON of a larger one begins.
    pub preview: Option<String>,
}

impl From<Value> for StepTestValue {
    fn from(value: Value) -> Self {
        let text = value.to_string();
        let bytes = text.len();
        if bytes <= LARGEST_SHOWN {
            return Self { value: Some(value), bytes, preview: None };
        }
        Self { value: None, bytes, preview: Some(text.chars().take(PREVIEW).collect()) }
    }
}

/// Why the step failed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StepTestError {
    #[schema(example = "HTTP_STATUS")]
    pub code: String,
    pub message: String,
    #[schema(value_type = Value)]
    pub details: Value,
    /// Another attempt may succeed.
    pub retryable: bool,
}

/// A line that the step logged.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StepTestLine {
    pub at: Timestamp,
    pub level: LogLevel,
    pub message: String,
    #[schema(value_type = Value)]
    pub fields: Value,
}

impl From<BenchLine> for StepTestLine {
    fn from(BenchLine { at, level, message, fields }: BenchLine) -> Self {
        Self { at, level, message, fields }
    }
}

/// The item that was run.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StepTestItem {
    pub index: u32,
    /// How many items there are.
    pub total: usize,
}

/// What came of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StepTestView {
    /// `succeeded` or `failed`.
    #[schema(value_type = String, example = "succeeded")]
    pub status: StepStatus,
    /// What the step's `if` gave; it ran all the same.
    pub condition: Option<bool>,
    pub item: Option<StepTestItem>,
    /// What the action was given, with secrets masked.
    pub input: Option<StepTestValue>,
    pub output: Option<StepTestValue>,
    pub error: Option<StepTestError>,
    /// The first 500 lines.
    pub logs: Vec<StepTestLine>,
    /// How many more there were.
    pub logs_left_out: u64,
    pub started_at: Timestamp,
    pub duration_ms: u64,
    pub cost: Cost,
}

impl From<Tried> for StepTestView {
    fn from(tried: Tried) -> Self {
        let (status, output, error) = match tried.result {
            Ok(output) => (StepStatus::Succeeded, Some(output.into()), None),
            Err(error) => {
                let error = StepTestError {
                    retryable: error.failure == ActionFailure::Retryable,
                    code: error.code,
                    message: error.message,
                    details: error.details,
                };
                (StepStatus::Failed, None, Some(error))
            }
        };
        Self {
            status,
            condition: tried.condition,
            item: tried.item.map(|item| StepTestItem { index: item.index, total: item.total }),
            input: tried.input.map(Into::into),
            output,
            error,
            logs: tried.lines.into_iter().map(Into::into).collect(),
            logs_left_out: tried.lines_left_out,
            started_at: tried.started_at,
            duration_ms: u64::try_from(tried.took.as_millis()).unwrap_or(u64::MAX),
            cost: tried.cost,
        }
    }
}

/// Runs one step by itself, once, for at most 25 seconds, without an execution.
///
/// Expressions see what you give. What the step does, it does: a request is sent, a record is
/// written. A step that fails is an answer as well: see `error`. Waits, `workflow.run` and
/// crawls cannot be tried.
#[utoipa::path(
    post, path = "/workflow/steps/test", tag = "workflow", request_body = StepTestBody,
    operation_id = "test_step",
    responses(
        (status = 200, body = Envelope<StepTestView>),
        (status = 402, description = "QUOTA_EXCEEDED", body = ErrorEnvelope),
        (status = 404, description = "no such workflow or execution", body = ErrorEnvelope),
        (status = 422, description = "DEFINITION_INVALID, STEP_NOT_TESTABLE, or parameters that do not fit", body = ErrorEnvelope),
        (status = 429, description = "STEP_TESTS_BUSY: two of yours run", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn test_step(
    State(service): State<Arc<TrialService>>,
    who: Principal,
    ApiJson(body): ApiJson<StepTestBody>,
) -> Result<Reply<StepTestView>, Failure> {
    let tried = Box::pin(service.test_step(&who, body.wanted()?)).await?;
    Ok(Reply::ok(tried.into()))
}
