//! Changes what somebody is called and spoken to in.

use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{Locale, Permission},
};

use super::{Caller, UserError, UserModule};
use crate::domain::User;

/// What is absent stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ProfileChange {
    pub username: Option<String>,
    pub locale: Option<Locale>,
}

impl UserModule {
    pub async fn update_profile(
        &self,
        who: &Principal,
        change: ProfileChange,
        caller: &Caller,
    ) -> Result<User, UserError> {
        who.require(Permission::ProfileWrite)?;
        let mut user = self.show_me(who).await?;
        if let Some(name) = change.username {
            user.username = name.parse().map_err(|error| UserError::field("username", &error))?;
        }
        user.locale = change.locale.unwrap_or(user.locale);
        let payload = json!({ "username": user.username.as_str(), "locale": user.locale });
        let mut work = self.ports.database.begin().await?;
        self.ports.accounts.update_profile(&mut work, &user).await?;
        work.record(&self.user_event("user.profile_changed", user.id, payload, caller)).await?;
        work.commit().await?;
        self.forget_user(who.user).await?;
        Ok(user)
    }
}
