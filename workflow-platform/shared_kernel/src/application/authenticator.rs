//! Who is asking.

use async_trait::async_trait;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::{
    Actor, ErrorKind, Fault, Id, Locale, Owner, Permission, Permissions, Role, Text, User,
};

/// When to ask again while sign-ins cannot be checked.
const RETRY_SECONDS: u64 = 2;

/// Somebody whose token or key was checked on this request, revocation and role included.
#[derive(Debug, Clone)]
pub struct Principal {
    pub user: Id<User>,
    pub role: Role,
    pub locale: Locale,
    pub proof: Proof,
}

/// What somebody showed to be let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// An access token: the person is there.
    Session(SessionProof),
    /// A key of a program, which may do less than its user.
    ApiKey { id: Uuid, scopes: Permissions },
}

/// An access token and the login session it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionProof {
    pub id: Uuid,
    /// The token's `jti`.
    pub token: Uuid,
    /// When the access token ends, seconds since the epoch.
    pub expires_at: i64,
}

impl Principal {
    pub const fn owner(&self) -> Owner {
        Owner::new(self.user)
    }

    pub const fn actor(&self) -> Actor {
        match self.proof {
            Proof::Session(_) => Actor::User(self.user),
            Proof::ApiKey { id, .. } => Actor::ApiKey { user: self.user, key: id },
        }
    }

    /// Every use case asks on its first line. A key may do what its scopes name and its user's
    /// role still grants.
    pub fn require(&self, permission: Permission) -> Result<(), AuthenticationError> {
        if self.permissions().contains(permission) {
            Ok(())
        } else {
            Err(AuthenticationError::Denied(permission))
        }
    }

    /// What the role grants and the proof covers.
    pub fn permissions(&self) -> Permissions {
        let granted = self.role.permissions();
        match self.proof {
            Proof::Session(_) => granted,
            Proof::ApiKey { scopes, .. } => granted.and(scopes),
        }
    }

    /// For what guards the account itself: passwords, keys and sessions are no program's business,
    /// whatever its scopes.
    pub const fn session(&self) -> Result<SessionProof, AuthenticationError> {
        match self.proof {
            Proof::Session(session) => Ok(session),
            Proof::ApiKey { .. } => Err(AuthenticationError::SessionRequired),
        }
    }
}

/// Checks a bearer token, which may be an access token or an API key.
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
    #[error("an API key does not stand for the person")]
    SessionRequired,
    #[error("authentication is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Fault for AuthenticationError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing | Self::Invalid | Self::Expired | Self::Revoked => {
                ErrorKind::Unauthenticated
            }
            Self::Denied(_) | Self::SessionRequired => ErrorKind::Denied,
            Self::Unavailable(_) => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Missing | Self::Invalid => "UNAUTHENTICATED",
            Self::Expired => "TOKEN_EXPIRED",
            Self::Revoked => "TOKEN_REVOKED",
            Self::Denied(_) => "PERMISSION_DENIED",
            Self::SessionRequired => "SESSION_REQUIRED",
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
            Self::SessionRequired => {
                Text::new("API 密钥不能执行此操作，请登录", "An API key cannot do this, sign in")
            }
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

    fn retry_after(&self) -> Option<u64> {
        matches!(self, Self::Unavailable(_)).then_some(RETRY_SECONDS)
    }
}
