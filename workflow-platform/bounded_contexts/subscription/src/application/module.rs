//! The context's working parts, put together once per process.

use std::sync::Arc;

use shared_kernel::{application::Cache, domain::Ambient};

use super::ports::SubscriptionStore;

/// Use cases of the context, and its side of the `Entitlements` port.
pub struct SubscriptionModule {
    pub(super) store: Arc<dyn SubscriptionStore>,
    pub(super) cache: Arc<dyn Cache>,
    pub(super) ambient: Ambient,
}

impl SubscriptionModule {
    pub fn new(store: Arc<dyn SubscriptionStore>, cache: Arc<dyn Cache>, ambient: Ambient) -> Self {
        Self { store, cache, ambient }
    }
}
