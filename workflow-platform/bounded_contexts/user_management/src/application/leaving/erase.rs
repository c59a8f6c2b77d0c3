//! Removes what all contexts keep of somebody whose account is gone.

use std::sync::Arc;

use async_trait::async_trait;
use shared_kernel::{
    application::{EffectHandler, HandlerError, PersonalData},
    domain::DomainEvent,
};

/// Handler of `user.deleted`. It writes in many short transactions rather than in the relay's, so
/// that millions of rows keep nobody waiting; what a crash cuts off goes on from what is left.
pub struct EraseDeleted {
    parts: Vec<Arc<dyn PersonalData>>,
}

impl EraseDeleted {
    /// `parts` in an order in which each may go before those behind it.
    pub fn new(parts: Vec<Arc<dyn PersonalData>>) -> Self {
        Self { parts }
    }
}

#[async_trait]
impl EffectHandler for EraseDeleted {
    fn name(&self) -> &'static str {
        "user_management.erase_deleted"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "user.deleted"
    }

    async fn perform(&self, event: &DomainEvent) -> Result<(), HandlerError> {
        let Some(owner) = event.owner() else { return Ok(()) };
        for part in &self.parts {
            while part.erase(owner).await.map_err(HandlerError::new)? > 0 {}
        }
        Ok(())
    }
}
