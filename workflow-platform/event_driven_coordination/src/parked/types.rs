//! What is told of parked events.

use shared_kernel::domain::{EventType, FieldForm::Id, event_type, optional};

/// The kinds of events that are told of parked ones.
pub const EVENTS: [EventType; 2] = [
    event_type(
        "event.replayed",
        "event",
        ("事件已重放", "A parked event is tried again"),
        &[optional("by", Id, "the administrator")],
    ),
    event_type(
        "event.discarded",
        "event",
        ("事件已放弃", "A parked event was let go"),
        &[optional("by", Id, "the administrator")],
    ),
];
