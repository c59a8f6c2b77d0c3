//! Contexts that know how much is used of something they keep.

use async_trait::async_trait;

use super::Limit;
use crate::domain::Owner;

/// Counts one thing that plans limit.
#[async_trait]
pub trait UsageSource: Send + Sync {
    fn limit(&self) -> Limit;

    /// How much the owner uses now.
    async fn used(&self, owner: Owner) -> Result<u64, Box<dyn std::error::Error + Send + Sync>>;
}
