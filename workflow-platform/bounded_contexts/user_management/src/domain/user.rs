//! Users.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use shared_kernel::domain::{Id, Locale, Role, Timestamp, User as UserMark};

use super::{EmailAddress, Username};

/// Whether somebody is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    Active,
    Suspended,
}

/// The text names no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown status")]
pub struct UnknownStatus;

impl UserStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

impl FromStr for UserStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "active" => Ok(Self::Active),
            "suspended" => Ok(Self::Suspended),
            _ => Err(UnknownStatus),
        }
    }
}

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: Id<UserMark>,
    pub username: Username,
    pub email: EmailAddress,
    pub role: Role,
    pub status: UserStatus,
    /// Language of mails, and of messages when a request asks for none.
    pub locale: Locale,
    pub created_at: Timestamp,
}
