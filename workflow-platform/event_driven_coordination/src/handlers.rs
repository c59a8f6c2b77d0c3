//! Who wants to hear of what.

use std::sync::Arc;

use shared_kernel::application::{EffectHandler, EventHandler};

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

    /// Those that want events of the kind; writes come first.
    pub(crate) fn of(&self, kind: &str) -> Vec<Handler> {
        self.0.iter().filter(|handler| handler.wants(kind)).cloned().collect()
    }
}
