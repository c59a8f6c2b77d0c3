//! What the context tells others.

use shared_kernel::domain::{EventType, FieldForm::Id, event_type, field};

/// The kinds of events that the context tells of.
pub const EVENTS: [EventType; 1] = [event_type(
    "automation.fired",
    "automation",
    ("自动化已触发", "A rule fired"),
    &[field("automation_id", Id, "the rule"), field("firing_id", Id, "its line in the history")],
)];
