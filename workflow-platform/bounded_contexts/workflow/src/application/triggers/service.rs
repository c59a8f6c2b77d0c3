//! The use cases' working parts.

use std::sync::Arc;

use shared_kernel::{
    application::Entitlements,
    domain::Ambient,
    infrastructure::{db::Database, seal::Sealer},
};

use super::{Listeners, Triggers};
use crate::application::executions::{DefinitionSource, Doorbell, ExecutionService};

/// What the use cases work with.
#[derive(Clone)]
pub struct TriggerPorts {
    pub database: Database,
    pub store: Arc<dyn Triggers>,
    pub listeners: Arc<dyn Listeners>,
    pub definitions: Arc<dyn DefinitionSource>,
    pub executions: ExecutionService,
    /// Say how often schedules may run.
    pub entitlements: Arc<dyn Entitlements>,
    pub doorbell: Arc<dyn Doorbell>,
    /// Opens the secrets of webhooks.
    pub sealer: Sealer,
    pub ambient: Ambient,
}

/// Shows triggers and fires what is due.
#[derive(Clone)]
pub struct TriggerService {
    pub(super) ports: TriggerPorts,
}

impl TriggerService {
    pub fn new(ports: TriggerPorts) -> Self {
        Self { ports }
    }
}
