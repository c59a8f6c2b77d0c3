//! Users at rest.

use async_trait::async_trait;
use shared_kernel::{
    domain::{Id, Locale, Role, Timestamp, User as UserMark},
    infrastructure::db::UnitOfWork,
};

use super::StoreError;
use crate::domain::{EmailAddress, User, UserStatus, Username};

/// A user with what proves them.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub user: User,
    /// In the PHC string format.
    pub password_hash: String,
}

/// Who may be signing in.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub credentials: Credentials,
    /// They signed in from the place where they are now, and not too long ago.
    pub knows_place: bool,
}

/// Which users are listed.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    pub status: Option<UserStatus>,
    pub role: Option<Role>,
    /// How the user name or the address begins, whatever its case.
    pub search: Option<String>,
}

/// What is changed of a user's standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Role(Role),
    Status(UserStatus),
}

/// Users at rest.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Fails with [`StoreError::UsernameTaken`] or [`StoreError::EmailTaken`], also under races.
    async fn insert(
        &self,
        work: &mut UnitOfWork,
        user: &User,
        password_hash: &str,
    ) -> Result<(), StoreError>;

    async fn find(&self, id: Id<UserMark>) -> Result<Option<User>, StoreError>;

    /// By id, with languages; those who are gone are left out.
    async fn after(
        &self,
        user: Option<Id<UserMark>>,
        most: u32,
    ) -> Result<Vec<(Id<UserMark>, Locale)>, StoreError>;

    /// By user name or e-mail address, whatever their case.
    async fn credentials(&self, identifier: &str) -> Result<Option<Credentials>, StoreError>;

    /// The same, and whether there was a sign-in from the site, in the text of `site_of`, later
    /// than `since`.
    async fn claimed(
        &self,
        identifier: &str,
        site: &str,
        since: Timestamp,
    ) -> Result<Option<Claimed>, StoreError>;

    async fn credentials_of(&self, id: Id<UserMark>) -> Result<Option<Credentials>, StoreError>;

    async fn username_exists(&self, username: &Username) -> Result<bool, StoreError>;

    async fn email_exists(&self, email: &EmailAddress) -> Result<bool, StoreError>;

    async fn super_admin_exists(&self) -> Result<bool, StoreError>;

    /// `hash` is in the PHC string format.
    async fn set_password(
        &self,
        work: &mut UnitOfWork,
        id: Id<UserMark>,
        hash: &str,
    ) -> Result<(), StoreError>;

    /// False, and nothing changed, when no active super administrator would be
    /// left, also under races.
    async fn set_standing(
        &self,
        work: &mut UnitOfWork,
        id: Id<UserMark>,
        standing: Standing,
    ) -> Result<bool, StoreError>;

    /// User name and language; fails with [`StoreError::UsernameTaken`], also under races.
    async fn update_profile(&self, work: &mut UnitOfWork, user: &User) -> Result<(), StoreError>;

    /// Fails with [`StoreError::EmailTaken`], also under races.
    async fn set_email(
        &self,
        work: &mut UnitOfWork,
        id: Id<UserMark>,
        email: &EmailAddress,
    ) -> Result<(), StoreError>;
}
