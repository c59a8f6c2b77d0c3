//! Who somebody is, for themselves and for other contexts.

use shared_kernel::{
    application::{AuthenticationError, Principal},
    domain::{Id, Locale, Permission, User as UserMark},
};

use super::{UserError, UserModule};
use crate::domain::User;

/// What other contexts may know of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub username: String,
    pub email: String,
    pub locale: Locale,
}

impl UserModule {
    /// Oneself.
    pub async fn show_me(&self, who: &Principal) -> Result<User, UserError> {
        who.require(Permission::ProfileRead)?;
        let found = self.ports.accounts.find(who.user).await?;
        found.ok_or(UserError::Authentication(AuthenticationError::Revoked))
    }

    /// For the other contexts; `None` when there is no such user.
    pub async fn profile(&self, user: Id<UserMark>) -> Result<Option<Profile>, UserError> {
        let found = self.ports.accounts.find(user).await?;
        let found = found.filter(|user| !user.status.is_gone());
        Ok(found.map(|user| Profile {
            username: user.username.to_string(),
            email: user.email.to_string(),
            locale: user.locale,
        }))
    }

    /// For the other contexts: people by id with their languages, those who are gone left out;
    /// empty at the end.
    pub async fn people_after(
        &self,
        user: Option<Id<UserMark>>,
        most: u32,
    ) -> Result<Vec<(Id<UserMark>, Locale)>, UserError> {
        Ok(self.ports.accounts.after(user, most).await?)
    }

    /// Whether the account was deleted, so that nothing of it is kept.
    pub async fn is_gone(&self, user: Id<UserMark>) -> Result<bool, UserError> {
        let found = self.ports.accounts.find(user).await?;
        Ok(found.is_some_and(|user| user.status.is_gone()))
    }
}
