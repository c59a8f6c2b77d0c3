//! A rule as its owner writes it.

use std::time::Duration;

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What is watched for, and what is done then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutomationRule, example = json!({
    "name": "Three failures in an hour",
    "trigger": {
        "event": "execution.finished",
        "if": "trigger.event.payload.status == 'failed'",
        "threshold": { "count": 3, "within_seconds": 3600, "by": "trigger.event.payload.definition_id" },
    },
    "cooldown_seconds": 3600,
    "actions": [{
        "kind": "notify",
        "title": "A workflow keeps failing",
        "body": "Workflow ${{ trigger.event.payload.definition_id }} failed again",
    }],
}))]
pub struct Rule {
    /// 1 to 100 characters.
    #[garde(length(chars, min = 1, max = 100))]
    pub name: String,
    /// Whether it listens.
    #[garde(skip)]
    #[serde(default = "yes")]
    pub enabled: bool,
    #[garde(dive)]
    pub trigger: Trigger,
    /// After it fired, it rests for so long, up to 30 days.
    #[garde(range(max = 2_592_000))]
    #[serde(default)]
    pub cooldown_seconds: u32,
    /// Done in this order, 1 to 10.
    #[garde(length(min = 1, max = 10), dive)]
    pub actions: Vec<Action>,
}

const fn yes() -> bool {
    true
}

/// Kind of the event that sets off a rule with a timetable.
pub const SCHEDULED: &str = "automation.scheduled";
/// Kind of the event that sets off a rule which misses another.
pub const EVENT_ABSENT: &str = "automation.event_absent";

/// What sets it off: events, that one does not come, or a timetable.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutomationTrigger)]
pub struct Trigger {
    /// The kind of an event such as `execution.finished`, or its beginning and `.*`;
    /// `automation.scheduled` with a `schedule`.
    #[garde(length(max = 100))]
    #[schema(example = "execution.finished")]
    pub event: String,
    /// An expression (CEL) that must be true, over `trigger.event.{id, kind, at, payload}`.
    #[serde(rename = "if", default, skip_serializing_if = "Option::is_none")]
    #[garde(length(max = 4000))]
    pub condition: Option<String>,
    /// Fires at every so many such events only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub threshold: Option<Threshold>,
    /// Fires when no such event comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub absence: Option<Absence>,
    /// Fires at times instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub schedule: Option<Timetable>,
}

/// Within so long since the last such event, or since the rule was switched on. Fires once, and
/// again only after such an event came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutomationAbsence)]
pub struct Absence {
    /// A minute to 30 days.
    #[garde(range(min = 60, max = 2_592_000))]
    #[schema(minimum = 60, maximum = 2_592_000, example = 86400)]
    pub within_seconds: u32,
}

impl Absence {
    pub fn within(&self) -> Duration {
        Duration::from_secs(self.within_seconds.into())
    }
}

