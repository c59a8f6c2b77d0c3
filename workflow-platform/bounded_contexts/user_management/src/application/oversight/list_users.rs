//! Everybody, for those who look after them.

use shared_kernel::{
    application::Principal,
    domain::{Page, PageRequest, Permission},
};

use crate::application::{
    UserError, UserModule,
    ports::{ListedUser, UserFilter, UserSort},
};

impl UserModule {
    /// Deleted users are listed only when they are asked for.
    pub async fn list_users(
        &self,
        who: &Principal,
        filter: &UserFilter,
        sort: UserSort,
        page: PageRequest,
    ) -> Result<Page<ListedUser>, UserError> {
        who.require(Permission::UsersRead)?;
        Ok(self.ports.oversight.list(filter, sort, page).await?)
    }
}
