//! Automations: rules of users that do something because something happened.
//!
//! **Vocabulary.** An *automation* is a kept *rule*: a *trigger* (events of a kind, a condition,
//! perhaps a *threshold* or their *absence*; or a *timetable*) and *actions*. It *fires* at an event; the *firing* remembers the event,
//! the actions as they were done and what became of each. A *preset* is a rule that everybody
//! begins with. A *notification* is a note that an action left for the owner. An *endpoint* is where
//! an action sends messages (webhooks); a *delivery* is one message for it, made by *attempts*.
//!
//! **Invariants.**
//! * An event fires a rule once, however often it is delivered: (rule, event) is unique, and what
//!   a firing does is set off by an event in the transaction that writes it.
//! * An action that was done is not done again; runs and mails carry a key of firing and action.
//! * Rules cannot set each other off for ever: the depth of runs and the firings of an hour are
//!   bounded, and the history says when a rule was held back.
//! * A time of a timetable, and a missed event, fires a rule once: the transaction that fires it
//!   moves its time on.
//! * A delivery is tried by one process at a time, whose lease outlives the attempt; every attempt
//!   is logged in the transaction that settles it.
//! * A rule does what its owner may do, as of when it was kept.
//!
//! **Published events:** `automation.fired`.
//!
//! **Not here:** the language of expressions, runs and schedules (`workflow`), how mails leave.

pub mod api;
pub mod application;
pub mod domain;
pub mod infrastructure;

use std::sync::Arc;

use shared_kernel::{
    application::{Bus, EffectHandler, Entitlements, EventHandler, Mailer},
    domain::{Ambient, EventCatalog},
    infrastructure::{db::Database, seal::Sealer},
};
use utoipa_axum::router::OpenApiRouter;

use application::{
    AutomationPorts, AutomationService, Expressions, GivePresets, HearEvents, People,
    PerformActions, Schedules, WebhookSender, Workflows,
};
pub use domain::EVENTS;
use infrastructure::{SqlAutomations, SqlFirings, SqlNotifications, SqlRecentEvents, SqlWebhooks};
pub use infrastructure::{migrations, personal_data, sealed_columns};

/// What the context needs from its surroundings.
pub struct Surroundings {
    pub database: Database,
    pub expressions: Arc<dyn Expressions>,
    pub schedules: Arc<dyn Schedules>,
    pub workflows: Arc<dyn Workflows>,
    pub entitlements: Arc<dyn Entitlements>,
    pub people: Arc<dyn People>,
    pub mailer: Arc<dyn Mailer>,
    pub bus: Arc<dyn Bus>,
    pub sender: Arc<dyn WebhookSender>,
    pub sealer: Sealer,
    /// What there is to hear.
    pub catalog: Arc<EventCatalog>,
    pub ambient: Ambient,
}

/// Puts the context together. Run [`AutomationService::run`],
/// [`AutomationService::run_deliveries`] and [`AutomationService::run_timed`] in one task of the
/// process each.
pub fn module(surroundings: Surroundings) -> Arc<AutomationService> {
    let Surroundings {
        database,
        expressions,
        schedules,
        workflows,
        entitlements,
        people,
        mailer,
        bus,
        sender,
        sealer,
        catalog,
        ambient,
    } = surroundings;
    Arc::new(AutomationService::new(AutomationPorts {
        automations: Arc::new(SqlAutomations::new(database.clone())),
        firings: Arc::new(SqlFirings::new(database.clone())),
        notifications: Arc::new(SqlNotifications::new(database.clone())),
        recent: Arc::new(SqlRecentEvents::new(database.clone(), Arc::clone(&catalog))),
        webhooks: Arc::new(SqlWebhooks::new(database.clone())),
        database,
        expressions,
        schedules,
        workflows,
        entitlements,
        people,
        mailer,
        bus,
        sender,
        sealer,
        catalog,
        ambient,
    }))
}

/// All routes, without the `/api/v1` prefix.
pub fn routes(module: Arc<AutomationService>) -> OpenApiRouter {
    api::routes(module)
}

/// What is written because of events.
pub fn event_handlers(module: &AutomationService) -> [Arc<dyn EventHandler>; 1] {
    [Arc::new(GivePresets(module.clone()))]
}

/// What is done because of events.
pub fn effect_handlers(module: &AutomationService) -> [Arc<dyn EffectHandler>; 2] {
    [Arc::new(HearEvents(module.clone())), Arc::new(PerformActions(module.clone()))]
}
