//! Gives somebody another address, which they have proved to read.

use std::collections::BTreeMap;

use serde_json::json;
use shared_kernel::{application::Principal, domain::Permission};

use super::{
    Caller, UserError, UserModule,
    ports::{CodeScope, Ending, OpenCode},
};
use crate::domain::{CodePurpose, EmailAddress, SessionId, User, VerificationCode};

/// The new address and the code that was sent there.
#[derive(Debug, Clone)]
pub struct EmailChange {
    pub new_email: String,
    pub code: String,
}

impl UserModule {
    /// The old address is told, and the user's other sessions end. Only the reader of the code
    /// learns that the address has an account already.
    pub async fn change_email(
        &self,
        who: &Principal,
        form: &EmailChange,
        caller: &Caller,
    ) -> Result<User, UserError> {
        who.require(Permission::ProfileWrite)?;
        let session = self.require_fresh(who).await?.id.into();
        let (email, code) = read(form)?;
        let user = self.show_me(who).await?;
        if email.key() == user.email.key() {
            return Err(UserError::field("new_email", &"must differ from the current one"));
        }
        let purpose = CodePurpose::ChangeEmail;
        let scope = CodeScope { email, purpose, user: Some(who.user) };
        let open = self.check_code(&scope, &code, caller).await?;
        let changed = self.move_address(session, &user, scope.email, &open, caller).await;
        if matches!(changed, Err(UserError::EmailTaken)) {
            self.ports.codes.forgive(open.id).await?;
        }
        changed
    }

    async fn move_address(
        &self,
        session: SessionId,
        user: &User,
        email: EmailAddress,
        code: &OpenCode,
        caller: &Caller,
    ) -> Result<User, UserError> {
        let (now, reason) = (self.ports.ambient.now(), "email_changed");
        let mut work = self.ports.database.begin().await?;
        if !self.ports.codes.use_up(&mut work, code.id, now).await? {
            return Err(UserError::CodeInvalid);
        }
        self.ports.accounts.set_email(&mut work, user.id, &email).await?;
        let (sessions, ending) = (&self.ports.sessions, Ending::Others(session));
        let ended = sessions.end_many(&mut work, user.id, ending, reason, now).await?;
        let payload = json!({
            "reason": reason,
            "email": user.email.as_str(),
            "new_email": email.as_str(),
            "locale": user.locale,
            "sessions_ended": ended.len(),
        });
        work.record(&self.user_event("user.email_changed", user.id, payload, caller)).await?;
        work.commit().await?;
        self.forget_sessions(&ended).await?;
        self.forget_person(user.id).await?;
        Ok(User { email, ..user.clone() })
    }
}

/// All faults of the form at once, before an attempt is counted.
fn read(form: &EmailChange) -> Result<(EmailAddress, VerificationCode), UserError> {
    let mut faults = BTreeMap::new();
    let email = form.new_email.parse::<EmailAddress>();
    if let Err(error) = &email {
        faults.insert("new_email", vec![error.to_string()]);
    }
    let code = VerificationCode::parse(&form.code);
    if code.is_none() {
        faults.insert("code", vec!["must be 6 digits".to_owned()]);
    }
    match (email, code) {
        (Ok(email), Some(code)) => Ok((email, code)),
        _ => Err(UserError::Invalid(faults)),
    }
}
