//! Deletes the accounts whose grace is over.

use tracing::{info, warn};

use crate::{
    application::{Caller, UserError, UserModule},
    domain::User,
};

/// Accounts in one round; the rest wait for the next.
const AT_ONCE: u32 = 100;

impl UserModule {
    /// A bounded number, each in a transaction of its own; gives how many. One that cannot go now
    /// keeps no other waiting.
    pub async fn delete_due(&self) -> Result<u64, UserError> {
        let due = self.ports.leaving.due(self.ports.ambient.now(), AT_ONCE).await?;
        let mut gone = 0;
        for user in due {
            match self.delete_now(&user).await {
                Ok(()) => gone += 1,
                // Another process was first.
                Err(UserError::NoSuchUser) => {}
                Err(error) => warn!(user_id = %user.id, %error, "an account cannot be deleted now"),
            }
        }
        Ok(gone)
    }

    async fn delete_now(&self, user: &User) -> Result<(), UserError> {
        let mut work = self.ports.database.begin().await?;
        let erased = self.anonymise(&mut work, user, None, &Caller::default()).await?;
        work.commit().await?;
        info!(user_id = %user.id, "account {} is deleted", user.id);
        self.tell_erased(erased).await
    }
}
