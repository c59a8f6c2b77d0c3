//! API keys at rest.

use async_trait::async_trait;
use shared_kernel::{
    domain::{Id, Locale, Page, PageRequest, Permissions, Role, Timestamp, User as UserMark},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::{StateCache, StoreError};
use crate::domain::{ApiKey, ApiKeyId, ApiKeyMark, KeyName, KeyUse, UserStatus};

/// What the authenticator needs to know of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    Gone,
    Open {
        user: Uuid,
        role: Role,
        status: UserStatus,
        locale: Locale,
        scopes: Permissions,
        /// Of the secret.
        hash: [u8; 32],
        expires_at: Timestamp,
    },
}

/// States of keys, remembered.
pub type KeyCache = dyn StateCache<ApiKeyMark, KeyState>;

/// API keys at rest.
#[async_trait]
pub trait ApiKeyStore: Send + Sync {
    /// False, and nothing stored, when the user has `most` already, also under races.
    async fn add(
        &self,
        work: &mut UnitOfWork,
        key: &ApiKey,
        hash: &[u8; 32],
        most: usize,
    ) -> Result<bool, StoreError>;

    /// The newest first.
    async fn list(&self, user: Id<UserMark>, page: PageRequest)
    -> Result<Page<ApiKey>, StoreError>;

    /// Of this user.
    async fn find(&self, user: Id<UserMark>, key: ApiKeyId) -> Result<Option<ApiKey>, StoreError>;

    /// False when the user has no such key.
    async fn rename(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        key: ApiKeyId,
        name: &KeyName,
    ) -> Result<bool, StoreError>;

    /// False when the user has no such key.
    async fn remove(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        key: ApiKeyId,
    ) -> Result<bool, StoreError>;

    /// Tells which they were.
    async fn remove_all(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
    ) -> Result<Vec<ApiKeyId>, StoreError>;

    /// All of a user.
    async fn all_of(&self, user: Id<UserMark>) -> Result<Vec<ApiKeyId>, StoreError>;

    /// With the standing of its user.
    async fn state(&self, key: ApiKeyId) -> Result<KeyState, StoreError>;

    /// Notes the last uses, unless later ones are noted.
    async fn used(&self, uses: &[(ApiKeyId, KeyUse)]) -> Result<(), StoreError>;

    /// Removes up to `limit` keys that ended before `before`.
    async fn remove_old_keys(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
