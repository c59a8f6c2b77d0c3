//! What second factors somebody has.

use shared_kernel::domain::{Id, User as UserMark};

use super::super::{UserError, UserModule};

/// What somebody can prove themselves with beside the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondFactors {
    pub totp_enabled: bool,
    pub recovery_codes_left: u64,
}

impl UserModule {
    pub(in crate::application) async fn second_factors(
        &self,
        user: Id<UserMark>,
    ) -> Result<SecondFactors, UserError> {
        let totp_enabled = self.has_totp(user).await?;
        let recovery_codes_left = if totp_enabled {
            self.ports.second_factors.recovery_codes_left(user).await?
        } else {
            0
        };
        Ok(SecondFactors { totp_enabled, recovery_codes_left })
    }

    pub(in crate::application) async fn has_totp(
        &self,
        user: Id<UserMark>,
    ) -> Result<bool, UserError> {
        let found = self.ports.second_factors.totp(user).await?;
        Ok(found.is_some_and(|totp| totp.confirmed))
    }
}
