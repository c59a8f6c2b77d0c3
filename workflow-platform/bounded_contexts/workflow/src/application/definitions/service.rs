//! The use cases' working parts, put together once per process.

use std::sync::Arc;

use moka::sync::Cache;
use shared_kernel::{
    application::Entitlements,
    domain::Ambient,
    infrastructure::{cpu::CpuPool, db::Database},
};
use uuid::Uuid;

use super::{DefinitionStore, TriggerStore};
use crate::{
    application::vault::VaultService,
    domain::definition::{Catalog, Definition},
};

/// Compiled versions that are kept.
const KEPT: u64 = 256;

/// The adapters the use cases work with.
#[derive(Clone)]
pub struct DefinitionPorts {
    pub database: Database,
    pub store: Arc<dyn DefinitionStore>,
    pub triggers: Arc<dyn TriggerStore>,
    pub vault: VaultService,
    /// Say how often schedules may run.
    pub entitlements: Arc<dyn Entitlements>,
    pub ambient: Ambient,
    /// Reading a large document keeps a core busy.
    pub cpu: CpuPool,
}

/// Saves, shows and checks definitions.
#[derive(Clone)]
pub struct DefinitionService {
    pub(super) ports: DefinitionPorts,
    pub(super) catalog: Arc<Catalog>,
    /// Versions never change, so what was compiled stays right.
    pub(super) compiled: Cache<(Uuid, u32), Arc<Definition>>,
}

impl DefinitionService {
    pub fn new(ports: DefinitionPorts, catalog: Arc<Catalog>) -> Self {
        Self { ports, catalog, compiled: Cache::new(KEPT) }
    }

    pub(crate) fn vault(&self) -> &VaultService {
        &self.ports.vault
    }

    /// The actions that definitions may use.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }
}
