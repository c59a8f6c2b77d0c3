//! Everybody, for those who look after them.

use shared_kernel::{
    application::Principal,
    domain::{Id, Page, PageRequest, Permission, User as UserMark},
};

use super::{UserError, UserModule, ports::UserFilter};
use crate::domain::User;

impl UserModule {
    /// The newest first.
    pub async fn list_users(
        &self,
        who: &Principal,
        filter: &UserFilter,
        page: PageRequest,
    ) -> Result<Page<User>, UserError> {
        who.require(Permission::UsersRead)?;
        Ok(self.ports.accounts.list(filter, page).await?)
    }

    pub async fn show_user(&self, who: &Principal, user: Id<UserMark>) -> Result<User, UserError> {
        who.require(Permission::UsersRead)?;
        self.ports.accounts.find(user).await?.ok_or(UserError::NoSuchUser)
    }
}
