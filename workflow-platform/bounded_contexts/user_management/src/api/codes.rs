//! Verification codes, as they are asked for.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiJson, BadRequest, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
};
use utoipa::ToSchema;

use super::{Module, caller};
use crate::{
    application::{CodeRequest, CodeSent, OwnCodeRequest},
    domain::CodePurpose,
};

/// What a code is good for that anybody may ask for.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PublicPurpose {
    Register,
    ResetPassword,
}

impl From<PublicPurpose> for CodePurpose {
    fn from(purpose: PublicPurpose) -> Self {
        match purpose {
            PublicPurpose::Register => Self::Register,
            PublicPurpose::ResetPassword => Self::ResetPassword,
        }
    }
}

/// What a code is good for that somebody signed in asks for.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OwnPurpose {
    ChangeEmail,
    SensitiveAction,
}

/// An address to send a code to.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct SendCode {
    #[schema(example = "ann@example.com")]
    pub email: String,
    pub purpose: PublicPurpose,
}

impl From<SendCode> for CodeRequest {
    fn from(SendCode { email, purpose }: SendCode) -> Self {
        Self { email, purpose: purpose.into() }
    }
}

/// What somebody signed in wants a code for.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct SendOwnCode {
    pub purpose: OwnPurpose,
    /// The address you want to have, for `change_email` alone. Codes for `sensitive_action` go to
    /// your own.
    #[schema(example = "ann@new.example")]
    pub email: Option<String>,
}

impl TryFrom<SendOwnCode> for OwnCodeRequest {
    type Error = BadRequest;

    fn try_from(SendOwnCode { purpose, email }: SendOwnCode) -> Result<Self, BadRequest> {
        match (purpose, email) {
            (OwnPurpose::ChangeEmail, Some(email)) => Ok(Self::ChangeEmail { email }),
            (OwnPurpose::ChangeEmail, None) => Err(BadRequest::field("email", "is needed")),
            (OwnPurpose::SensitiveAction, None) => Ok(Self::SensitiveAction),
            (OwnPurpose::SensitiveAction, Some(_)) => {
                Err(BadRequest::field("email", "must be absent: the code goes to your own address"))
            }
        }
    }
}

/// How long the code lives and when the next can be had.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeSentView {
    /// Seconds.
    #[schema(example = 600)]
    pub expires_in: u64,
    /// Seconds.
    #[schema(example = 60)]
    pub retry_after: u64,
}

impl From<CodeSent> for CodeSentView {
    fn from(CodeSent { expires_in, retry_after }: CodeSent) -> Self {
        Self { expires_in, retry_after }
    }
}

/// Sends a code to your own address, or to the one you want to have. Only you can use it.
#[utoipa::path(
    post, path = "/users/auth/send-verification-code", tag = "users", request_body = SendOwnCode,
    operation_id = "send_own_verification_code",
    responses(
        (status = 200, body = Envelope<CodeSentView>),
        (status = 422, body = ErrorEnvelope),
        (status = 429, description = "CODE_TOO_SOON", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn send_own(
    module: Module,
    who: Principal,
    ApiJson(body): ApiJson<SendOwnCode>,
) -> Result<Reply<CodeSentView>, Failure> {
    let sent = module.send_own_code(&who, body.try_into()?, &caller()).await?;
    Ok(Reply::ok(sent.into()).saying("验证码已发送", "The code is on its way"))
}
