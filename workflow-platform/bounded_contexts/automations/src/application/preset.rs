//! Gives everybody who signs up the rules of the house.

use async_trait::async_trait;
use shared_kernel::{
    application::{EventHandler, HandlerError},
    domain::{DomainEvent, Locale},
    infrastructure::db::UnitOfWork,
};

use super::AutomationService;
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
        for preset in &PRESETS {
            self.0.give(work, owner, preset, locale).await.map_err(HandlerError::new)?;
        }
        Ok(())
    }
}
