//! `/workflow/definitions/{id}/triggers` and `/workflow/triggers`.

use axum::extract::State;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Event, Execution, Id, Page, Timestamp},
};
use uuid::Uuid;

use super::Api;
use crate::{
    application::triggers::{
        Backfilled, Calendar, HookDetails, NamedCalendar, NamedDetails, Outcome, Range, Span, Tick,
        TriggerDetails,
    },
    domain::definition::{Misfire, Overlap},
};

/// One trigger of a workflow.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TriggerView {
    pub id: Uuid,
    #[schema(example = "cron")]
    pub kind: &'static str,
    #[schema(example = "0 8 * * *")]
    pub expression: String,
    #[schema(example = "Asia/Shanghai")]
    pub timezone: String,
    pub paused: bool,
    pub misfire: Misfire,
    pub overlap: Overlap,
    /// The next ten; none while it is paused.
    pub next_runs: Vec<Timestamp>,
    /// It asks for more: the plan has its runs at least so many seconds apart.
    #[schema(example = 300)]
    pub held_to_seconds: Option<u64>,
    pub webhook: Option<HookView>,
    /// Of an event or dataset: which of them start the workflow.
    #[schema(example = "${{ trigger.event.payload.added > 0 }}")]
    pub condition: Option<String>,
}

/// How a webhook is called.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HookView {
    /// Below the address of the API.
    #[schema(example = "/workflow/hooks/3JYxD0sVb3rXkT9mQw5nPqLhUe8aZcRt")]
    pub path: String,
    /// Signs calls as Standard Webhooks says; absent when they are not signed.
    #[schema(example = "whsec_…")]
    pub secret: Option<String>,
}

impl From<HookDetails> for HookView {
    fn from(HookDetails { token, secret }: HookDetails) -> Self {
        Self { path: format!("/workflow/hooks/{token}"), secret }
    }
}

impl From<TriggerDetails> for TriggerView {
    fn from(details: TriggerDetails) -> Self {
        Self {
            id: details.id,
            kind: details.spec.timing.kind(),
            expression: details.spec.timing.expression(),
            timezone: details.spec.timing.timezone().to_owned(),
            paused: details.paused,
            misfire: details.spec.misfire,
            overlap: details.spec.overlap,
            next_runs: details.next_runs,
            held_to_seconds: details.held_to.map(|least| least.as_secs()),
            webhook: details.hook.map(Into::into),
            condition: details.spec.condition,
        }
    }
}

/// The triggers of a workflow and when they run next.
#[utoipa::path(
    get, path = "/workflow/definitions/{id}/triggers", tag = "workflow",
    operation_id = "list_triggers",
    params(("id" = Uuid, Path, description = "workflow")),
    responses(
        (status = 200, body = Envelope<Page<TriggerView>>),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    State(api): Api,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<Page<TriggerView>>, Failure> {
    let found = api.triggers.list(&who, id).await?;
    let items = found.into_iter().map(Into::into).collect();
    Ok(Reply::ok(Page { items, next_cursor: None }))
}

/// A trigger and the workflow it starts.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NamedTriggerView {
    pub definition_id: Uuid,
    #[schema(example = "rankings")]
    pub definition_name: String,
    #[serde(flatten)]
    pub trigger: TriggerView,
}

impl From<NamedDetails> for NamedTriggerView {
    fn from(NamedDetails { definition_id, definition_name, trigger }: NamedDetails) -> Self {
        Self { definition_id, definition_name, trigger: trigger.into() }
    }
}

