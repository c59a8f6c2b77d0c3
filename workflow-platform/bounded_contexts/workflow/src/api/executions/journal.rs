//! `/workflow/executions/{id}/journal`: what was written down, event by event.

use axum::extract::State;
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use shared_kernel::{
    api::{ApiPath, ApiQuery, BadRequest, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Execution, Id, Page, PageRequest, Timestamp},
};

use super::Api;
use crate::{
    application::executions::{JournalFilter, StoredEvent},
    domain::execution::JournalEvent,
};

/// Bodies in a list that are larger go without their large values.
const LARGEST: usize = 4 * 1024;
/// What may be large in a body.
const LARGE: [&str; 6] = ["input", "output", "outputs", "items", "params", "data"];

/// Which events.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JournalQuery {
    /// Only events after this number; numbers go up by one from 1.
    #[garde(range(min = 0))]
    #[param(minimum = 0, example = 100)]
    after: Option<i64>,
    /// Only those of this kind.
    #[garde(length(max = 60))]
    #[param(example = "step.failed")]
    kind: Option<String>,
    /// Only those of this step.
    #[garde(length(max = 64))]
    #[param(example = "fetch")]
    step: Option<String>,
    /// Rows of a page, 1 to 200; 50 unless given.
    #[garde(skip)]
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    cursor: Option<String>,
}

impl JournalQuery {
    fn filter(&self) -> Result<JournalFilter, BadRequest> {
        let known = |kind: &str| JournalEvent::KINDS.into_iter().find(|known| *known == kind);
        let kind = match &self.kind {
            Some(kind) => {
                let unknown = || BadRequest::field("kind", "is not a kind of the journal");
                Some(known(kind).ok_or_else(unknown)?)
            }
            None => None,
        };
        let step = self.step.clone();
        BadRequest::unless_plain("step", step.as_deref())?;
        Ok(JournalFilter { after: self.after.unwrap_or(0), kind, step })
    }

    fn page(&self) -> Result<PageRequest, BadRequest> {
        PageQuery::parse(self.limit, self.cursor.as_deref())
    }
}

/// An event of the journal.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = JournalEntry)]
pub struct EntryView {
    /// Its number; they go up by one from 1.
    pub seq: i64,
    pub at: Timestamp,
    #[schema(example = "step.succeeded")]
    pub kind: &'static str,
    /// As it was written, with `***` for secrets.
    #[schema(value_type = Object)]
    pub body: Map<String, Value>,
    /// Large values are not in `body` here; the event asked for by its number has them.
    pub shortened: bool,
}

impl EntryView {
    fn whole(stored: &StoredEvent) -> Self {
        let body = stored.event.encode().ok().and_then(|text| serde_json::from_str(&text).ok());
        Self {
            seq: stored.seq,
            at: stored.at,
            kind: stored.event.kind(),
            body: body.unwrap_or_default(),
            shortened: false,
        }
    }

    /// As one of many: of what a step keeps for its next attempt there is the number, and of a
    /// body larger than that only what is small.
    pub(super) fn short(stored: &StoredEvent, largest: usize) -> Self {
        let mut entry = Self::whole(stored);
        if let JournalEvent::StepRecorded(recorded) = &stored.event {
            let count = json!(recorded.records.len());
            entry.shortened = entry.body.insert("records".to_owned(), count).is_some();
        }
        if json!(entry.body).to_string().len() > largest {
            for name in LARGE {
                entry.shortened |= entry.body.remove(name).is_some();
            }
        }
        entry
    }
}

/// The journal of an execution, oldest event first: everything it did follows from these.
///
/// With `step` a page may have fewer events than asked for; `next_cursor` tells whether more
/// follow.
#[utoipa::path(
    get, path = "/workflow/executions/{id}/journal", tag = "workflow",
    operation_id = "list_journal",
    params(("id" = uuid::Uuid, Path, description = "execution"), JournalQuery),
    responses(
        (status = 200, body = Envelope<Page<EntryView>>),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    State(api): Api,
    who: Principal,
    ApiPath(id): ApiPath<Id<Execution>>,
    ApiQuery(query): ApiQuery<JournalQuery>,
) -> Result<Reply<Page<EntryView>>, Failure> {
    let page = query.page()?;
    let found = api.executions.journal(&who, id, &query.filter()?, page).await?;
    Ok(Reply::ok(found.map(|stored| EntryView::short(&stored, LARGEST))))
}

/// One event of the journal, with all that is in it.
#[utoipa::path(
    get, path = "/workflow/executions/{id}/journal/{seq}", tag = "workflow",
    operation_id = "show_journal_event",
    params(
        ("id" = uuid::Uuid, Path, description = "execution"),
        ("seq" = i64, Path, description = "number of the event"),
    ),
    responses(
        (status = 200, body = Envelope<EntryView>),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn show(
    State(api): Api,
    who: Principal,
    ApiPath((id, seq)): ApiPath<(Id<Execution>, i64)>,
) -> Result<Reply<EntryView>, Failure> {
    let stored = api.executions.journal_event(&who, id, seq).await?;
    Ok(Reply::ok(EntryView::whole(&stored)))
}
