//! Sessions and refresh tokens at rest.

use std::{fmt, net::IpAddr};

use async_trait::async_trait;
use shared_kernel::{
    domain::{AuditedEvent, Id, Locale, Page, PageRequest, Role, Timestamp, User as UserMark},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::{StateCache, StoreError};
use crate::domain::{Session, SessionId, SessionMark, UserStatus};

/// What the authenticator needs to know of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionState {
    Ended,
    Open(OpenState),
}

/// A session that goes on, with what may make its tokens worthless all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenState {
    pub user: Uuid,
    pub role: Role,
    pub status: UserStatus,
    pub locale: Locale,
    /// Tokens of the user issued before this second are refused.
    pub not_before: i64,
    /// Tokens of the session that were revoked by their own id.
    pub revoked: Vec<Uuid>,
}

/// States of sessions, remembered.
pub type SessionCache = dyn StateCache<SessionMark, SessionState>;

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

/// When, and where, a refresh token is changed for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RotationTime {
    pub now: Timestamp,
    /// A token used later than this may be handed in again.
    pub grace_from: Timestamp,
    /// The end of the session unless it is refreshed again.
    pub expires_at: Timestamp,
    pub address: Option<IpAddr>,
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
    /// Where the login came from.
    pub address: Option<IpAddr>,
    /// Where the last refresh came from, or the login.
    pub last_address: Option<IpAddr>,
}

/// With what, and whence, somebody signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastLogin {
    /// What the program called itself.
    pub agent: Option<String>,
    /// In the text of `site_of`.
    pub site: Option<String>,
}

/// What is looked at once somebody's password was right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// There is an authenticator to be asked for.
    pub has_totp: bool,
    /// Latest sign-ins whose sessions are kept, ended or not; the newest first.
    pub latest: Vec<PastLogin>,
}

/// Which of a user's sessions end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    All,
    One(SessionId),
    /// All but this one.
    Others(SessionId),
}

/// What a sign-in leaves behind.
#[derive(Debug)]
pub struct NewSession<'a> {
    pub session: &'a Session,
    pub token: &'a TokenHash,
    pub rehashed: Option<Rehashed<'a>>,
    pub events: &'a [AuditedEvent],
}

/// A password hashed anew: `new` takes the place of `old`, unless somebody else changed the
/// password meanwhile.
#[derive(Clone, Copy)]
pub struct Rehashed<'a> {
    pub old: &'a str,
    pub new: &'a str,
}

impl fmt::Debug for Rehashed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rehashed")
    }
}

/// Sessions at rest.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Opens a session, and notes when its user signed in last; all of it, or nothing.
    async fn open(&self, new: NewSession<'_>) -> Result<(), StoreError>;

    /// Uses up `old` and puts `new` in its place, once; `new` is always the same for one `old`.
    async fn rotate(
        &self,
        work: &mut UnitOfWork,
        old: &TokenHash,
        new: &TokenHash,
        at: RotationTime,
    ) -> Result<Rotation, StoreError>;

    /// Tells which were still open. With [`Ending::All`], access tokens issued until now are
    /// refused whatever their session.
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

    /// Whether the user signed in from the site, in the text of `site_of`, later than `since`.
    async fn signed_in_from(
        &self,
        user: Id<UserMark>,
        site: &str,
        since: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Programs and places of the latest `most` sign-ins whose sessions are kept, ended or not;
    /// each pair once.
    async fn past_logins(
        &self,
        user: Id<UserMark>,
        most: u32,
    ) -> Result<Vec<PastLogin>, StoreError>;

    /// With the latest `most` sign-ins.
    async fn proved(&self, user: Id<UserMark>, most: u32) -> Result<Proved, StoreError>;

    async fn state(
        &self,
        session: SessionId,
        now: Timestamp,
    ) -> Result<Option<SessionState>, StoreError>;

    /// Until when sensitive changes in it need no new proof.
    async fn fresh_until(&self, session: SessionId) -> Result<Option<Timestamp>, StoreError>;

    /// Notes a proof that was given in it.
    async fn refresh_proof(
        &self,
        work: &mut UnitOfWork,
        session: SessionId,
        until: Timestamp,
    ) -> Result<(), StoreError>;

    /// What was proved in the user's other sessions counts no more.
    async fn stale_others(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        session: SessionId,
    ) -> Result<(), StoreError>;

    /// Refuses one access token, until `expires_at` (seconds) when it is over anyway.
    async fn revoke_token(
        &self,
        work: &mut UnitOfWork,
        session: SessionId,
        token: Uuid,
        expires_at: i64,
    ) -> Result<(), StoreError>;

    /// Removes up to `limit` revoked tokens that were over before `before`.
    async fn remove_revoked(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// Removes up to `limit` sessions whose time was over before `before`.
    async fn remove_old(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
