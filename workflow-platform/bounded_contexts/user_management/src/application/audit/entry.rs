//! Lines of the audit log, made from events in one place, so that no change goes without.

use serde_json::{Value, json};
use shared_kernel::domain::{
    Actor, AuditEntry, AuditOutcome, AuditTarget, AuditedEvent, DomainEvent, Id, User as UserMark,
};

use crate::application::{Caller, UserModule};

/// Of an event's payload: what is for mailers and for routing, or stands in a column of its own.
const NOT_DETAILS: [&str; 5] = ["email", "locale", "reason", "user_id", "by"];

impl UserModule {
    /// The change as an event and as a line of the audit log.
    pub(in crate::application) fn audited(
        &self,
        event: DomainEvent,
        user: Id<UserMark>,
        caller: &Caller,
    ) -> AuditedEvent {
        let target = match event.payload["api_key_id"].as_str() {
            Some(key) => AuditTarget { kind: "api_key".into(), id: key.to_owned() },
            None => AuditTarget { kind: "user".into(), id: user.to_string() },
        };
        let reason = event.payload["reason"].as_str().map(|reason| reason.to_owned().into());
        let entry = AuditEntry {
            id: self.ports.ambient.id(),
            at: event.occurred_at,
            actor: acting(caller.actor, user),
            action: event.kind.clone().into(),
            user: Some(user),
            target: Some(target),
            outcome: AuditOutcome::Success,
            reason,
            origin: caller.origin(),
            details: details(&event.payload),
        };
        AuditedEvent { event, entry }
    }
}

/// Whoever changes an account without being signed in has just proved that it is theirs, by a
/// password, a code or a token.
fn acting(actor: Actor, user: Id<UserMark>) -> Actor {
    match actor {
        Actor::Anonymous => Actor::User(user),
        known => known,
    }
}

fn details(payload: &Value) -> Value {
    let Value::Object(fields) = payload else { return json!({}) };
    let kept = fields.iter().filter(|(name, _)| !NOT_DETAILS.contains(&name.as_str()));
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_mail_is_no_detail() {
        let payload = json!({ "email": "ann@example.com", "reason": "x", "from": "user" });
        assert_eq!(details(&payload), json!({ "from": "user" }));
    }
}
