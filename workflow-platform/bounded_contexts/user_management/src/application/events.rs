//! What the context tells others.

use std::net::IpAddr;

use serde_json::{Value, json};
use shared_kernel::domain::{
    Actor, AuditedEvent, DomainEvent, Id, Locale, Origin, User as UserMark,
};

use super::UserModule;
use crate::domain::User;

/// The request behind a use case.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    pub locale: Locale,
    pub request_id: Option<String>,
    /// What the caller's program calls itself.
    pub agent: Option<String>,
    pub address: Option<IpAddr>,
    /// Who asks, as far as the request has proved it.
    pub actor: Actor,
}

impl Caller {
    pub(super) fn origin(&self) -> Origin {
        Origin {
            address: self.address,
            agent: self.agent.clone(),
            request_id: self.request_id.clone(),
        }
    }
}

impl UserModule {
    /// An event of a user's own stream, with its line of the audit log.
    pub(super) fn user_event(
        &self,
        kind: &str,
        user: Id<UserMark>,
        payload: Value,
        caller: &Caller,
    ) -> AuditedEvent {
        let event = DomainEvent {
            id: self.ports.ambient.id(),
            kind: kind.to_owned(),
            version: 1,
            aggregate: "user".to_owned(),
            aggregate_id: user.to_string(),
            user: Some(user),
            payload,
            occurred_at: self.ports.ambient.now(),
            request_id: caller.request_id.clone(),
        };
        self.audited(event, user, caller)
    }

    /// An event that is worth a mail to the user, who may not have caused it.
    pub(super) fn notice(
        &self,
        kind: &str,
        reason: &str,
        user: &User,
        caller: &Caller,
    ) -> AuditedEvent {
        let payload = json!({
            "reason": reason,
            "email": user.email.as_str(),
            "locale": user.locale,
        });
        self.user_event(kind, user.id, payload, caller)
    }
}
