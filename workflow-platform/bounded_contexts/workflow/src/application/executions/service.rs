//! The use cases' working parts, put together once per process.

use std::sync::Arc;

use shared_kernel::{
    application::{Bus, Entitlements},
    domain::Ambient,
    infrastructure::db::Database,
};

use super::{
    DefinitionSource, Doorbell, Ends, Executions, ProgressBoard,
    items::{ItemsCache, items_cache},
    ports::StartKeys,
};

/// The adapters the use cases work with.
#[derive(Clone)]
pub struct ExecutionPorts {
    pub database: Database,
    pub store: Arc<dyn Executions>,
    pub start_keys: Arc<dyn StartKeys>,
    pub definitions: Arc<dyn DefinitionSource>,
    pub entitlements: Arc<dyn Entitlements>,
    pub doorbell: Arc<dyn Doorbell>,
    pub progress: Arc<dyn ProgressBoard>,
    pub bus: Arc<dyn Bus>,
    pub ambient: Ambient,
}

/// Starts, shows, watches and cancels executions.
#[derive(Clone)]
pub struct ExecutionService {
    pub(super) ports: ExecutionPorts,
    pub(super) items: ItemsCache,
    pub(super) ends: Ends,
}

impl ExecutionService {
    pub fn new(ports: ExecutionPorts) -> Self {
        Self { ports, items: items_cache(), ends: Ends::default() }
    }

    /// Where executions that end in this process are to be told of.
    pub(crate) const fn ends(&self) -> &Ends {
        &self.ends
    }
}
