//! Roles are sets of named permissions; code asks for a permission, never for a role.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Permissions;

/// What somebody may do.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
pub enum Permission {
    #[serde(rename = "profile:read")]
    ProfileRead,
    #[serde(rename = "profile:write")]
    ProfileWrite,
    #[serde(rename = "workflow:read")]
    WorkflowRead,
    #[serde(rename = "workflow:write")]
    WorkflowWrite,
    #[serde(rename = "workflow:run")]
    WorkflowRun,
    #[serde(rename = "proxy:read")]
    ProxyRead,
    #[serde(rename = "proxy:write")]
    ProxyWrite,
    /// Sending requests through one's pools over the gateway port.
    #[serde(rename = "proxy:use")]
    ProxyUse,
    #[serde(rename = "dataset:read")]
    DatasetRead,
    #[serde(rename = "dataset:write")]
    DatasetWrite,
    #[serde(rename = "automation:read")]
    AutomationRead,
    #[serde(rename = "automation:write")]
    AutomationWrite,
    #[serde(rename = "subscription:read")]
    SubscriptionRead,
    #[serde(rename = "subscription:write")]
    SubscriptionWrite,
    #[serde(rename = "users:read")]
    UsersRead,
    #[serde(rename = "users:write")]
    UsersWrite,
    #[serde(rename = "users:roles")]
    UsersRoles,
    #[serde(rename = "plans:write")]
    PlansWrite,
    #[serde(rename = "billing:read")]
    BillingRead,
    #[serde(rename = "billing:write")]
    BillingWrite,
    #[serde(rename = "audit:read")]
    AuditRead,
    #[serde(rename = "system:read")]
    SystemRead,
    #[serde(rename = "system:write")]
    SystemWrite,
}

/// The text names no permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown permission")]
pub struct UnknownPermission;

impl Permission {
    /// All there are, in the order in which they are shown.
    pub const ALL: [Self; 23] = [
        Self::ProfileRead,
        Self::ProfileWrite,
        Self::WorkflowRead,
        Self::WorkflowWrite,
        Self::WorkflowRun,
        Self::ProxyRead,
        Self::ProxyWrite,
        Self::ProxyUse,
        Self::DatasetRead,
        Self::DatasetWrite,
        Self::AutomationRead,
        Self::AutomationWrite,
        Self::SubscriptionRead,
        Self::SubscriptionWrite,
        Self::UsersRead,
        Self::UsersWrite,
        Self::UsersRoles,
        Self::PlansWrite,
        Self::BillingRead,
        Self::BillingWrite,
        Self::AuditRead,
        Self::SystemRead,
        Self::SystemWrite,
    ];

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
            Self::ProxyUse => "proxy:use",
            Self::DatasetRead => "dataset:read",
            Self::DatasetWrite => "dataset:write",
            Self::AutomationRead => "automation:read",
            Self::AutomationWrite => "automation:write",
            Self::SubscriptionRead => "subscription:read",
            Self::SubscriptionWrite => "subscription:write",
            Self::UsersRead => "users:read",
            Self::UsersWrite => "users:write",
            Self::UsersRoles => "users:roles",
            Self::PlansWrite => "plans:write",
            Self::BillingRead => "billing:read",
            Self::BillingWrite => "billing:write",
            Self::AuditRead => "audit:read",
            Self::SystemRead => "system:read",
            Self::SystemWrite => "system:write",
        }
    }
}

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or(UnknownPermission)
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
            | Permission::BillingRead
            | Permission::BillingWrite
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

    /// All that the rank holds.
    pub fn permissions(self) -> Permissions {
        Permission::ALL.into_iter().filter(|one| self.grants(*one)).collect()
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

    #[test]
    fn a_permission_is_known_by_one_name_everywhere() {
        for permission in Permission::ALL {
            assert_eq!(permission.as_str().parse(), Ok(permission));
            assert_eq!(serde_json::json!(permission), permission.as_str());
        }
        assert_eq!("users:*".parse::<Permission>(), Err(UnknownPermission));
    }
}
