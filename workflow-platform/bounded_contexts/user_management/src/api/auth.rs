//! `/users/auth`: in and out.

use shared_kernel::{
    api::{ApiJson, Empty, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
};

use super::{
    Module, caller,
    shapes::{
        LoginBody, RefreshBody, RegisterBody, RegisteredView, ResetPasswordBody, SignedInView,
    },
};

/// Makes an account. The code comes from `send-verification-code` with purpose `register`.
#[utoipa::path(
    post, path = "/users/auth/register", tag = "users", request_body = RegisterBody,
    responses(
        (status = 201, body = Envelope<RegisteredView>),
        (status = 409, description = "USERNAME_TAKEN or EMAIL_TAKEN", body = ErrorEnvelope),
        (status = 422, description = "VALIDATION_ERROR or CODE_INVALID", body = ErrorEnvelope),
        (status = 429, description = "TOO_MANY_ATTEMPTS or RATE_LIMITED", body = ErrorEnvelope),
    ),
)]
pub async fn register(
    module: Module,
    ApiJson(body): ApiJson<RegisterBody>,
) -> Result<Reply<RegisteredView>, Failure> {
    let user = module.register(body.into(), &caller()).await?;
    Ok(Reply::created(RegisteredView { user: user.into() }))
}

/// Opens a session.
#[utoipa::path(
    post, path = "/users/auth/login", tag = "users", request_body = LoginBody,
    responses(
        (status = 200, body = Envelope<SignedInView>),
        (status = 401, description = "WRONG_CREDENTIALS; TOTP_REQUIRED or TOTP_INVALID when the password is right", body = ErrorEnvelope),
        (status = 403, description = "ACCOUNT_SUSPENDED", body = ErrorEnvelope),
        (status = 429, description = "TOO_MANY_ATTEMPTS or RATE_LIMITED", body = ErrorEnvelope),
    ),
)]
pub async fn login(
    module: Module,
    ApiJson(body): ApiJson<LoginBody>,
) -> Result<Reply<SignedInView>, Failure> {
    Ok(Reply::ok(module.login(body.try_into()?, &caller()).await?.into()))
}

/// Changes a refresh token for a fresh pair. Each works once; one that comes back ends its session.
#[utoipa::path(
    post, path = "/users/auth/refresh", tag = "users", request_body = RefreshBody,
    responses(
        (status = 200, body = Envelope<SignedInView>),
        (status = 401, description = "REFRESH_TOKEN_INVALID", body = ErrorEnvelope),
    ),
)]
pub async fn refresh(
    module: Module,
    ApiJson(body): ApiJson<RefreshBody>,
) -> Result<Reply<SignedInView>, Failure> {
    Ok(Reply::ok(module.refresh(&body.refresh_token, &caller()).await?.into()))
}

/// Ends the session of the access token.
#[utoipa::path(
    post, path = "/users/auth/logout", tag = "users",
    responses((status = 200, body = Envelope<Empty>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn logout(module: Module, who: Principal) -> Result<Reply<Empty>, Failure> {
    module.logout(&who, &caller()).await?;
    Ok(Reply::empty())
}

/// Sets a new password with a code from `send-verification-code` with purpose `reset_password`.
/// All sessions of the account end.
#[utoipa::path(
    post, path = "/users/auth/reset-password", tag = "users", request_body = ResetPasswordBody,
    responses(
        (status = 200, body = Envelope<Empty>),
        (status = 422, description = "VALIDATION_ERROR or CODE_INVALID", body = ErrorEnvelope),
        (status = 429, description = "TOO_MANY_ATTEMPTS or RATE_LIMITED", body = ErrorEnvelope),
    ),
)]
pub async fn reset_password(
    module: Module,
    ApiJson(body): ApiJson<ResetPasswordBody>,
) -> Result<Reply<Empty>, Failure> {
    module.reset_password(body.into(), &caller()).await?;
    Ok(Reply::empty().saying("密码已重置", "The password was reset"))
}
