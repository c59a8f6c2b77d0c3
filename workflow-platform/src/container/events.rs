//! The kinds of events that all contexts together tell of.

use shared_kernel::domain::EventCatalog;

/// Of all contexts.
pub fn event_catalog() -> EventCatalog {
    let types = workflow::EVENTS
        .into_iter()
        .chain(data_collection::EVENTS)
        .chain(proxy_pool::EVENTS)
        .chain(automations::EVENTS)
        .chain(subscription::EVENTS.iter().copied())
        .chain(user_management::EVENTS.iter().copied())
        .chain(event_driven_coordination::EVENTS);
    EventCatalog::new(types)
}
