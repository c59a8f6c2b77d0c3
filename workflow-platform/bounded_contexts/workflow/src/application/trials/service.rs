//! The use case's working parts, put together once per process.

use std::{sync::Arc, time::Duration};

use shared_kernel::{application::ActionRegistry, domain::Ambient};

use super::{Bench, seats::Seats};
use crate::application::{
    definitions::DefinitionService,
    executions::{ExecutionService, UserDirectory},
};

/// The adapters the use case works with.
#[derive(Clone)]
pub struct TrialPorts {
    pub definitions: Arc<DefinitionService>,
    pub executions: ExecutionService,
    pub users: Arc<dyn UserDirectory>,
    pub actions: ActionRegistry,
    pub bench: Arc<dyn Bench>,
    pub ambient: Ambient,
    /// The longest that one may take: less than a request may.
    pub limit: Duration,
}

/// Runs single steps.
#[derive(Clone)]
pub struct TrialService {
    pub(super) ports: TrialPorts,
    pub(super) seats: Seats,
}

impl TrialService {
    pub fn new(ports: TrialPorts) -> Self {
        Self { ports, seats: Seats::default() }
    }
}
