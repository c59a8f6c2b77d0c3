//! `/users/me/step-up` and the change of address, which needs it.

use garde::Validate;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiJson, BadRequest, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
    domain::Timestamp,
};
use utoipa::ToSchema;

use super::{Module, caller, shapes::OneselfView};
use crate::application::{EmailChange, FreshProof, SecondFactor};

/// One proof that it is you.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct StepUpBody {
    /// Your password, unless an authenticator is enrolled.
    #[schema(value_type = Option<String>, format = Password)]
    pub password: Option<SecretString>,
    /// Six digits from a mail with purpose `sensitive_action`, unless an authenticator is enrolled.
    #[schema(example = "012345")]
    pub code: Option<String>,
    /// Six digits that your authenticator shows.
    #[schema(value_type = Option<String>, example = "012345")]
    pub totp: Option<SecretString>,
    #[schema(value_type = Option<String>)]
    pub recovery_code: Option<SecretString>,
}

impl TryFrom<StepUpBody> for FreshProof {
    type Error = BadRequest;

    fn try_from(body: StepUpBody) -> Result<Self, BadRequest> {
        let StepUpBody { password, code, totp, recovery_code } = body;
        match (password, code, totp, recovery_code) {
            (Some(password), None, None, None) => Ok(Self::Password(password)),
            (None, Some(code), None, None) => Ok(Self::Code(code)),
            (None, None, Some(code), None) => Ok(Self::SecondFactor(SecondFactor::Totp(code))),
            (None, None, None, Some(code)) => Ok(Self::SecondFactor(SecondFactor::Recovery(code))),
            _ => Err(BadRequest::field(
                "password",
                "give one of password, code, totp and recovery_code",
            )),
        }
    }
}

/// How long the proof is believed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreshView {
    pub fresh_until: Timestamp,
}

/// A new address and the code that was sent there.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ChangeEmailBody {
    #[schema(example = "ann@new.example")]
    pub new_email: String,
    /// Six digits from the mail with purpose `change_email`.
    #[schema(example = "012345")]
    pub code: String,
}

impl From<ChangeEmailBody> for EmailChange {
    fn from(ChangeEmailBody { new_email, code }: ChangeEmailBody) -> Self {
        Self { new_email, code }
    }
}

/// Proves anew that it is you. Sensitive changes in this session are allowed for ten minutes; for
/// five after signing in they are anyway.
#[utoipa::path(
    post, path = "/users/me/step-up", tag = "users", request_body = StepUpBody,
    responses(
        (status = 200, body = Envelope<FreshView>),
        (status = 403, description = "STEP_UP_REQUIRED: the proof is none of `details.methods`", body = ErrorEnvelope),
        (status = 422, description = "VALIDATION_ERROR, PROOF_INVALID or CODE_INVALID", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn step_up(
    module: Module,
    who: Principal,
    ApiJson(body): ApiJson<StepUpBody>,
) -> Result<Reply<FreshView>, Failure> {
    let fresh_until = module.step_up(&who, &body.try_into()?, &caller()).await?;
    Ok(Reply::ok(FreshView { fresh_until }))
}

/// Changes your address. The old one is told, and your other sessions end.
#[utoipa::path(
    post, path = "/users/me/change-email", tag = "users", request_body = ChangeEmailBody,
    responses(
        (status = 200, body = Envelope<OneselfView>),
        (status = 403, description = "STEP_UP_REQUIRED", body = ErrorEnvelope),
        (status = 409, description = "EMAIL_TAKEN", body = ErrorEnvelope),
        (status = 422, description = "VALIDATION_ERROR or CODE_INVALID", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn change_email(
    module: Module,
    who: Principal,
    ApiJson(body): ApiJson<ChangeEmailBody>,
) -> Result<Reply<OneselfView>, Failure> {
    let user = module.change_email(&who, &body.into(), &caller()).await?;
    Ok(Reply::ok(OneselfView::new(user, who.permissions()))
        .saying("邮箱已更换", "The e-mail address was changed"))
}
