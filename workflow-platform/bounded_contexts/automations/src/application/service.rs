//! What all use cases share.

use std::sync::Arc;

use shared_kernel::{
    application::{Bus, Entitlements, Mailer},
    domain::{Ambient, EventCatalog, EventType, Id, Owner},
    infrastructure::{db::Database, seal::Sealer},
};

use tokio_util::sync::CancellationToken;

use super::{
    AutomationError, AutomationRow, AutomationStore, Expressions, FiringStore, NotificationStore,
    People, RecentEvents, Schedules, WebhookSender, WebhookStore, Workflows,
};
use crate::domain::Automation;

pub struct AutomationPorts {
    pub database: Database,
    pub automations: Arc<dyn AutomationStore>,
    pub firings: Arc<dyn FiringStore>,
    pub notifications: Arc<dyn NotificationStore>,
    pub webhooks: Arc<dyn WebhookStore>,
    pub recent: Arc<dyn RecentEvents>,
    pub expressions: Arc<dyn Expressions>,
    pub schedules: Arc<dyn Schedules>,
    pub workflows: Arc<dyn Workflows>,
    /// Say how often timetables may be due.
    pub entitlements: Arc<dyn Entitlements>,
    pub people: Arc<dyn People>,
    pub mailer: Arc<dyn Mailer>,
    pub bus: Arc<dyn Bus>,
    pub sender: Arc<dyn WebhookSender>,
    /// Keeps the secrets of endpoints.
    pub sealer: Sealer,
    /// What there is to hear.
    pub catalog: Arc<EventCatalog>,
    pub ambient: Ambient,
}

/// Use cases of automations and notifications. Cheap to clone.
#[derive(Clone)]
pub struct AutomationService {
    pub(super) ports: Arc<AutomationPorts>,
    /// Ends the streams of those who follow.
    pub(super) closing: CancellationToken,
}

impl AutomationService {
    pub fn new(ports: AutomationPorts) -> Self {
        Self { ports: Arc::new(ports), closing: CancellationToken::new() }
    }

    /// Ends what people follow, so that the process can.
    pub fn close_streams(&self) {
        self.closing.cancel();
    }

    /// The kinds of events that people may listen to.
    pub fn kinds(&self) -> Vec<EventType> {
        self.ports.catalog.types().filter(|one| one.is_public()).copied().collect()
    }

    pub(super) async fn owned(
        &self,
        owner: Owner,
        id: Id<Automation>,
    ) -> Result<AutomationRow, AutomationError> {
        let found = self.ports.automations.find(owner, id).await?;
        found.ok_or(AutomationError::NotFound)
    }
}
