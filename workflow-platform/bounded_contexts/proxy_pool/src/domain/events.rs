//! What the context tells others.

use shared_kernel::domain::{
    EventType,
    FieldForm::{Id, Number, Text, Time},
    event_type, field,
};

/// The kinds of events that the context tells of.
pub const EVENTS: [EventType; 1] = [event_type(
    "proxy.quarantined",
    "proxy",
    ("代理被隔离", "A proxy was quarantined"),
    &[
        field("proxy_id", Id, "the proxy"),
        field("pool_id", Id, "its pool"),
        field("pool", Text, "name of the pool"),
        field("address", Text, "host and port"),
        field("until", Time, "when it is tried again"),
        field("strikes", Number, "times in a row that this happened"),
    ],
)];
