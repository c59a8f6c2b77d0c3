//! Makes a super administrator, from the machine itself.

use secrecy::SecretString;
use shared_kernel::domain::Role;

use super::{Caller, UserError, UserModule};
use crate::domain::User;

impl UserModule {
    /// No permission is asked for: whoever can run commands on the machine owns the data.
    pub async fn create_super_admin(
        &self,
        username: &str,
        email: &str,
        password: &SecretString,
    ) -> Result<User, UserError> {
        let user = self.new_user(username, email, password, Role::SuperAdmin).await?;
        let password_hash = self.ports.passwords.hash(password).await?;
        let mut work = self.ports.database.begin().await?;
        self.ports.accounts.insert(&mut work, &user, &password_hash).await?;
        work.record(&self.registered(&user, &Caller::default())).await?;
        work.commit().await?;
        Ok(user)
    }

    pub async fn has_super_admin(&self) -> Result<bool, UserError> {
        Ok(self.ports.accounts.super_admin_exists().await?)
    }
}
