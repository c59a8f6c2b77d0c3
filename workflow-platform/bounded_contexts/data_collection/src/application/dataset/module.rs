//! The use cases' working parts, put together once per process.

use std::sync::Arc;

use shared_kernel::{application::Entitlements, domain::Ambient, infrastructure::db::Database};

use super::DatasetStore;

/// Use cases of datasets.
#[derive(Clone)]
pub struct DatasetsModule {
    pub(super) database: Database,
    pub(super) store: Arc<dyn DatasetStore>,
    pub(super) entitlements: Arc<dyn Entitlements>,
    pub(super) ambient: Ambient,
}

impl DatasetsModule {
    pub fn new(
        database: Database,
        store: Arc<dyn DatasetStore>,
        entitlements: Arc<dyn Entitlements>,
        ambient: Ambient,
    ) -> Self {
        Self { database, store, entitlements, ambient }
    }
}
