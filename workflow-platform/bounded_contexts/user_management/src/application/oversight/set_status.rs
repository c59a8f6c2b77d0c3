//! Suspends somebody, or lets them in again.

use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{Id, Permission, User as UserMark},
};

use crate::{
    application::{
        Caller, UserError, UserModule,
        ports::{Ending, Standing},
    },
    domain::{User, UserStatus},
};

impl UserModule {
    /// A suspended user's sessions end at once. Nothing happens when the status is the same.
    pub async fn set_status(
        &self,
        who: &Principal,
        user: Id<UserMark>,
        status: UserStatus,
        caller: &Caller,
    ) -> Result<User, UserError> {
        who.require(Permission::UsersWrite)?;
        let found = self.managed(who, user).await?;
        match (found.status, status) {
            (UserStatus::Deleting, _) => return Err(UserError::Deleting),
            (_, UserStatus::Active | UserStatus::Suspended) => {}
            _ => return Err(UserError::field("status", &"must be active or suspended")),
        }
        if found.status == status {
            return Ok(found);
        }
        let mut work = self.ports.database.begin().await?;
        let changed = User { status, ..found };
        if !self.ports.accounts.set_standing(&mut work, user, Standing::Status(status)).await? {
            return Err(UserError::LastSuperAdmin);
        }
        let ended = if status == UserStatus::Active {
            Vec::new()
        } else {
            let (sessions, now) = (&self.ports.sessions, self.ports.ambient.now());
            sessions.end_many(&mut work, user, Ending::All, "suspended", now).await?
        };
        let payload = json!({ "status": status, "by": who.user });
        work.record(&self.user_event("user.status_changed", user, payload, caller)).await?;
        work.commit().await?;
        self.forget_sessions(&ended).await?;
        self.forget_user(user).await?;
        Ok(changed)
    }
}
