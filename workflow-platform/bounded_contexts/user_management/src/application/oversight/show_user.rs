//! One user, for those who look after them.

use shared_kernel::{
    application::Principal,
    domain::{Id, Permission, User as UserMark},
};

use crate::application::{
    UserError, UserModule,
    ports::{ListedUser, UserCounts},
};

/// A user and what they hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserDetail {
    pub listed: ListedUser,
    pub counts: UserCounts,
}

impl UserModule {
    pub async fn show_user(
        &self,
        who: &Principal,
        user: Id<UserMark>,
    ) -> Result<UserDetail, UserError> {
        who.require(Permission::UsersRead)?;
        let listed = self.ports.oversight.show(user).await?.ok_or(UserError::NoSuchUser)?;
        let counts = self.ports.oversight.counts(user, self.ports.ambient.now()).await?;
        Ok(UserDetail { listed, counts })
    }
}
