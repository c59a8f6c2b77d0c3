//! What the context tells others.

use shared_kernel::domain::{
    EventField, EventType,
    FieldForm::{Id, Number, Object, OneOf, Text},
    event_type, field,
};

/// The kinds of events that the context tells of.
pub const EVENTS: [EventType; 4] = [
    event_type(
        "execution.started",
        "execution",
        ("执行开始", "An execution started"),
        &[
            field("execution_id", Id, "the execution"),
            field("definition_id", Id, "its workflow"),
            field("definition_name", Text, "name of the workflow"),
            field("version", Number, "version of the workflow"),
            field(
                "trigger",
                Object,
                "what it came from: kind, and trigger_id of a schedule or webhook",
            ),
        ],
    ),
    event_type(
        "execution.finished",
        "execution",
        ("执行结束", "An execution ended"),
        &[
            field("execution_id", Id, "the execution"),
            field("definition_id", Id, "its workflow"),
            field("version", Number, "version of the workflow"),
            field(
                "status",
                OneOf(&["succeeded", "failed", "cancelled", "timed_out"]),
                "how it ended",
            ),
        ],
    ),
    event_type(
        "workflow.definition.saved",
        "workflow_definition",
        ("工作流已保存", "A workflow was saved"),
        &SAVED,
    ),
    event_type(
        "workflow.definition.deleted",
        "workflow_definition",
        ("工作流已删除", "A workflow was deleted"),
        &SAVED,
    ),
];

const SAVED: [EventField; 2] =
    [field("name", Text, "name of the workflow"), field("version", Number, "its newest version")];
