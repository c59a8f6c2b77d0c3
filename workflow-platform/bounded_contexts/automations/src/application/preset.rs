//! Gives everybody who signs up the rules of the house.

use async_trait::async_trait;
use shared_kernel::{
    application::{EventHandler, HandlerError},
    domain::{DomainEvent, Locale},
    infrastructure::db::UnitOfWork,
};

use super::{AutomationRow, AutomationService};
use crate::domain::PRESETS;

/// The handler.
pub struct GivePresets(pub AutomationService);

#[async_trait]
impl EventHandler for GivePresets {
    fn name(&self) -> &'static str {
        "automations.give_presets"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "user.registered"
    }

    async fn handle(&self, event: &DomainEvent, work: &mut UnitOfWork) -> Result<(), HandlerError> {
        let Some(owner) = event.owner() else { return Ok(()) };
        let locale = event.payload["locale"].as_str().unwrap_or_default();
        let locale = locale.parse::<Locale>().unwrap_or_default();
        let ports = &self.0.ports;
        for preset in PRESETS {
            let now = ports.ambient.now();
            let row = AutomationRow {
                id: ports.ambient.id(),
                owner,
                rule: preset.rule(locale),
                preset: Some(preset.name.to_owned()),
                created_at: now,
                updated_at: now,
                due_at: None,
                fired_at: None,
                fired: 0,
                left_out: 0,
            };
            ports.automations.give(work, &row).await.map_err(HandlerError::new)?;
        }
        Ok(())
    }
}
