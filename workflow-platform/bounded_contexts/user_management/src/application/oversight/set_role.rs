//! Gives somebody another role.

use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{Id, Permission, Role, User as UserMark},
};

use crate::{
    application::{Caller, UserError, UserModule, ports::Standing},
    domain::User,
};

impl UserModule {
    /// Counts from the user's next request on. Nothing happens when the role is the same.
    pub async fn set_role(
        &self,
        who: &Principal,
        user: Id<UserMark>,
        role: Role,
        caller: &Caller,
    ) -> Result<User, UserError> {
        who.require(Permission::UsersRoles)?;
        let found = self.managed(who, user).await?;
        if found.role == role {
            return Ok(found);
        }
        let payload = json!({ "from": found.role, "to": role, "by": who.user });
        let mut work = self.ports.database.begin().await?;
        let changed = User { role, ..found };
        if !self.ports.accounts.set_standing(&mut work, user, Standing::Role(role)).await? {
            return Err(UserError::LastSuperAdmin);
        }
        work.record(&self.user_event("user.role_changed", user, payload, caller)).await?;
        work.commit().await?;
        self.forget_user(user).await?;
        Ok(changed)
    }
}
