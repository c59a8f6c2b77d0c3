//! Roles are sets of named permissions; code asks for a permission, never for a role.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    ProfileRead,
    ProfileWrite,
    WorkflowRead,
    WorkflowWrite,
    WorkflowRun,
    ProxyRead,
    ProxyWrite,
    DatasetRead,
    DatasetWrite,
    SubscriptionRead,
    SubscriptionWrite,
    UsersRead,
    UsersWrite,
    UsersRoles,
    PlansWrite,
    AuditRead,
    SystemRead,
    SystemWrite,
}

impl Permission {
    /// The name used in API key scopes and error details.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProfileRead => "profile:read",
            Self::ProfileWrite => "profile:write",
            Self::WorkflowRead => "workflow:read",
            Self::WorkflowWrite => "workflow:write",
            Self::WorkflowRun => "workflow:run",
            Self::ProxyRead => "proxy:read",
            Self::ProxyWrite => "proxy:write",
            Self::DatasetRead => "dataset:read",
            Self::DatasetWrite => "dataset:write",
            Self::SubscriptionRead => "subscription:read",
            Self::SubscriptionWrite => "subscription:write",
            Self::UsersRead => "users:read",
            Self::UsersWrite => "users:write",
            Self::UsersRoles => "users:roles",
            Self::PlansWrite => "plans:write",
            Self::AuditRead => "audit:read",
            Self::SystemRead => "system:read",
            Self::SystemWrite => "system:write",
        }
    }
}

/// A person's rank. Each contains the permissions of the ones below.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    User,
    Admin,
    SuperAdmin,
}

/// The text names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown role")]
pub struct UnknownRole;

impl Role {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::SuperAdmin => "super_admin",
        }
    }

    /// The least rank that holds a permission.
    const fn least_for(permission: Permission) -> Self {
        match permission {
            Permission::UsersRead
            | Permission::UsersWrite
            | Permission::AuditRead
            | Permission::SystemRead => Self::Admin,
            Permission::UsersRoles | Permission::PlansWrite | Permission::SystemWrite => {
                Self::SuperAdmin
            }
            _ => Self::User,
        }
    }

    pub fn grants(self, permission: Permission) -> bool {
        self >= Self::least_for(permission)
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "user" => Ok(Self::User),
            "admin" => Ok(Self::Admin),
            "super_admin" => Ok(Self::SuperAdmin),
            _ => Err(UnknownRole),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_decides() {
        assert!(Role::User.grants(Permission::WorkflowRun));
        assert!(!Role::User.grants(Permission::UsersRead));
        assert!(!Role::Admin.grants(Permission::UsersRoles));
        assert!(Role::SuperAdmin.grants(Permission::UsersRoles));
    }
}
