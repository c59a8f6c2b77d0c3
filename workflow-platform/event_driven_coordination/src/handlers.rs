//! Who wants to hear of what.

use std::{collections::HashSet, sync::Arc};

use shared_kernel::{
    application::{EffectHandler, EventHandler},
    domain::{DomainEvent, Event, Id},
};
use tracing::warn;

/// One that is called for an event.
#[derive(Clone)]
pub(crate) enum Handler {
    /// Writes to the database, in one transaction with the memory of having done so.
    Write(Arc<dyn EventHandler>),
    /// Acts outside the database.
    Effect(Arc<dyn EffectHandler>),
}

impl Handler {
    fn wants(&self, kind: &str) -> bool {
        match self {
            Self::Write(handler) => handler.wants(kind),
            Self::Effect(handler) => handler.wants(kind),
        }
    }
}

/// All handlers of this process.
#[derive(Clone, Default)]
pub struct Handlers(Vec<Handler>);

impl Handlers {
    pub fn new(
        writes: impl IntoIterator<Item = Arc<dyn EventHandler>>,
        effects: impl IntoIterator<Item = Arc<dyn EffectHandler>>,
    ) -> Self {
        let writes = writes.into_iter().map(Handler::Write);
        Self(writes.chain(effects.into_iter().map(Handler::Effect)).collect())
    }

    /// The events that concern anybody. Who cannot say is asked to handle them all.
    pub(crate) async fn concerning(&self, events: &[DomainEvent]) -> HashSet<Id<Event>> {
        let mut found = HashSet::new();
        for handler in &self.0 {
            let wanted = events.iter().filter(|event| handler.wants(&event.kind)).cloned();
            let wanted: Vec<DomainEvent> = wanted.collect();
            let concerned = match handler {
                Handler::Effect(handler) if !wanted.is_empty() => handler.concerned(&wanted).await,
                _ => Ok(vec![true; wanted.len()]),
            };
            let concerned = concerned.unwrap_or_else(|error| {
                warn!(error = &error as &dyn std::error::Error, "events are handled unasked");
                vec![true; wanted.len()]
            });
            let ids = wanted.iter().zip(concerned).filter(|(_, concerned)| *concerned);
            found.extend(ids.map(|(event, _)| event.id));
        }
        found
    }

    /// The events that concern anybody who acts outside the database.
    pub(crate) async fn concerning_effects(&self, events: &[DomainEvent]) -> HashSet<Id<Event>> {
        let effects = self.0.iter().filter(|handler| matches!(handler, Handler::Effect(_)));
        Self(effects.cloned().collect()).concerning(events).await
    }

    /// Those that write to the database.
    pub(crate) fn writes(&self) -> impl Iterator<Item = &Arc<dyn EventHandler>> {
        self.0.iter().filter_map(|handler| match handler {
            Handler::Write(handler) => Some(handler),
            Handler::Effect(_) => None,
        })
    }

    /// Whether there may be somebody for events of the kind.
    pub(crate) fn want(&self, kind: &str) -> bool {
        self.0.iter().any(|handler| handler.wants(kind))
    }

    /// Those that want events of the kind; writes come first.
    pub(crate) fn of(&self, kind: &str) -> Vec<Handler> {
        self.0.iter().filter(|handler| handler.wants(kind)).cloned().collect()
    }
}
