//! Gives somebody a secret for their authenticator.

use secrecy::SecretString;
use shared_kernel::{
    application::Principal,
    domain::{Id, Permission, User as UserMark},
};

use super::super::{UserError, UserModule};
use crate::domain::TotpSecret;

/// The secret, in the two forms that authenticators take. Shown once.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// Base32.
    pub secret: SecretString,
    /// An `otpauth` address.
    pub uri: SecretString,
}

/// Where a secret stands, for the seal.
pub fn totp_place(user: Id<UserMark>) -> String {
    format!("user_totp/{user}/sealed_secret")
}

impl UserModule {
    /// It counts once a code of it was confirmed; beginning again gives another secret.
    pub async fn begin_totp(&self, who: &Principal) -> Result<Enrolment, UserError> {
        who.require(Permission::ProfileWrite)?;
        self.require_fresh(who).await?;
        let user = self.show_me(who).await?;
        let secret = TotpSecret::draw(&self.ports.ambient);
        let uri = secret.uri(&self.settings.issuer, user.email.as_str())?;
        let sealed = self.ports.sealer.seal(&totp_place(user.id), secret.as_bytes())?;
        let now = self.ports.ambient.now();
        let mut work = self.ports.database.begin().await?;
        if !self.ports.second_factors.begin_totp(&mut work, user.id, &sealed, now).await? {
            return Err(UserError::TotpEnabled);
        }
        work.commit().await?;
        Ok(Enrolment { secret: secret.base32().into(), uri: uri.into() })
    }
}
