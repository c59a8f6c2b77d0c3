//! What the use cases need from outside.

use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    application::AuthenticationError,
    domain::{Id, Locale, Page, PageRequest, Role, Timestamp, User as UserMark},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use crate::domain::{CodeId, CodePurpose, EmailAddress, Session, SessionId, User, UserStatus};

/// The store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("user name is taken")]
    UsernameTaken,
    #[error("e-mail address is taken")]
    EmailTaken,
    #[error("database failed")]
    Database(#[from] sea_orm::DbErr),
    #[error("row cannot be understood: {0}")]
    BadRow(String),
}

/// A user with what proves them.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub user: User,
    /// In the PHC string format.
    pub password_hash: String,
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

    /// By user name or e-mail address, whatever their case.
    async fn credentials(&self, identifier: &str) -> Result<Option<Credentials>, StoreError>;

    async fn credentials_of(&self, id: Id<UserMark>) -> Result<Option<Credentials>, StoreError>;

    async fn email_exists(&self, email: &EmailAddress) -> Result<bool, StoreError>;

    async fn super_admin_exists(&self) -> Result<bool, StoreError>;

    /// `hash` is in the PHC string format.
    async fn set_password(
        &self,
        work: &mut UnitOfWork,
        id: Id<UserMark>,
        hash: &str,
    ) -> Result<(), StoreError>;

    /// Puts `new` in the place of `old`, unless somebody else changed the password meanwhile.
    async fn rehash(
        &self,
        work: &mut UnitOfWork,
        id: Id<UserMark>,
        (old, new): (&str, &str),
    ) -> Result<(), StoreError>;

    /// The newest first.
    async fn list(&self, filter: &UserFilter, page: PageRequest) -> Result<Page<User>, StoreError>;

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

    async fn logged_in(
        &self,
        work: &mut UnitOfWork,
        id: Id<UserMark>,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}

/// What the authenticator needs to know of a session, kept in the cache for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SessionState {
    Ended,
    Open { user: Uuid, role: Role, status: UserStatus, locale: Locale },
}

/// What became of a refresh token that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// Never given out, or long gone.
    Unknown,
    /// Its session has ended or its time is over.
    Ended,
    /// Used a moment ago, and its successor is the new one.
    Repeated(SessionId, Id<UserMark>),
    /// Used before: somebody else has it too.
    Reused(SessionId, Id<UserMark>),
    /// Replaced by the new one.
    Rotated(SessionId, Id<UserMark>),
}

/// When a refresh token is changed for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RotationTime {
    pub now: Timestamp,
    /// A token used later than this may be handed in again.
    pub grace_from: Timestamp,
    /// The end of the session unless it is refreshed again.
    pub expires_at: Timestamp,
}

/// A refresh token in the one form that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHash(pub String);

/// A session that has not ended, as its user sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    pub id: SessionId,
    pub created_at: Timestamp,
    /// Of the last refresh, or the login.
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
    /// What the program of the login called itself.
    pub agent: Option<String>,
}

/// Which of a user's sessions end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    All,
    One(SessionId),
    /// All but this one.
    Others(SessionId),
}

/// Sessions at rest.
#[async_trait]
pub trait SessionStore: Send + Sync {
    async fn open(
        &self,
        work: &mut UnitOfWork,
        session: &Session,
        token: &TokenHash,
    ) -> Result<(), StoreError>;

    /// Uses up `old` and puts `new` in its place, once; `new` is always the same for one `old`.
    async fn rotate(
        &self,
        work: &mut UnitOfWork,
        old: &TokenHash,
        new: &TokenHash,
        at: RotationTime,
    ) -> Result<Rotation, StoreError>;

    /// Tells which were still open.
    async fn end_many(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        ending: Ending,
        reason: &str,
        now: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError>;

    /// All open ones of a user.
    async fn open_of(
        &self,
        user: Id<UserMark>,
        now: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError>;

    /// Open ones, the newest first.
    async fn list(
        &self,
        user: Id<UserMark>,
        now: Timestamp,
        page: PageRequest,
    ) -> Result<Page<OpenSession>, StoreError>;

    /// The session and user a refresh token belongs to, used or not.
    async fn of_token(
        &self,
        token: &TokenHash,
    ) -> Result<Option<(SessionId, Id<UserMark>)>, StoreError>;

    async fn state(
        &self,
        session: SessionId,
        now: Timestamp,
    ) -> Result<Option<SessionState>, StoreError>;

    /// Removes up to `limit` sessions whose time was over before `before`.
    async fn remove_old(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}

/// A code to be stored.
#[derive(Debug, Clone)]
pub struct NewCode {
    pub id: CodeId,
    pub email: EmailAddress,
    pub purpose: CodePurpose,
    pub hash: Vec<u8>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A code that may be compared with what somebody typed.
#[derive(Debug, Clone)]
pub struct OpenCode {
    pub id: CodeId,
    pub hash: Vec<u8>,
}

/// Codes at rest. An address has one at a time; a new one takes the place of the old.
#[async_trait]
pub trait CodeStore: Send + Sync {
    /// `None` when stored; otherwise when the address got its last one, which is too recent
    /// (later than `last_before`).
    async fn issue(
        &self,
        work: &mut UnitOfWork,
        code: &NewCode,
        last_before: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError>;

    /// Counts one attempt, durably, and gives the code if it may still be tried.
    async fn attempt(
        &self,
        email: &EmailAddress,
        purpose: CodePurpose,
        now: Timestamp,
    ) -> Result<Option<OpenCode>, StoreError>;

    /// Takes an attempt back that was right, but came to nothing for another reason.
    async fn forgive(&self, code: CodeId) -> Result<(), StoreError>;

    /// Uses the code up; false when somebody else just did.
    async fn use_up(
        &self,
        work: &mut UnitOfWork,
        code: CodeId,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Removes up to `limit` codes that ended before `before`.
    async fn remove_old(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}

/// The hash could not be calculated.
#[derive(Debug, thiserror::Error)]
#[error("password could not be hashed: {0}")]
pub struct HashingError(pub String);

/// Hashes passwords, off the async threads.
#[async_trait]
pub trait Passwords: Send + Sync {
    /// A hash in the PHC string format.
    async fn hash(&self, password: &SecretString) -> Result<String, HashingError>;

    /// Whether the password belongs to the hash. Without a hash it takes as long and is false.
    async fn verify(
        &self,
        password: &SecretString,
        hash: Option<String>,
    ) -> Result<bool, HashingError>;

    /// Whether the hash was made with other parameters than today's.
    fn is_dated(&self, hash: &str) -> bool;

    /// Whether the password is hard enough to guess.
    async fn is_strong(
        &self,
        password: &SecretString,
        personal: Vec<String>,
    ) -> Result<bool, HashingError>;
}

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub sub: Uuid,
    /// The session.
    pub sid: Uuid,
    /// The token itself.
    pub jti: Uuid,
    /// Seconds since the epoch.
    pub iat: i64,
    /// Seconds since the epoch.
    pub exp: i64,
}

/// The token could not be signed.
#[derive(Debug, thiserror::Error)]
#[error("token could not be signed")]
pub struct SigningError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Signs and checks access tokens.
pub trait Tokens: Send + Sync {
    fn sign(&self, claims: &Claims) -> Result<String, SigningError>;

    /// Checks signature, form and time.
    fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, AuthenticationError>;

    /// The refresh token that follows another: always the same, and unknown without our key.
    fn successor(&self, token: &SecretString) -> SecretString;

    /// The keyed hash of a verification code.
    fn code_hash(&self, id: CodeId, code: &str) -> Vec<u8>;
}
