//! Tells whether a name or an address can still be registered. The gateway lets few ask, since
//! the answer also says who has an account.

use super::{UserError, UserModule};
use crate::domain::{EmailAddress, Username};

impl UserModule {
    pub async fn is_username_free(&self, username: &str) -> Result<bool, UserError> {
        let name: Username =
            username.parse().map_err(|error| UserError::field("username", &error))?;
        Ok(!self.ports.accounts.username_exists(&name).await?)
    }

    pub async fn is_email_free(&self, email: &str) -> Result<bool, UserError> {
        let address: EmailAddress =
            email.parse().map_err(|error| UserError::field("email", &error))?;
        Ok(!self.ports.accounts.email_exists(&address).await?)
    }
}
