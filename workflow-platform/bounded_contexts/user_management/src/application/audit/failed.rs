//! Sign-ins that did not work.

use serde_json::json;
use shared_kernel::domain::{Actor, AuditEntry, AuditOutcome, AuditTarget, Fault as _};

use crate::application::{Caller, UserError, UserModule};

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
        self.ports.trail.note(AuditEntry {
            id: self.ports.ambient.id(),
            at: self.ports.ambient.now(),
            actor: Actor::Anonymous,
            action: "user.login_failed".into(),
            user,
            target: user.map(|user| AuditTarget { kind: "user".into(), id: user.to_string() }),
            outcome: AuditOutcome::Failure,
            reason: Some(error.code().into()),
            origin: caller.origin(),
            details: json!({ "identifier_hash": hash.get(..16) }),
        });
    }
}
