//! Users at rest.

use async_trait::async_trait;
use shared_kernel::{
    domain::{Id, Locale, Role, Timestamp, User as UserMark},
    infrastructure::db::UnitOfWork,
};

use super::{PastLogin, StoreError};
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
    /// There is an authenticator to be asked for once the password was right.
    pub has_totp: bool,
    /// Latest sign-ins whose sessions are kept, ended or not; the newest first.
    pub latest: Vec<PastLogin>,
}

/// Where somebody is who signs in.
#[derive(Debug, Clone, Copy)]
pub struct Whence<'a> {
    /// In the text of `site_of`.
    pub site: &'a str,
    /// Sign-ins from there count if they were later.
    pub since: Timestamp,
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

    /// The same with all that a sign-in looks at, of the latest ones at most so many: read at once,
    /// since trips between two hashes cost sign-ins.
    async fn claimed(
        &self,
        identifier: &str,
        whence: Whence<'_>,
        most: u32,
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
