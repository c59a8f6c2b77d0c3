//! Sign-ins and proofs that did not work.

use serde_json::{Value, json};
use shared_kernel::{
    application::Principal,
    domain::{Actor, AuditEntry, AuditOutcome, AuditTarget, Fault as _, Id, User},
};

use crate::application::{Caller, UserError, UserModule};

struct Failure {
    action: &'static str,
    actor: Actor,
    /// Whose account it is about.
    user: Option<Id<User>>,
    details: Value,
}

impl UserModule {
    /// Notes a failed sign-in at the account it aimed at. What was typed is not kept: people type
    /// passwords into the wrong field. A hash of it tells whether it was the same each time.
    pub(in crate::application) async fn note_failed_login(
        &self,
        identifier: &str,
        error: &UserError,
        caller: &Caller,
    ) {
        let typed = identifier.trim().to_ascii_lowercase();
        let found = if typed.chars().any(char::is_control) {
            None
        } else {
            self.ports.accounts.credentials(&typed).await.ok().flatten()
        };
        let user = found.map(|found| found.user.id);
        let hash = self.ports.tokens.fingerprint(&["audit login", &typed]);
        let details = json!({ "identifier_hash": hash.get(..16) });
        let about = Failure { action: "user.login_failed", actor: Actor::Anonymous, user, details };
        self.note_failure(about, error, caller);
    }

    /// Notes a password, code or second factor that proved nothing, by somebody signed in.
    pub(in crate::application) fn note_failed_proof(
        &self,
        who: &Principal,
        error: &UserError,
        caller: &Caller,
    ) {
        self.note_failure(
            Failure {
                action: "user.proof_failed",
                actor: Actor::User(who.user),
                user: Some(who.user),
                details: json!({}),
            },
            error,
            caller,
        );
    }

    fn note_failure(&self, failure: Failure, error: &UserError, caller: &Caller) {
        let Failure { action, actor, user, details } = failure;
        self.ports.trail.note(AuditEntry {
            id: self.ports.ambient.id(),
            at: self.ports.ambient.now(),
            actor,
            action: action.into(),
            user,
            target: user.map(|user| AuditTarget { kind: "user".into(), id: user.to_string() }),
            outcome: AuditOutcome::Failure,
            reason: Some(error.code().into()),
            origin: caller.origin(),
            details,
        });
    }
}
