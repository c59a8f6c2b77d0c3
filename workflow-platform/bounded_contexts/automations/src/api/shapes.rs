//! What comes and goes.

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared_kernel::{
    api::{BadRequest, RequestContext},
    domain::{EventType, Id, Text, Timestamp},
};
use uuid::Uuid;

use crate::{
    application::{AutomationRow, DryRun, Tried, TriedEvent},
    domain::{Action, ActionOutcome, Firing, FiringState, Notification, Rule, Trigger},
};

/// A rule that is kept.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AutomationView {
    pub id: Uuid,
    pub name: String,
    pub enabled: bool,
    pub trigger: Trigger,
    pub cooldown_seconds: u32,
    pub actions: Vec<Action>,
    /// The rule of the house that it began as, such as `failed_run`.
    pub preset: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When it fires next by its timetable, or is to miss its event.
    pub next_at: Option<Timestamp>,
    pub fired_at: Option<Timestamp>,
    /// How often it fired.
    pub fired: u64,
    /// Events left out since it last fired, while it rested or was held back.
    pub left_out: u64,
}

impl From<AutomationRow> for AutomationView {
    fn from(row: AutomationRow) -> Self {
        Self {
            id: row.id.uuid(),
            name: row.rule.name,
            enabled: row.rule.enabled,
            trigger: row.rule.trigger,
            cooldown_seconds: row.rule.cooldown_seconds,
            actions: row.rule.actions,
            preset: row.preset,
            created_at: row.created_at,
            updated_at: row.updated_at,
            next_at: row.due_at,
            fired_at: row.fired_at,
            fired: row.fired,
            left_out: row.left_out,
        }
    }
}

/// What came of a rule at an event.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FiringView {
    pub id: Uuid,
    /// `id`, `kind`, `at` and `payload` of the event.
    #[schema(value_type = Object)]
    pub event: Value,
    pub state: FiringState,
    /// Why it was held back, or could not begin.
    pub reason: Option<String>,
    /// As they were done.
    pub actions: Vec<Action>,
    /// In the order of the actions; null while one is not done.
    pub outcomes: Vec<Option<ActionOutcome>>,
    pub fired_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

impl From<Firing> for FiringView {
    fn from(mut firing: Firing) -> Self {
        Self {
            id: firing.id.uuid(),
            event: firing.told["event"].take(),
            state: firing.state,
            reason: firing.reason,
            actions: firing.actions,
            outcomes: firing.outcomes,
            fired_at: firing.fired_at,
            ended_at: firing.ended_at,
        }
    }
}

/// A note.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NotificationView {
    pub id: Uuid,
    pub title: String,
    pub body: String,
    /// The automation that left it, unless the platform did.
    pub automation_id: Option<Uuid>,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
}

impl From<Notification> for NotificationView {
    fn from(note: Notification) -> Self {
        Self {
            id: note.id.uuid(),
            title: note.title,
            body: note.body,
            automation_id: note.automation.map(Id::uuid),
            created_at: note.created_at,
            read_at: note.read_at,
        }
    }
}

/// How many.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UnreadView {
    /// Up to 1000.
    pub unread: u32,
}

/// How many were not read before.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReadView {
    pub read: u64,
}

/// A kind of event.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EventKindView {
    #[schema(example = "execution.finished")]
    pub kind: String,
    pub title: String,
    /// Fields of `trigger.event.payload`.
    pub fields: Vec<String>,
}

impl From<EventType> for EventKindView {
    fn from(known: EventType) -> Self {
        let (zh, en) = known.title;
        Self {
            kind: known.kind.to_owned(),
            title: Text::new(zh, en).of(RequestContext::current().locale).to_owned(),
            fields: known.fields.iter().map(|field| field.name.to_owned()).collect(),
        }
    }
}

/// An event that is made up.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MadeUpEvent {
    #[garde(length(max = 100))]
    #[schema(example = "execution.finished")]
    pub kind: String,
    #[garde(skip)]
    #[schema(value_type = Object)]
    pub payload: Value,
}

/// With what a rule that is kept is tried.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "last": 20 }))]
pub struct DryRunBody {
    /// Your latest so many events, 20 unless `event` is given.
    #[garde(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub last: Option<u32>,
    /// One that is made up instead.
    #[garde(dive)]
    pub event: Option<MadeUpEvent>,
}

/// A rule to be tried without being kept.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "automation": {
        "name": "Tell me of failures",
        "trigger": {
            "event": "execution.finished",
            "if": "trigger.event.payload.status == 'failed'",
        },
        "actions": [{ "kind": "notify", "title": "${{ trigger.event.payload.execution_id }} failed" }],
    },
    "event": {
        "kind": "execution.finished",
        "payload": { "execution_id": "0193a1b2-c3d4-7e8f-9a0b-1c2d3e4f5a6b", "status": "failed" },
    },
}))]
pub struct DraftDryRunBody {
    #[garde(dive)]
    pub automation: Rule,
    /// Your latest so many events, 20 unless `event` is given.
    #[garde(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub last: Option<u32>,
    /// One that is made up instead.
    #[garde(dive)]
    pub event: Option<MadeUpEvent>,
}

/// Events tried when nothing is said.
const TRIED: u32 = 20;

pub fn tried_with(last: Option<u32>, event: Option<MadeUpEvent>) -> Result<DryRun, BadRequest> {
    match (last, event) {
        (Some(_), Some(_)) => Err(BadRequest::field("event", "give either event or last")),
        (last, None) => Ok(DryRun::Latest(last.unwrap_or(TRIED))),
        (None, Some(MadeUpEvent { kind, payload })) => Ok(DryRun::Event { kind, payload }),
    }
}

/// What a rule would have made of an event.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TriedOutcome {
    /// It does not listen to such events, or its condition is not met.
    Ignored,
    /// Counted; the threshold was not reached.
    Counted,
    /// Left out, since it had fired a short while before.
    Rested,
    Fired,
    /// An expression fails.
    Failed,
}

/// One event and what would have come of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TriedView {
    /// `id`, `kind`, `at` and `payload`.
    #[schema(value_type = Object)]
    pub event: Value,
    pub outcome: TriedOutcome,
    /// What fails.
    pub reason: Option<String>,
    /// As they would have been done.
    pub actions: Vec<Action>,
}

impl From<Tried> for TriedView {
    fn from(tried: Tried) -> Self {
        let event = tried.event;
        Self {
            event: json!({
                "id": event.id,
                "kind": event.kind,
                "at": event.occurred_at,
                "payload": event.payload,
            }),
            outcome: match tried.outcome {
                TriedEvent::Ignored => TriedOutcome::Ignored,
                TriedEvent::Counted(_) => TriedOutcome::Counted,
                TriedEvent::Rested => TriedOutcome::Rested,
                TriedEvent::Fired => TriedOutcome::Fired,
                TriedEvent::Failed => TriedOutcome::Failed,
            },
            reason: tried.reason,
            actions: tried.actions,
        }
    }
}

/// All events that were tried, the newest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DryRunView {
    /// How many of them the rule would have fired at.
    pub fired: usize,
    pub items: Vec<TriedView>,
}

impl From<Vec<Tried>> for DryRunView {
    fn from(tried: Vec<Tried>) -> Self {
        let fired = tried.iter().filter(|one| one.outcome == TriedEvent::Fired).count();
        Self { fired, items: tried.into_iter().map(Into::into).collect() }
    }
}

/// The kinds that people most often listen to.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EventKindsView {
    pub items: Vec<EventKindView>,
}
