//! Sessions.

use std::{net::IpAddr, time::Duration};

use shared_kernel::domain::{Id, Timestamp, User as UserMark};

/// A used refresh token still leads to its successor for this long: two tabs, or a client that
/// never heard the answer, are no thieves.
pub const REFRESH_GRACE: Duration = Duration::from_secs(10);

/// Who has just signed in, with all factors, need not prove it again for this long.
pub const FRESH_AFTER_LOGIN: Duration = Duration::from_mins(5);
/// A proof given in a session is believed for this long.
pub const FRESH_AFTER_PROOF: Duration = Duration::from_mins(10);

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
    /// What the program of the login called itself.
    pub agent: Option<String>,
    /// Where the login came from.
    pub address: Option<IpAddr>,
    /// Until then sensitive changes need no new proof.
    pub fresh_until: Timestamp,
}
