//! Who did what, or tried to.

use std::{borrow::Cow, net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{DomainEvent, Id, Timestamp, User};

/// Marker of an entry of the audit log.
#[derive(Debug)]
pub enum Audit {}

/// Who acted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Actor {
    /// The platform itself, or whoever runs commands on its machine.
    #[default]
    System,
    /// Nobody who proved who they are.
    Anonymous,
    /// Somebody signed in, or signing in.
    User(Id<User>),
    /// A program with a key of a user.
    ApiKey { user: Id<User>, key: Uuid },
}

/// The kinds of [`Actor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    System,
    Anonymous,
    User,
    ApiKey,
}

impl Actor {
    pub const fn kind(self) -> ActorKind {
        match self {
            Self::System => ActorKind::System,
            Self::Anonymous => ActorKind::Anonymous,
            Self::User(_) => ActorKind::User,
            Self::ApiKey { .. } => ActorKind::ApiKey,
        }
    }

    pub const fn user(self) -> Option<Id<User>> {
        match self {
            Self::User(user) | Self::ApiKey { user, .. } => Some(user),
            Self::System | Self::Anonymous => None,
        }
    }

    pub const fn key(self) -> Option<Uuid> {
        match self {
            Self::ApiKey { key, .. } => Some(key),
            _ => None,
        }
    }
}

/// The text names nothing of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown name")]
pub struct UnknownName;

impl ActorKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Anonymous => "anonymous",
            Self::User => "user",
            Self::ApiKey => "api_key",
        }
    }
}

impl FromStr for ActorKind {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = [Self::System, Self::Anonymous, Self::User, Self::ApiKey];
        all.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownName)
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It was done.
    Success,
    /// It was tried and did not work, such as a sign-in with a wrong password.
    Failure,
    /// Somebody was not allowed to.
    Denied,
}

impl AuditOutcome {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Denied => "denied",
        }
    }
}

impl FromStr for AuditOutcome {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = [Self::Success, Self::Failure, Self::Denied];
        all.into_iter().find(|outcome| outcome.as_str() == text).ok_or(UnknownName)
    }
}

/// What it was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditTarget {
    /// Such as `user`, `api_key` or `route`.
    pub kind: Cow<'static, str>,
    pub id: String,
}

/// Where it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    pub address: Option<IpAddr>,
    pub agent: Option<String>,
    pub request_id: Option<String>,
}

/// A line of the audit log. It holds no password, token or code, and no name that somebody typed
/// who is not known.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    pub id: Id<Audit>,
    pub at: Timestamp,
    pub actor: Actor,
    /// `context.verb` in the past tense, such as `user.role_changed`.
    pub action: Cow<'static, str>,
    /// Whose account it is about, who may see it.
    pub user: Option<Id<User>>,
    pub target: Option<AuditTarget>,
    pub outcome: AuditOutcome,
    /// A code or a word of ours that says why.
    pub reason: Option<Cow<'static, str>>,
    pub origin: Origin,
    /// An object: what changed, and to what.
    pub details: Value,
}

/// An event together with its line of the audit log: whoever records the one writes the other.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditedEvent {
    pub event: DomainEvent,
    pub entry: AuditEntry,
}

impl AuditedEvent {
    /// When it was somebody else than the caller seems to be.
    #[must_use]
    pub fn by(mut self, actor: Actor) -> Self {
        self.entry.actor = actor;
        self
    }
}
