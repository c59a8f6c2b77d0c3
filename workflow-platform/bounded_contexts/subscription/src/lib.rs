//! Plans and who is on which.
//!
//! **Vocabulary.** A *plan* (`free`, `basic`, `pro`, `enterprise`) has *prices* for a month or a
//! year and *entitlements*: how much of what it includes. Plans are versioned data: a change makes
//! a new version, and whoever subscribed stays on theirs. A *subscription* ties a user to one
//! version of a plan.
//!
//! **Invariants.**
//! * A user has at most one subscription that has not ended.
//! * Whoever has none counts as being on the free plan; a registration gives it, once.
//! * Amounts are whole minor units of a named currency.
//!
//! **Published events:** `subscription.started`.
//!
//! **Not here:** counting what is used (whoever asks tells it), payment, changes of plan.

pub mod api;
pub mod application;
pub mod domain;
pub mod infrastructure;

use std::sync::Arc;

pub use api::routes;
pub use application::{SubscriptionError, SubscriptionModule};
pub use infrastructure::{migrations, personal_data};

use shared_kernel::{
    application::{Cache, EventHandler},
    domain::Ambient,
    infrastructure::db::Database,
};

/// What the context needs from its surroundings.
pub struct Surroundings {
    pub database: Database,
    /// Remembers for a few seconds what a user's plan includes.
    pub cache: Arc<dyn Cache>,
    pub ambient: Ambient,
}

/// Puts the context together. The result is also the kernel's `Entitlements` port.
pub fn module(surroundings: Surroundings) -> Arc<SubscriptionModule> {
    let Surroundings { database, cache, ambient } = surroundings;
    let store = Arc::new(infrastructure::SqlSubscriptions::new(database));
    Arc::new(SubscriptionModule::new(store, cache, ambient))
}

/// What the context does when others report something.
pub fn event_handlers(module: &Arc<SubscriptionModule>) -> Vec<Arc<dyn EventHandler>> {
    vec![Arc::new(application::GiveFreePlan::new(Arc::clone(module)))]
}
