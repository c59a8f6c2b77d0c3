//! Bodies of requests and answers.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{
    api::{BadRequest, Checked, RequestContext},
    domain::Timestamp,
};
use uuid::Uuid;

use crate::{
    application::definitions::{DefinitionRow, Draft, VersionRow},
    domain::definition::{Problem, Schedule, Severity, Trigger},
};

/// A definition, as text or as its model: one of the two.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftBody {
    /// YAML or JSON text.
    pub source: Option<String>,
    /// The model as JSON.
    #[schema(value_type = Option<Object>)]
    pub definition: Option<Value>,
}

impl Checked for DraftBody {
    fn check(&self) -> Result<(), BadRequest> {
        if self.source.is_some() == self.definition.is_some() {
            return Err(BadRequest::field("definition", "give either definition or source"));
        }
        Ok(())
    }
}

impl From<DraftBody> for Draft {
    fn from(body: DraftBody) -> Self {
        match (body.source, body.definition) {
            (Some(source), _) => Self::Source(source),
            (None, model) => Self::Model(model.unwrap_or_default()),
        }
    }
}

/// A schedule of a definition.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TriggerSummary {
    #[schema(example = "cron")]
    pub kind: &'static str,
    #[schema(example = "0 8 * * *")]
    pub expression: String,
    #[schema(example = "Asia/Shanghai")]
    pub timezone: String,
    pub next_run: Option<Timestamp>,
}

impl TriggerSummary {
    fn new(trigger: Trigger, now: Timestamp) -> Self {
        let next_run = Schedule::of(&trigger).ok().and_then(|schedule| schedule.next_after(now));
        let timing = trigger.timing;
        Self {
            kind: timing.kind(),
            expression: timing.expression(),
            timezone: timing.timezone().to_owned(),
            next_run,
        }
    }
}

/// A definition in a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DefinitionSummary {
    pub id: Uuid,
    pub name: String,
    /// The newest.
    pub version: u32,
    pub triggers: Vec<TriggerSummary>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl DefinitionSummary {
    pub fn new(row: DefinitionRow, now: Timestamp) -> Self {
        Self {
            id: row.id,
            name: row.name,
            version: row.version,
            triggers: row
                .triggers
                .into_iter()
                .map(|trigger| TriggerSummary::new(trigger, now))
                .collect(),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A definition with its content.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DefinitionDetail {
    #[serde(flatten)]
    pub summary: DefinitionSummary,
    /// The text as it was saved.
    pub source: String,
    /// The model as JSON.
    #[schema(value_type = Object)]
    pub definition: Value,
}

impl DefinitionDetail {
    pub fn new(row: DefinitionRow, content: VersionRow, now: Timestamp) -> Self {
        let summary = DefinitionSummary::new(row, now);
        Self { summary, source: content.source, definition: content.model }
    }
}

/// A problem of a definition, in the language of the request.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemView {
    #[schema(example = "steps[2].with.url")]
    pub path: String,
    /// From 1; absent when the definition came as a model.
    pub line: Option<u32>,
    /// From 1.
    pub column: Option<u32>,
    #[schema(example = "UNKNOWN_ACTION")]
    pub code: &'static str,
    pub message: String,
    pub severity: Severity,
}

impl From<&Problem> for ProblemView {
    fn from(problem: &Problem) -> Self {
        Self {
            path: problem.path.clone(),
            line: problem.place.map(|place| place.line),
            column: problem.place.map(|place| place.column),
            code: problem.code,
            message: problem.message.of(RequestContext::current().locale).to_owned(),
            severity: problem.severity,
        }
    }
}

/// What a check found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Verdict {
    /// It can be saved, though there may be warnings.
    pub valid: bool,
    pub problems: Vec<ProblemView>,
}
