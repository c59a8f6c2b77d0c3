//! Marks one's account for deletion.

use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{Permission, Timestamp},
};

use crate::{
    application::{Caller, UserError, UserModule, ports::Ending},
    domain::UserStatus,
};

impl UserModule {
    /// Answers when it will go. All sessions end; signing in again serves to change one's mind.
    /// Until then nothing of the user's starts.
    pub async fn request_deletion(
        &self,
        who: &Principal,
        caller: &Caller,
    ) -> Result<Timestamp, UserError> {
        who.require(Permission::ProfileWrite)?;
        self.require_fresh(who).await?;
        let user = self.show_me(who).await?;
        if user.status != UserStatus::Active {
            return Err(UserError::Deleting);
        }
        let now = self.ports.ambient.now();
        let delete_at = now.plus(self.settings.deletion_grace);
        let mut work = self.ports.database.begin().await?;
        if !self.ports.leaving.mark(&mut work, user.id, delete_at).await? {
            return Err(UserError::LastSuperAdmin);
        }
        let (sessions, reason) = (&self.ports.sessions, "deletion_requested");
        let ended = sessions.end_many(&mut work, user.id, Ending::All, reason, now).await?;
        let payload = json!({
            "reason": reason,
            "email": user.email.as_str(),
            "locale": user.locale,
            "delete_at": delete_at,
        });
        work.record(&self.user_event("user.deletion_requested", user.id, payload, caller)).await?;
        work.commit().await?;
        self.forget_sessions(&ended).await?;
        self.forget_user(user.id).await?;
        Ok(delete_at)
    }
}
