//! Sessions and refresh tokens at rest.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    domain::{Id, Locale, Page, PageRequest, Role, Timestamp, User as UserMark},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::StoreError;
use crate::domain::{Session, SessionId, UserStatus};

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
