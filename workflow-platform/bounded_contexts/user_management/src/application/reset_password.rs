//! Gives a new password to somebody who reads the mail of the account.

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::{
    Caller, UserError, UserModule,
    new_password::Occasion,
    ports::{CodeScope, OpenCode},
};
use crate::domain::{CodePurpose, EmailAddress, User, VerificationCode};

/// What somebody typed who has forgotten their password.
#[derive(Debug, Clone)]
pub struct PasswordReset {
    pub email: String,
    pub code: String,
    pub new_password: SecretString,
}

impl UserModule {
    /// Ends all sessions of the account: whoever else knew the password is out.
    pub async fn reset_password(
        &self,
        form: PasswordReset,
        caller: &Caller,
    ) -> Result<(), UserError> {
        let (email, code) = self.read_reset(&form).await?;
        let scope = CodeScope::open_to_all(email.clone(), CodePurpose::ResetPassword);
        let open = self.check_code(&scope, &code, caller).await?;
        // Codes are kept for addresses without an account too, but nobody is mailed those.
        let found = self.ports.accounts.credentials(email.as_str()).await?;
        let user = found.ok_or(UserError::CodeInvalid)?.user;
        self.refuse_personal(&user, &open, &form.new_password).await?;
        let hash = self.ports.passwords.hash(&form.new_password).await?;
        let mut work = self.ports.database.begin().await?;
        if !self.ports.codes.use_up(&mut work, open.id, self.ports.ambient.now()).await? {
            return Err(UserError::CodeInvalid);
        }
        self.replace_password(work, &user, &hash, Occasion::Reset, caller).await?;
        self.knows_place(user.id, caller).await;
        Ok(())
    }

    /// All faults of the form at once, before an attempt is counted.
    async fn read_reset(
        &self,
        form: &PasswordReset,
    ) -> Result<(EmailAddress, VerificationCode), UserError> {
        let mut faults = BTreeMap::new();
        let mut note = |name, error: String| drop(faults.insert(name, vec![error]));
        let email =
            form.email.parse::<EmailAddress>().map_err(|error| note("email", error.to_string()));
        let code = VerificationCode::parse(&form.code);
        if code.is_none() {
            note("code", "must be 6 digits".to_owned());
        }
        if let Some(problem) = self.password_problem("", &form.email, &form.new_password).await? {
            note("new_password", problem.to_string());
        }
        match (email, code, faults.is_empty()) {
            (Ok(email), Some(code), true) => Ok((email, code)),
            _ => Err(UserError::Invalid(faults)),
        }
    }

    /// Only the reader of the code learns that the password has to do with the user name. They may
    /// try another one with the same code.
    async fn refuse_personal(
        &self,
        user: &User,
        code: &OpenCode,
        password: &SecretString,
    ) -> Result<(), UserError> {
        let (name, email) = (user.username.as_str(), user.email.as_str());
        let Some(problem) = self.password_problem(name, email, password).await? else {
            return Ok(());
        };
        self.ports.codes.forgive(code.id).await?;
        Err(UserError::field("new_password", &problem))
    }
}
