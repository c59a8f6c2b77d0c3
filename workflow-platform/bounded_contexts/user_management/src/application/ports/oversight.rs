//! Everybody, for those who look after them.

use async_trait::async_trait;
use shared_kernel::{
    domain::{Id, Page, PageRequest, Timestamp, User as UserMark},
    infrastructure::db::UnitOfWork,
};

use super::{StoreError, UserFilter};
use crate::domain::User;

/// The order of a list of users.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UserSort {
    /// The newest first.
    #[default]
    CreatedAt,
    /// Who came last first; who never came, last.
    LastLoginAt,
    /// By the alphabet.
    Username,
}

/// A user with what only those see who look after all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedUser {
    pub user: User,
    pub last_login_at: Option<Timestamp>,
}

/// What a user holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserCounts {
    /// Open ones.
    pub sessions: u64,
    /// That have not ended.
    pub api_keys: u64,
    /// Authenticators that a login asks for: one, or none.
    pub authenticators: u64,
}

/// Everybody.
#[async_trait]
pub trait OversightStore: Send + Sync {
    async fn list(
        &self,
        filter: &UserFilter,
        sort: UserSort,
        page: PageRequest,
    ) -> Result<Page<ListedUser>, StoreError>;

    async fn show(&self, user: Id<UserMark>) -> Result<Option<ListedUser>, StoreError>;

    async fn counts(&self, user: Id<UserMark>, now: Timestamp) -> Result<UserCounts, StoreError>;

    /// Waits for other transactions that change the standing of somebody, and keeps later ones
    /// waiting.
    async fn take_turn(&self, work: &mut UnitOfWork) -> Result<(), StoreError>;
}
