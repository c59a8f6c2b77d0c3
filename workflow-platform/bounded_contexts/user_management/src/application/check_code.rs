//! Compares what somebody typed with the code that was sent.

use subtle::ConstantTimeEq as _;

use super::{
    Caller, UserError, UserModule,
    attempts::Proving,
    ports::{CodeScope, OpenCode},
};
use crate::domain::VerificationCode;

impl UserModule {
    /// Counts an attempt, whatever comes of it.
    pub(super) async fn check_code(
        &self,
        scope: &CodeScope,
        code: &VerificationCode,
        caller: &Caller,
    ) -> Result<OpenCode, UserError> {
        let attempt = self.attempt(Proving::Code(&scope.email), caller).await?;
        let now = self.ports.ambient.now();
        let open = self.ports.codes.attempt(scope, now).await?;
        let open = open.ok_or(UserError::CodeInvalid)?;
        let given = self.ports.tokens.code_hash(open.id, code.as_str());
        let same: bool = given.ct_eq(&open.hash).into();
        if !same {
            return Err(UserError::CodeInvalid);
        }
        self.proved(attempt).await;
        Ok(open)
    }
}
