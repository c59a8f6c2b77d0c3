//! Checks of proxies that nobody uses.

use async_trait::async_trait;
use shared_kernel::domain::Timestamp;

use super::{LoadedProxy, StoreError};
use crate::domain::{Pool, ProxyId};

/// A proxy that is due for a check.
#[derive(Debug, Clone)]
pub struct DueCheck {
    pub pool: Pool,
    pub proxy: LoadedProxy,
    pub last_used_at: Option<Timestamp>,
}

/// Checks of proxies that nobody uses.
#[async_trait]
pub trait CheckStore: Send + Sync {
    /// Some that are due, longest first; nobody else gets them before `again`.
    async fn claim_checks(
        &self,
        now: Timestamp,
        again: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueCheck>, StoreError>;

    /// When they are due next.
    async fn schedule_checks(&self, due: &[(ProxyId, Timestamp)]) -> Result<(), StoreError>;
}
