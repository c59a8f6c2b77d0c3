//! A password in place of another one.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use shared_kernel::infrastructure::db::UnitOfWork;

use super::{Caller, UserError, UserModule, ports::Ending};
use crate::domain::{PasswordProblem, SessionId, User, check_length};

/// How somebody came to a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    /// By somebody who is signed in, in the session that goes on.
    Changed(SessionId),
    /// By somebody who had forgotten it.
    Reset,
}

impl Occasion {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Changed(_) => "password_changed",
            Self::Reset => "password_reset",
        }
    }

    const fn ending(self) -> Ending {
        match self {
            Self::Changed(session) => Ending::Others(session),
            Self::Reset => Ending::All,
        }
    }
}

impl UserModule {
    /// Why the password cannot be taken. `username` and `email` are what an attacker tries first.
    pub(super) async fn password_problem(
        &self,
        username: &str,
        email: &str,
        password: &SecretString,
    ) -> Result<Option<PasswordProblem>, UserError> {
        if let Err(problem) = check_length(password.expose_secret()) {
            return Ok(Some(problem));
        }
        let cut = |text: &str| text.chars().take(64).collect::<String>();
        let name = email.split('@').next().unwrap_or_default();
        let personal = vec![cut(username), cut(email), cut(name)];
        Ok(self.ports.passwords.problem(password, personal).await?)
    }

    /// Stores the hash and ends sessions in one transaction, which is `work`.
    pub(super) async fn replace_password(
        &self,
        mut work: UnitOfWork,
        user: &User,
        hash: &str,
        occasion: Occasion,
        caller: &Caller,
    ) -> Result<(), UserError> {
        let (now, reason) = (self.ports.ambient.now(), occasion.as_str());
        self.ports.accounts.set_password(&mut work, user.id, hash).await?;
        let (sessions, ending) = (&self.ports.sessions, occasion.ending());
        let ended = sessions.end_many(&mut work, user.id, ending, reason, now).await?;
        let payload = json!({
            "reason": reason,
            "sessions_ended": ended.len(),
            "email": user.email.as_str(),
            "locale": user.locale,
        });
        work.record(&self.user_event("user.password_changed", user.id, payload, caller)).await?;
        work.commit().await?;
        self.forget_sessions(&ended).await
    }
}
