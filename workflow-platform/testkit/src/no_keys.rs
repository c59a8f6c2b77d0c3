//! For gateways whose routes are never asked under a key.

use async_trait::async_trait;
use shared_kernel::application::{
    IdempotencyError, IdempotencyKeys, KeyLease, KeyState, KeyedOutcome, KeyedRequest,
};

/// Panics when it is asked.
#[derive(Debug, Clone, Copy)]
pub struct NoKeys;

#[async_trait]
impl IdempotencyKeys for NoKeys {
    async fn claim(&self, request: &KeyedRequest) -> Result<KeyState, IdempotencyError> {
        panic!("{} is not asked under a key", request.route)
    }

    async fn settle(
        &self,
        request: &KeyedRequest,
        _: KeyLease,
        _: KeyedOutcome,
    ) -> Result<(), IdempotencyError> {
        panic!("{} is not asked under a key", request.route)
    }
}
