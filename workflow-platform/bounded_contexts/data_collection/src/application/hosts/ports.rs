//! What fetching and the use cases need of decisions about hosts.

use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::DbErr;
use shared_kernel::{
    domain::{Page, PageRequest},
    infrastructure::db::UnitOfWork,
};

use crate::domain::host::HostRule;

/// Decisions as they hold now.
#[async_trait]
pub trait HostRules: Send + Sync {
    /// The decision about `host:port`, else the one about `host`.
    async fn of(&self, host: &str, port: u16) -> Option<Arc<HostRule>>;

    /// Decisions changed: all processes look again.
    async fn changed(&self);
}

/// Where decisions are kept.
#[async_trait]
pub trait HostRuleStore: Send + Sync {
    /// The newest first.
    async fn list(&self, page: PageRequest) -> Result<Page<HostRule>, DbErr>;

    /// All there are, up to a bound.
    async fn all(&self) -> Result<Vec<HostRule>, DbErr>;

    async fn find(&self, host: &str) -> Result<Option<HostRule>, DbErr>;

    /// In the place of an earlier one about the host.
    async fn put(&self, work: &mut UnitOfWork, rule: &HostRule) -> Result<(), DbErr>;

    /// Answers whether there was one.
    async fn remove(&self, work: &mut UnitOfWork, host: &str) -> Result<bool, DbErr>;
}
