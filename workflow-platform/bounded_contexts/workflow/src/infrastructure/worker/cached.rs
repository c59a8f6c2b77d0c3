//! Results that are there already.

use std::sync::Arc;

use serde_json::Value;
use shared_kernel::{
    application::ActionError,
    domain::{Ambient, Owner},
};
use tracing::warn;

use crate::{application::executions::StepCache, domain::execution::Cached};

/// What a run came to.
#[derive(Debug)]
pub(super) struct Output {
    pub value: Value,
    /// An earlier run gave it.
    pub cached: bool,
}

impl Output {
    pub const fn fresh(value: Value) -> Self {
        Self { value, cached: false }
    }
}

/// Where a run looks before it does anything, and what it leaves there.
pub(super) struct Shelf {
    pub cache: Arc<dyn StepCache>,
    pub owner: Owner,
    pub ambient: Ambient,
    pub place: Cached,
}

impl Shelf {
    /// Runs the step unless its result is there. A cache that fails is no reason to fail.
    pub async fn or_run(
        self,
        run: impl Future<Output = Result<Value, ActionError>>,
    ) -> Result<Output, ActionError> {
        let place = &self.place;
        match self.cache.get(self.owner, &place.key, self.ambient.now()).await {
            Ok(Some(value)) => return Ok(Output { value, cached: true }),
            Ok(None) => {}
            Err(error) => warn!(error = &error as &dyn std::error::Error, "cache cannot be read"),
        }
        let value = run.await?;
        let now = self.ambient.now();
        let kept = self.cache.put(self.owner, &place.key, &value, now, now.plus(place.ttl)).await;
        if let Err(error) = kept {
            warn!(error = &error as &dyn std::error::Error, "result was not kept in the cache");
        }
        Ok(Output::fresh(value))
    }
}
