//! Reactions to domain events.

use async_trait::async_trait;

use crate::{domain::DomainEvent, infrastructure::db::UnitOfWork};

/// The handler could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// Not now: the event is tried again later.
    #[error("event handler failed")]
    Passing(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Nor at any other time: the event is parked at once, for somebody to look at.
    #[error("event handler failed for good")]
    Lasting(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl HandlerError {
    pub fn new(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Passing(Box::new(source))
    }

    pub fn lasting(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Lasting(Box::new(source))
    }
}

/// Handles one kind of event. It is called at least once per event, in order per aggregate; the
/// relay remembers (event, handler) in the same transaction, so what is written through `work`
/// happens once. Effects outside the database must bear repetition.
#[async_trait]
pub trait EventHandler: Send + Sync {
    /// Stable and unique: it keys the memory of what was handled.
    fn name(&self) -> &'static str;

    /// Whether an event of this kind concerns the handler.
    fn wants(&self, kind: &str) -> bool;

    async fn handle(&self, event: &DomainEvent, work: &mut UnitOfWork) -> Result<(), HandlerError>;
}

/// Does something outside the database for one kind of event: sends a mail, calls a server. No
/// transaction is open meanwhile, so a slow other side keeps no writer waiting.
///
/// What was done is remembered afterwards. A crash in between repeats it, so the other side must
/// be able to recognise a repetition (same message id, same idempotency key).
#[async_trait]
pub trait EffectHandler: Send + Sync {
    /// Stable and unique, also among [`EventHandler`]s: it keys the memory of what was handled.
    fn name(&self) -> &'static str;

    /// Whether an event of this kind concerns the handler.
    fn wants(&self, kind: &str) -> bool;

    /// Which of some events of such kinds concern it, asked for many at once: those that concern
    /// nobody are written off without a trip for each.
    async fn concerned(&self, events: &[DomainEvent]) -> Result<Vec<bool>, HandlerError> {
        Ok(vec![true; events.len()])
    }

    async fn perform(&self, event: &DomainEvent) -> Result<(), HandlerError>;
}
