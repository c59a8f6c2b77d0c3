//! Authenticators and recovery codes at rest.

use async_trait::async_trait;
use shared_kernel::{
    domain::{Id, Timestamp, User as UserMark},
    infrastructure::db::UnitOfWork,
};

use super::StoreError;

/// An authenticator of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTotp {
    /// The secret, sealed.
    pub sealed: String,
    pub created_at: Timestamp,
    /// It has shown a right code, and is asked for since.
    pub confirmed: bool,
}

/// Authenticators and recovery codes at rest. A user has one authenticator.
#[async_trait]
pub trait SecondFactorStore: Send + Sync {
    async fn totp(&self, user: Id<UserMark>) -> Result<Option<StoredTotp>, StoreError>;

    /// Puts an unconfirmed one in the place of another such; false when there is a confirmed one.
    async fn begin_totp(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        sealed: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// False when it was confirmed or replaced meanwhile. `step` is used up.
    async fn confirm_totp(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        sealed: &str,
        step: i64,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Uses up a time step of the confirmed authenticator and all before it; false when it was
    /// used up before.
    async fn use_step(&self, user: Id<UserMark>, step: i64) -> Result<bool, StoreError>;

    /// Removes the authenticator and all recovery codes; false when there was no confirmed one.
    async fn remove_totp(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
    ) -> Result<bool, StoreError>;

    /// Puts codes, hashed, in the place of all others; false without a confirmed authenticator.
    async fn replace_recovery_codes(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        hashes: &[Vec<u8>],
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Uses a code up; false when there is none such, or not any more.
    async fn use_recovery_code(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        hash: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    async fn recovery_codes_left(&self, user: Id<UserMark>) -> Result<u64, StoreError>;
}
