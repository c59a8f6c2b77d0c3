//! Sessions.

use shared_kernel::domain::{Id, Timestamp, User as UserMark};

/// Marker of a session's id.
#[derive(Debug)]
pub enum SessionMark {}
pub type SessionId = Id<SessionMark>;

/// What a login opened and each refresh carries on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub user: Id<UserMark>,
    pub created_at: Timestamp,
    /// Moves on with each refresh.
    pub expires_at: Timestamp,
}
