//! Makes an account for somebody who has proved their address.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::json;
use shared_kernel::domain::{AuditedEvent, Role};

use super::{
    Caller, UserError, UserModule,
    ports::{CodeScope, OpenCode},
};
use crate::domain::{CodePurpose, EmailAddress, User, UserStatus, Username, VerificationCode};

/// What somebody typed into the form.
#[derive(Debug, Clone)]
pub struct Registration {
    pub username: String,
    pub email: String,
    pub password: SecretString,
    pub code: String,
}

impl UserModule {
    /// The code is checked before anything is said about the address, so that only its reader
    /// learns that it has an account.
    pub async fn register(&self, form: Registration, caller: &Caller) -> Result<User, UserError> {
        let (mut user, code) = self.read(&form).await?;
        user.locale = caller.locale;
        let scope = CodeScope::open_to_all(user.email.clone(), CodePurpose::Register);
        let open = self.check_code(&scope, &code, caller).await?;
        let password_hash = self.ports.passwords.hash(&form.password).await?;
        let stored = self.store(&user, &password_hash, &open, caller).await;
        if matches!(stored, Err(UserError::UsernameTaken | UserError::EmailTaken)) {
            self.ports.codes.forgive(open.id).await?;
        }
        stored.map(|()| user)
    }

    /// All faults of the form at once.
    async fn read(&self, form: &Registration) -> Result<(User, VerificationCode), UserError> {
        let code = VerificationCode::parse(&form.code);
        let user = self.new_user(&form.username, &form.email, &form.password, Role::User).await;
        match (user, code) {
            (Ok(user), Some(code)) => Ok((user, code)),
            (Ok(_), None) => Err(UserError::field("code", &"must be 6 digits")),
            (Err(UserError::Invalid(mut faults)), None) => {
                faults.insert("code", vec!["must be 6 digits".to_owned()]);
                Err(UserError::Invalid(faults))
            }
            (Err(error), _) => Err(error),
        }
    }

    /// A user that could be stored.
    pub(super) async fn new_user(
        &self,
        username: &str,
        email: &str,
        password: &SecretString,
        role: Role,
    ) -> Result<User, UserError> {
        let mut faults = BTreeMap::new();
        let mut note = |name, error: String| drop(faults.insert(name, vec![error]));
        let name =
            username.parse::<Username>().map_err(|error| note("username", error.to_string()));
        let address =
            email.parse::<EmailAddress>().map_err(|error| note("email", error.to_string()));
        if let Some(problem) = self.password_problem(username, email, password).await? {
            note("password", problem.to_string());
        }
        let (Ok(username), Ok(email), true) = (name, address, faults.is_empty()) else {
            return Err(UserError::Invalid(faults));
        };
        Ok(User {
            id: self.ports.ambient.id(),
            username,
            email,
            role,
            status: UserStatus::Active,
            locale: shared_kernel::domain::Locale::default(),
            created_at: self.ports.ambient.now(),
        })
    }

    async fn store(
        &self,
        user: &User,
        password_hash: &str,
        code: &OpenCode,
        caller: &Caller,
    ) -> Result<(), UserError> {
        let mut work = self.ports.database.begin().await?;
        if !self.ports.codes.use_up(&mut work, code.id, user.created_at).await? {
            return Err(UserError::CodeInvalid);
        }
        self.ports.accounts.insert(&mut work, user, password_hash).await?;
        work.record(&self.registered(user, caller)).await?;
        work.commit().await?;
        Ok(())
    }

    pub(super) fn registered(&self, user: &User, caller: &Caller) -> AuditedEvent {
        let payload = json!({
            "user_id": user.id,
            "username": user.username.as_str(),
            "role": user.role,
            "locale": user.locale,
        });
        self.user_event("user.registered", user.id, payload, caller)
    }
}
