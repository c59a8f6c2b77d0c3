//! The use cases' working parts, put together once per process.

use std::sync::Arc;

use shared_kernel::{
    domain::{Ambient, Owner},
    infrastructure::seal::Sealer,
};

use super::EntryStore;

/// The adapters the use cases work with.
#[derive(Clone)]
pub struct VaultPorts {
    pub store: Arc<dyn EntryStore>,
    pub sealer: Sealer,
    pub ambient: Ambient,
}

/// Keeps secrets and variables, and hands them to runs.
#[derive(Clone)]
pub struct VaultService {
    pub(super) ports: VaultPorts,
}

impl VaultService {
    pub fn new(ports: VaultPorts) -> Self {
        Self { ports }
    }
}

/// Where a secret is sealed for.
pub(crate) fn place(owner: Owner, name: &str) -> String {
    format!("workflow_vault/{}/{name}/value", owner.user())
}
