//! `/users/me/totp` and `/users/me/recovery-codes`: a second factor.

use garde::Validate;
use qrcode::{EcLevel, QrCode, render::svg};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiJson, Empty, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
};
use utoipa::ToSchema;

use super::{Module, caller};
use crate::application::{Enrolment, RecoveryCodes};

/// A secret for an authenticator. It is not shown again.
#[derive(Serialize, ToSchema)]
pub struct EnrolmentView {
    /// Base32, for typing.
    #[schema(example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    pub secret: String,
    /// `otpauth://totp/…` (SHA-1, 6 digits, 30 seconds).
    pub uri: String,
    /// The address as a QR code, an SVG image as text; null when it is too long for one.
    pub qr_svg: Option<String>,
}

impl From<Enrolment> for EnrolmentView {
    fn from(Enrolment { secret, uri }: Enrolment) -> Self {
        let (secret, uri) = (secret.expose_secret().to_owned(), uri.expose_secret().to_owned());
        Self { qr_svg: qr_svg(&uri), secret, uri }
    }
}

fn qr_svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    Some(code.render::<svg::Color<'_>>().min_dimensions(200, 200).build())
}

/// What the authenticator shows.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ConfirmBody {
    /// Six digits.
    #[schema(example = "012345")]
    pub totp: String,
}

/// Ten codes, each good for one sign-in without the authenticator. They are not shown again.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodesView {
    #[schema(example = json!(["ABCD-EFGH-JKLM-NPQR-STUV-WXYZ"]))]
    pub recovery_codes: Vec<String>,
}

impl From<RecoveryCodes> for RecoveryCodesView {
    fn from(RecoveryCodes(codes): RecoveryCodes) -> Self {
        Self { recovery_codes: codes.iter().map(crate::domain::RecoveryCode::display).collect() }
    }
}

/// Begins to enrol an authenticator. It counts once `confirm` was answered.
#[utoipa::path(
    post, path = "/users/me/totp", tag = "users",
    responses(
        (status = 200, body = Envelope<EnrolmentView>),
        (status = 403, description = "STEP_UP_REQUIRED", body = ErrorEnvelope),
        (status = 409, description = "TOTP_ALREADY_ENABLED", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn begin_totp(module: Module, who: Principal) -> Result<Reply<EnrolmentView>, Failure> {
    Ok(Reply::ok(module.begin_totp(&who).await?.into()))
}

/// Enrols the authenticator that shows the code. Signing in asks for it from now on.
#[utoipa::path(
    post, path = "/users/me/totp/confirm", tag = "users", request_body = ConfirmBody,
    responses(
        (status = 200, body = Envelope<RecoveryCodesView>),
        (status = 409, description = "TOTP_ALREADY_ENABLED, or TOTP_NOT_ENABLED when nothing was begun in the last 15 minutes", body = ErrorEnvelope),
        (status = 422, description = "PROOF_INVALID", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn confirm_totp(
    module: Module,
    who: Principal,
    ApiJson(body): ApiJson<ConfirmBody>,
) -> Result<Reply<RecoveryCodesView>, Failure> {
    let codes = module.confirm_totp(&who, &body.totp, &caller()).await?;
    Ok(Reply::ok(codes.into()).saying("两步验证已启用", "Two-step sign-in is on"))
}

/// Removes the authenticator and all recovery codes.
#[utoipa::path(
    delete, path = "/users/me/totp", tag = "users",
    responses(
        (status = 200, body = Envelope<Empty>),
        (status = 403, description = "STEP_UP_REQUIRED", body = ErrorEnvelope),
        (status = 409, description = "TOTP_NOT_ENABLED", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn disable_totp(module: Module, who: Principal) -> Result<Reply<Empty>, Failure> {
    module.disable_totp(&who, &caller()).await?;
    Ok(Reply::empty().saying("两步验证已关闭", "Two-step sign-in is off"))
}

/// Makes ten new recovery codes. All former ones are worth nothing.
#[utoipa::path(
    post, path = "/users/me/recovery-codes", tag = "users",
    responses(
        (status = 200, body = Envelope<RecoveryCodesView>),
        (status = 403, description = "STEP_UP_REQUIRED", body = ErrorEnvelope),
        (status = 409, description = "TOTP_NOT_ENABLED", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn replace_recovery_codes(
    module: Module,
    who: Principal,
) -> Result<Reply<RecoveryCodesView>, Failure> {
    Ok(Reply::ok(module.replace_recovery_codes(&who, &caller()).await?.into()))
}
