//! Takes an account away for good.

use shared_kernel::{
    application::Principal,
    domain::{Id, Permission, User as UserMark},
};

use crate::application::{Caller, UserError, UserModule};

impl UserModule {
    /// What the account holds in other contexts goes when they hear of it.
    pub async fn delete_user(
        &self,
        who: &Principal,
        user: Id<UserMark>,
        caller: &Caller,
    ) -> Result<(), UserError> {
        who.require(Permission::UsersWrite)?;
        let found = self.managed(who, user).await?;
        let mut work = self.ports.database.begin().await?;
        let erased = self.anonymise(&mut work, &found, Some(who.user), caller).await?;
        work.commit().await?;
        self.tell_erased(erased).await
    }
}
