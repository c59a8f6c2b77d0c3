//! The step kinds that the engine itself runs: while they wait, they hold neither memory nor a task.

use serde_json::{Value, json};
use shared_kernel::application::ActionDescriptor;

pub const WAIT_FOR: &str = "wait.for";
pub const WAIT_UNTIL: &str = "wait.until";
pub const WAIT_SIGNAL: &str = "wait.signal";

/// How they present themselves.
pub fn waits() -> [ActionDescriptor; 3] {
    [
        ActionDescriptor {
            name: WAIT_FOR.to_owned(),
            title: "Wait".to_owned(),
            description: "Waits for a while, holding neither memory nor a thread.".to_owned(),
            input_schema: object(
                "duration",
                &json!({
                    "type": "string",
                    "description": "Such as 500ms, 90s, 30m, 1h30m or 7d.",
                }),
            ),
            output_schema: until(),
        },
        ActionDescriptor {
            name: WAIT_UNTIL.to_owned(),
            title: "Wait until".to_owned(),
            description: "Waits until an instant; one that has passed is not waited for."
                .to_owned(),
            input_schema: object(
                "at",
                &json!({
                    "type": "string",
                    "format": "date-time",
                    "description": "Such as 2026-12-01T08:00:00+08:00.",
                }),
            ),
            output_schema: until(),
        },
        signal(),
    ]
}

fn object(name: &str, property: &Value) -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": [name],
        "properties": { name: property },
    })
}

fn until() -> Value {
    json!({
        "type": "object",
        "properties": { "until": { "type": "string", "format": "date-time" } },
    })
}

fn signal() -> ActionDescriptor {
    ActionDescriptor {
        name: WAIT_SIGNAL.to_owned(),
        title: "Wait for a signal".to_owned(),
        description: "Waits until somebody approves, rejects or sends data. A rejection and a \
                      time-out fail the step."
            .to_owned(),
        input_schema: json!({
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "message": { "type": "string", "description": "What people are asked." },
                "timeout": { "type": "string", "description": "Such as 2d; none unless given." },
            },
        }),
        output_schema: json!({
            "type": "object",
            "properties": {
                "decision": { "enum": ["approve", null] },
                "data": {},
                "by": { "type": "string", "format": "uuid" },
                "at": { "type": "string", "format": "date-time" },
            },
        }),
    }
}
