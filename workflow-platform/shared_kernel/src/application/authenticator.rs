//! Who is asking.

use async_trait::async_trait;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::{ErrorKind, Fault, Id, Locale, Owner, Permission, Role, Text, User};

/// Somebody whose token was checked on this request, revocation and role included.
#[derive(Debug, Clone)]
pub struct Principal {
    pub user: Id<User>,
    pub role: Role,
    /// The login session the token belongs to.
    pub session: Uuid,
    /// The token's `jti`.
    pub token: Uuid,
    /// When the access token ends, seconds since the epoch.
    pub expires_at: i64,
    pub locale: Locale,
}

impl Principal {
    pub const fn owner(&self) -> Owner {
        Owner::new(self.user)
    }

    /// Every use case asks on its first line.
    pub fn require(&self, permission: Permission) -> Result<(), AuthenticationError> {
        if self.role.grants(permission) {
            Ok(())
        } else {
            Err(AuthenticationError::Denied(permission))
        }
    }
}

/// Checks a bearer token.
#[async_trait]
pub trait Authenticator: Send + Sync {
    async fn authenticate(&self, bearer: &str) -> Result<Principal, AuthenticationError>;
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticationError {
    #[error("no bearer token")]
    Missing,
    #[error("bearer token is not valid")]
    Invalid,
    #[error("bearer token has expired")]
    Expired,
    #[error("bearer token was revoked")]
    Revoked,
    #[error("permission {} is missing", .0.as_str())]
    Denied(Permission),
    #[error("authentication is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Fault for AuthenticationError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing | Self::Invalid | Self::Expired | Self::Revoked => {
                ErrorKind::Unauthenticated
            }
            Self::Denied(_) => ErrorKind::Denied,
            Self::Unavailable(_) => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Missing | Self::Invalid => "UNAUTHENTICATED",
            Self::Expired => "TOKEN_EXPIRED",
            Self::Revoked => "TOKEN_REVOKED",
            Self::Denied(_) => "PERMISSION_DENIED",
            Self::Unavailable(_) => "UNAVAILABLE",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Missing => Text::new("请先登录", "Sign in first"),
            Self::Invalid => Text::new("登录凭证无效", "The access token is not valid"),
            Self::Expired => Text::new("登录已过期，请刷新", "The access token has expired"),
            Self::Revoked => {
                Text::new("登录已失效，请重新登录", "The session has ended, sign in again")
            }
            Self::Denied(_) => Text::new("没有权限", "You are not allowed to do this"),
            Self::Unavailable(_) => Text::new(
                "暂时无法验证身份，请稍后再试",
                "Sign-in cannot be checked now, try again soon",
            ),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Denied(permission) => json!({ "permission": permission.as_str() }),
            _ => json!({}),
        }
    }
}
