//! Bodies of requests and answers.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{
    api::{BadRequest, Checked, RequestContext},
    domain::Timestamp,
};
use uuid::Uuid;

use crate::{
    application::definitions::{DefinitionRow, Draft, Listed, RecentRun, Revision, VersionRow},
    domain::{
        definition::{Problem, Schedule, Severity, Trigger},
        execution::Status,
    },
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
        one_of(self.source.as_ref(), self.definition.as_ref())
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

/// The next version of a definition, as text or as its model: one of the two.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevisionBody {
    /// YAML or JSON text.
    pub source: Option<String>,
    /// The model as JSON.
    #[schema(value_type = Option<Object>)]
    pub definition: Option<Value>,
    /// The version it was made from: the answer is `DEFINITION_CHANGED` when there is a newer one.
    #[schema(example = 3)]
    pub from: Option<u32>,
    /// What is said of the version in the list of versions.
    #[schema(example = "Follow the site's new address", max_length = 500)]
    pub message: Option<String>,
}

/// Characters of a message.
const LONGEST_MESSAGE: usize = 500;

impl Checked for RevisionBody {
    fn check(&self) -> Result<(), BadRequest> {
        if self.message.as_ref().is_some_and(|said| said.chars().count() > LONGEST_MESSAGE) {
            return Err(BadRequest::field("message", "has more than 500 characters"));
        }
        one_of(self.source.as_ref(), self.definition.as_ref())
    }
}

impl From<RevisionBody> for Revision {
    fn from(RevisionBody { source, definition, from, message }: RevisionBody) -> Self {
        let message = message.map(|said| said.trim().to_owned()).filter(|said| !said.is_empty());
        Self { draft: DraftBody { source, definition }.into(), from, message }
    }
}

/// A draft that is held against the version it was made from.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftDiffBody {
    /// YAML or JSON text.
    pub source: Option<String>,
    /// The model as JSON.
    #[schema(value_type = Option<Object>)]
    pub definition: Option<Value>,
    /// The version it was made from.
    #[schema(example = 3)]
    pub from: u32,
}

impl Checked for DraftDiffBody {
    fn check(&self) -> Result<(), BadRequest> {
        one_of(self.source.as_ref(), self.definition.as_ref())
    }
}

impl From<DraftDiffBody> for Draft {
    fn from(DraftDiffBody { source, definition, .. }: DraftDiffBody) -> Self {
        DraftBody { source, definition }.into()
    }
}

fn one_of(source: Option<&String>, definition: Option<&Value>) -> Result<(), BadRequest> {
    if source.is_some() == definition.is_some() {
        return Err(BadRequest::field("definition", "give either definition or source"));
    }
    Ok(())
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

/// One of the last executions of a definition.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecentRunView {
    pub id: Uuid,
    pub status: Status,
    pub created_at: Timestamp,
    /// Milliseconds since it was started; absent until it has ended.
    #[schema(example = 1840)]
    pub took_ms: Option<u64>,
}

impl From<RecentRun> for RecentRunView {
    fn from(run: RecentRun) -> Self {
        let took_ms = run.took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        Self { id: run.id.into(), status: run.status, created_at: run.created_at, took_ms }
    }
}

/// A definition of the list, and how it fares.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DefinitionListed {
    #[serde(flatten)]
    pub summary: DefinitionSummary,
    /// Its last ten executions, newest first.
    pub recent: Vec<RecentRunView>,
    /// It has triggers, and all of them are paused.
    pub paused: bool,
}

impl DefinitionListed {
    pub fn new(Listed { row, standing }: Listed, now: Timestamp) -> Self {
        Self {
            summary: DefinitionSummary::new(row, now),
            recent: standing.recent.into_iter().map(Into::into).collect(),
            paused: standing.paused,
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
