//! Compares what somebody typed with the code that was sent.

use subtle::ConstantTimeEq as _;

use super::{UserError, UserModule, ports::OpenCode};
use crate::domain::{CodePurpose, EmailAddress, VerificationCode};

impl UserModule {
    /// Counts an attempt, whatever comes of it.
    pub(super) async fn check_code(
        &self,
        email: &EmailAddress,
        purpose: CodePurpose,
        code: &VerificationCode,
    ) -> Result<OpenCode, UserError> {
        let now = self.ports.ambient.now();
        let open = self.ports.codes.attempt(email, purpose, now).await?;
        let open = open.ok_or(UserError::CodeInvalid)?;
        let given = self.ports.tokens.code_hash(open.id, code.as_str());
        let same: bool = given.ct_eq(&open.hash).into();
        if same { Ok(open) } else { Err(UserError::CodeInvalid) }
    }
}