/// Times, at least a minute apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutomationTimetable)]
pub struct Timetable {
    /// A cron expression, as triggers of workflows have.
    #[garde(length(min = 1, max = 200))]
    #[schema(example = "0 8 * * 1-5")]
    pub cron: String,
    /// An IANA time zone; UTC unless given.
    #[garde(length(min = 1, max = 64))]
    #[serde(default = "utc")]
    #[schema(example = "Asia/Shanghai")]
    pub timezone: String,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// So many within so long. When it is reached, counting begins anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutomationThreshold)]
pub struct Threshold {
    #[garde(range(min = 2, max = 1000))]
    #[schema(minimum = 2, maximum = 1000, example = 3)]
    pub count: u32,
    /// Up to 7 days.
    #[garde(range(min = 1, max = 604_800))]
    #[schema(minimum = 1, maximum = 604_800, example = 3600)]
    pub within_seconds: u32,
    /// Events for which this expression gives the same are counted together; all unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(max = 4000))]
    pub by: Option<String>,
}

/// Something to do. Texts may hold expressions (`${{ … }}`) over `trigger` and `now`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = AutomationAction)]
pub enum Action {
    /// Puts a note into the owner's notifications.
    Notify {
        #[garde(length(chars, min = 1, max = 500))]
        title: String,
        #[serde(default)]
        #[garde(length(chars, max = 10_000))]
        body: String,
    },
    /// Sends a mail to the owner's address.
    Email {
        #[garde(length(chars, min = 1, max = 500))]
        subject: String,
        #[garde(length(chars, min = 1, max = 20_000))]
        body: String,
    },
    /// Starts a workflow of the owner's.
    RunWorkflow {
        #[garde(length(min = 1, max = 2000))]
        definition_id: String,
        /// Parameters of the run, an object.
        #[serde(default, skip_serializing_if = "Value::is_null")]
        #[garde(skip)]
        #[schema(value_type = Object)]
        params: Value,
    },
    /// Cancels an execution: that of the event unless another is named.
    CancelExecution {
        #[serde(default = "of_the_event")]
        #[garde(length(min = 1, max = 2000))]
        execution_id: String,
    },
    /// Sends a message to a webhook endpoint of the owner's, with retries over days.
    Webhook {
        #[garde(length(min = 1, max = 2000))]
        endpoint_id: String,
        /// `data` of the message, instead of the payload of the event.
        #[serde(default, skip_serializing_if = "Value::is_null")]
        #[garde(skip)]
        #[schema(value_type = Object)]
        data: Value,
    },
    /// Pauses a trigger of one of the owner's workflows.
    PauseSchedule {
        #[garde(length(min = 1, max = 2000))]
        trigger_id: String,
    },
}

fn of_the_event() -> String {
    "${{ trigger.event.payload.execution_id }}".to_owned()
}

impl Action {
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Notify { .. } => "notify",
            Self::Email { .. } => "email",
            Self::RunWorkflow { .. } => "run_workflow",
            Self::CancelExecution { .. } => "cancel_execution",
            Self::Webhook { .. } => "webhook",
            Self::PauseSchedule { .. } => "pause_schedule",
        }
    }

    /// Its fields that may hold expressions, by name.
    pub fn fields(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Notify { title, body } => vec![("title", json!(title)), ("body", json!(body))],
            Self::Email { subject, body } => {
                vec![("subject", json!(subject)), ("body", json!(body))]
            }
            Self::RunWorkflow { definition_id, params } => {
                vec![("definition_id", json!(definition_id)), ("params", params.clone())]
            }
            Self::CancelExecution { execution_id } => vec![("execution_id", json!(execution_id))],
            Self::Webhook { endpoint_id, data } => {
                vec![("endpoint_id", json!(endpoint_id)), ("data", data.clone())]
            }
            Self::PauseSchedule { trigger_id } => vec![("trigger_id", json!(trigger_id))],
        }
    }

    /// The same with every field as `filled` gives it. Texts stay texts.
    pub fn filled<E>(&self, filled: impl Fn(&str, &Value) -> Result<Value, E>) -> Result<Self, E> {
        let text = |name: &str, value: &str| {
            Ok(match filled(name, &Value::from(value))? {
                Value::String(text) => text,
                Value::Null => String::new(),
                other => other.to_string(),
            })
        };
        Ok(match self {
            Self::Notify { title, body } => {
                Self::Notify { title: text("title", title)?, body: text("body", body)? }
            }
            Self::Email { subject, body } => {
                Self::Email { subject: text("subject", subject)?, body: text("body", body)? }
            }
            Self::RunWorkflow { definition_id, params } => Self::RunWorkflow {
                definition_id: text("definition_id", definition_id)?,
                params: filled("params", params)?,
            },
            Self::CancelExecution { execution_id } => {
                Self::CancelExecution { execution_id: text("execution_id", execution_id)? }
            }
            Self::Webhook { endpoint_id, data } => Self::Webhook {
                endpoint_id: text("endpoint_id", endpoint_id)?,
                data: filled("data", data)?,
            },
            Self::PauseSchedule { trigger_id } => {
                Self::PauseSchedule { trigger_id: text("trigger_id", trigger_id)? }
            }
        })
    }
}
