//! Sends a verification code to an address.
//!
//! The same rows are read and written, and the same event is recorded, whether or not the address
//! has an account; only the mail differs, which nobody but its reader sees.

use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{DomainEvent, Permission},
};

use super::{
    Caller, UserError, UserModule,
    ports::{CodeScope, NewCode},
};
use crate::domain::{
    CODE_INTERVAL, CODE_LIFE, CodeId, CodePurpose, EmailAddress, VerificationCode,
};

/// Who wants a code and for what.
#[derive(Debug, Clone)]
pub struct CodeRequest {
    pub email: String,
    pub purpose: CodePurpose,
}

/// What somebody who is signed in wants a code for.
#[derive(Debug, Clone)]
pub enum OwnCodeRequest {
    /// To the address that they want to have.
    ChangeEmail { email: String },
    /// To the address that they have.
    SensitiveAction,
}

/// How long the code lives and when the next can be had, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeSent {
    pub expires_in: u64,
    pub retry_after: u64,
}

impl UserModule {
    /// For somebody who is not signed in: `register` and `reset_password`.
    pub async fn send_code(
        &self,
        request: CodeRequest,
        caller: &Caller,
    ) -> Result<CodeSent, UserError> {
        let email = read_address(&request.email)?;
        self.issue_code(CodeScope::open_to_all(email, request.purpose), caller).await
    }

    /// For somebody who is. Only they can use it.
    pub async fn send_own_code(
        &self,
        who: &Principal,
        request: OwnCodeRequest,
        caller: &Caller,
    ) -> Result<CodeSent, UserError> {
        who.require(Permission::ProfileWrite)?;
        who.session()?;
        let (email, purpose) = match request {
            OwnCodeRequest::ChangeEmail { email } => {
                (read_address(&email)?, CodePurpose::ChangeEmail)
            }
            OwnCodeRequest::SensitiveAction => {
                (self.show_me(who).await?.email, CodePurpose::SensitiveAction)
            }
        };
        self.issue_code(CodeScope { email, purpose, user: Some(who.user) }, caller).await
    }

    async fn issue_code(&self, scope: CodeScope, caller: &Caller) -> Result<CodeSent, UserError> {
        let now = self.ports.ambient.now();
        let id = self.ports.ambient.id();
        let code = VerificationCode::draw(&self.ports.ambient);
        let new = NewCode {
            id,
            hash: self.ports.tokens.code_hash(id, code.as_str()),
            created_at: now,
            expires_at: now.plus(CODE_LIFE),
            scope,
        };
        let account_exists = self.ports.accounts.email_exists(&new.scope.email).await?;
        let event = self.code_event(&new, &code, account_exists, caller)?;
        let mut work = self.ports.database.begin().await?;
        if let Some(last) =
            self.ports.codes.issue(&mut work, &new, now.minus(CODE_INTERVAL)).await?
        {
            work.roll_back().await?;
            let wait = last.plus(CODE_INTERVAL).since(now).as_secs() + 1;
            return Err(UserError::CodeTooSoon { retry_after: wait.min(CODE_INTERVAL.as_secs()) });
        }
        work.record(&event).await?;
        work.commit().await?;
        Ok(CodeSent { expires_in: CODE_LIFE.as_secs(), retry_after: CODE_INTERVAL.as_secs() })
    }

    /// The code travels sealed: whoever reads the outbox later cannot read it.
    fn code_event(
        &self,
        new: &NewCode,
        code: &VerificationCode,
        account_exists: bool,
        caller: &Caller,
    ) -> Result<DomainEvent, UserError> {
        let sealed = self.ports.sealer.seal(&place(new.id), code.as_str().as_bytes())?;
        Ok(DomainEvent {
            id: self.ports.ambient.id(),
            kind: "user.verification_code.requested".to_owned(),
            version: 1,
            aggregate: "verification_code".to_owned(),
            aggregate_id: new.id.to_string(),
            user: new.scope.user,
            payload: json!({
                "code_id": new.id,
                "email": new.scope.email.as_str(),
                "purpose": new.scope.purpose.as_str(),
                "locale": caller.locale,
                "account_exists": account_exists,
                "sealed_code": sealed,
                "expires_at": new.expires_at,
            }),
            occurred_at: new.created_at,
            request_id: caller.request_id.clone(),
        })
    }
}

fn read_address(text: &str) -> Result<EmailAddress, UserError> {
    text.parse().map_err(|error| UserError::field("email", &error))
}

/// Where a code stands, for the seal. The mailer opens it with the same words.
fn place(code: CodeId) -> String {
    format!("verification_codes/{code}/code")
}
