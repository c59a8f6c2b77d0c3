//! Users.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use shared_kernel::domain::{Id, Locale, Role, Timestamp, User as UserMark};

use super::{EmailAddress, Username};

/// Whether somebody is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    Active,
    Suspended,
    /// Will be deleted, unless its owner signs in and keeps it.
    Deleting,
    /// Gone: a row that stands for nobody.
    Deleted,
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
            Self::Deleting => "deleting",
            Self::Deleted => "deleted",
        }
    }

    /// Whoever is leaving is let in to change their mind.
    pub const fn may_sign_in(self) -> bool {
        matches!(self, Self::Active | Self::Deleting)
    }

    /// Whether the user's workflows run.
    pub const fn is_served(self) -> bool {
        matches!(self, Self::Active)
    }

    pub const fn is_gone(self) -> bool {
        matches!(self, Self::Deleted)
    }
}

impl FromStr for UserStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "active" => Ok(Self::Active),
            "suspended" => Ok(Self::Suspended),
            "deleting" => Ok(Self::Deleting),
            "deleted" => Ok(Self::Deleted),
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

/// Why somebody may not change another's standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotManageable {
    #[error("nobody changes their own standing")]
    Oneself,
    #[error("user ranks as high as the caller or higher")]
    Superior,
}

impl User {
    /// Those above rule over those below; super administrators over each other too.
    pub fn may_be_managed_by(&self, actor: Id<UserMark>, rank: Role) -> Result<(), NotManageable> {
        if self.id == actor {
            Err(NotManageable::Oneself)
        } else if rank > self.role || rank == Role::SuperAdmin {
            Ok(())
        } else {
            Err(NotManageable::Superior)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_decides_who_manages_whom() {
        let (ambient, _) = testkit::ambient();
        let user = |role| User {
            id: ambient.id(),
            username: "ann".parse().unwrap(),
            email: "ann@example.com".parse().unwrap(),
            role,
            status: UserStatus::Active,
            locale: Locale::En,
            created_at: ambient.now(),
        };
        let by = |rank, target| user(target).may_be_managed_by(ambient.id(), rank);
        assert_eq!(by(Role::Admin, Role::User), Ok(()));
        assert_eq!(by(Role::SuperAdmin, Role::SuperAdmin), Ok(()));
        assert_eq!(by(Role::Admin, Role::Admin), Err(NotManageable::Superior));
        assert_eq!(by(Role::Admin, Role::SuperAdmin), Err(NotManageable::Superior));
        let me = user(Role::SuperAdmin);
        assert_eq!(me.may_be_managed_by(me.id, me.role), Err(NotManageable::Oneself));
    }
}