/// The triggers of all workflows and when they run next, the newest first.
#[utoipa::path(
    get, path = "/workflow/triggers", tag = "workflow",
    operation_id = "list_all_triggers",
    params(PageQuery),
    responses((status = 200, body = Envelope<Page<NamedTriggerView>>)),
    security(("bearer" = [])),
)]
pub async fn all(
    State(api): Api,
    who: Principal,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<NamedTriggerView>>, Failure> {
    Ok(Reply::ok(api.triggers.list_all(&who, query.page()?).await?.map(Into::into)))
}

/// Stops a trigger: none of its ticks is handled until it is resumed.
#[utoipa::path(
    post, path = "/workflow/triggers/{id}/pause", tag = "workflow",
    operation_id = "pause_trigger",
    params(("id" = Uuid, Path, description = "trigger")),
    responses((status = 200, body = Envelope<TriggerView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn pause(
    State(api): Api,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<TriggerView>, Failure> {
    Ok(Reply::ok(api.triggers.pause(&who, id).await?.into()))
}

/// Lets a paused trigger go on with its first tick after now.
#[utoipa::path(
    post, path = "/workflow/triggers/{id}/resume", tag = "workflow",
    operation_id = "resume_trigger",
    params(("id" = Uuid, Path, description = "trigger")),
    responses(
        (status = 200, body = Envelope<TriggerView>),
        (status = 402, description = "QUOTA_EXCEEDED: it is due more often than the plan includes", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn resume(
    State(api): Api,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<TriggerView>, Failure> {
    Ok(Reply::ok(api.triggers.resume(&who, id).await?.into()))
}

/// A due time and what became of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TickView {
    pub due_at: Timestamp,
    pub outcome: Outcome,
    /// Why it was not simply run.
    #[schema(example = "missed; a later one runs for it")]
    pub detail: Option<String>,
    #[schema(value_type = Option<Uuid>)]
    pub execution_id: Option<Id<Execution>>,
    /// What it came from, where that is no clock.
    #[schema(value_type = Option<Uuid>)]
    pub event_id: Option<Id<Event>>,
}

impl From<Tick> for TickView {
    fn from(Tick { due_at, outcome, detail, execution, event }: Tick) -> Self {
        Self { due_at, outcome, detail, execution_id: execution, event_id: event }
    }
}

/// The ledger of a trigger: each due time and what became of it, the newest first.
#[utoipa::path(
    get, path = "/workflow/triggers/{id}/ticks", tag = "workflow",
    operation_id = "list_ticks",
    params(("id" = Uuid, Path, description = "trigger"), PageQuery),
    responses((status = 200, body = Envelope<Page<TickView>>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn ticks(
    State(api): Api,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<TickView>>, Failure> {
    Ok(Reply::ok(api.triggers.ticks(&who, id, query.page()?).await?.map(Into::into)))
}

/// Up to 42 days, both ends included.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CalendarQuery {
    #[garde(skip)]
    #[param(example = "2026-11-23T00:00:00Z")]
    from: Timestamp,
    #[garde(skip)]
    #[param(example = "2026-11-29T23:59:59Z")]
    to: Timestamp,
}

/// The times of a range.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CalendarView {
    /// Those that passed, in order; of more than 1,000, or than a trigger's share of 20,000, the
    /// newest.
    pub ticks: Vec<TickView>,
    /// Those to come, in order; of too many the soonest. None while the trigger is paused.
    pub due: Vec<Timestamp>,
    /// Whether these are all.
    pub whole: bool,
}

impl From<Calendar> for CalendarView {
    fn from(Calendar { ticks, due, whole }: Calendar) -> Self {
        Self { ticks: ticks.into_iter().map(Into::into).collect(), due, whole }
    }
}

/// The times of a trigger in a range: what became of those that passed, and those to come.
#[utoipa::path(
    get, path = "/workflow/triggers/{id}/calendar", tag = "workflow",
    operation_id = "trigger_calendar",
    params(("id" = Uuid, Path, description = "trigger"), CalendarQuery),
    responses(
        (status = 200, body = Envelope<CalendarView>),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn calendar(
    State(api): Api,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(CalendarQuery { from, to }): ApiQuery<CalendarQuery>,
) -> Result<Reply<CalendarView>, Failure> {
    Ok(Reply::ok(api.triggers.calendar(&who, id, Span { from, to }).await?.into()))
}

/// Up to 42 days, both ends included, and a page of triggers.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CalendarsQuery {
    #[garde(skip)]
    #[param(example = "2026-11-23T00:00:00Z")]
    from: Timestamp,
    #[garde(skip)]
    #[param(example = "2026-11-29T23:59:59Z")]
    to: Timestamp,
    /// Triggers of a page, 1 to 200; 50 unless given.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, example = 50)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    cursor: Option<String>,
}

/// A trigger, the workflow it starts, and its times of the range.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NamedCalendarView {
    pub trigger: NamedTriggerView,
    pub calendar: CalendarView,
}

impl From<NamedCalendar> for NamedCalendarView {
    fn from(NamedCalendar { trigger, calendar }: NamedCalendar) -> Self {
        Self { trigger: trigger.into(), calendar: calendar.into() }
    }
}

/// The times of all triggers in a range, the newest trigger first. The triggers of a page share
/// 20,000 times that passed and as many to come, up to 1,000 each: a smaller `limit` shows more of
/// each.
#[utoipa::path(
    get, path = "/workflow/triggers/calendar", tag = "workflow",
    operation_id = "trigger_calendars",
    params(CalendarsQuery),
    responses(
        (status = 200, body = Envelope<Page<NamedCalendarView>>),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn calendars(
    State(api): Api,
    who: Principal,
    ApiQuery(CalendarsQuery { from, to, limit, cursor }): ApiQuery<CalendarsQuery>,
) -> Result<Reply<Page<NamedCalendarView>>, Failure> {
    let page = PageQuery::parse(limit, cursor.as_deref())?;
    let found = api.triggers.calendars(&who, Span { from, to }, page).await?;
    Ok(Reply::ok(found.map(Into::into)))
}

/// A range of the past, both ends included, with up to 500 ticks.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "from": "2026-11-01T00:00:00Z", "to": "2026-11-07T23:59:59Z" }))]
pub struct BackfillBody {
    #[garde(skip)]
    pub from: Timestamp,
    #[garde(skip)]
    pub to: Timestamp,
    /// Executions of the range at once; 1 unless given.
    #[garde(range(min = 1, max = 100))]
    #[serde(default = "one")]
    pub max_parallel: u32,
    /// Only says what it would do.
    #[garde(skip)]
    #[serde(default)]
    pub dry_run: bool,
}

const fn one() -> u32 {
    1
}

/// How many ticks of the range were handled; after `dry_run`, would be.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BackfillView {
    #[schema(example = 6)]
    pub started: u32,
    /// They had started an execution before.
    #[schema(example = 1)]
    pub left: u32,
    /// The first tick that starts one.
    pub first: Option<Timestamp>,
    /// The last of them.
    pub last: Option<Timestamp>,
}

impl From<Backfilled> for BackfillView {
    fn from(Backfilled { started, left, first, last }: Backfilled) -> Self {
        Self { started, left, first, last }
    }
}

/// Starts an execution for each tick of a past range that has none. Asking twice starts nothing
/// twice; with `dry_run` it starts nothing at all and says how many it would.
#[utoipa::path(
    post, path = "/workflow/triggers/{id}/backfill", tag = "workflow", request_body = BackfillBody,
    operation_id = "backfill_trigger",
    params(("id" = Uuid, Path, description = "trigger")),
    responses(
        (status = 200, description = "after `dry_run`", body = Envelope<BackfillView>),
        (status = 201, body = Envelope<BackfillView>),
        (status = 402, description = "QUOTA_EXCEEDED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn backfill(
    State(api): Api,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(body): ApiJson<BackfillBody>,
) -> Result<Reply<BackfillView>, Failure> {
    let BackfillBody { from, to, max_parallel, dry_run } = body;
    let range = Range { from, to, max_parallel };
    if dry_run {
        return Ok(Reply::ok(api.triggers.backfill_preview(&who, id, range).await?.into()));
    }
    Ok(Reply::created(api.triggers.backfill(&who, id, range).await?.into()))
}
