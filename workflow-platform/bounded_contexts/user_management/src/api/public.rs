//! `/users/public`: for everybody.

use shared_kernel::api::{ApiJson, Empty, Envelope, ErrorEnvelope, Failure, Reply};

use super::{
    Module, caller,
    codes::{CodeSentView, SendCode},
    shapes::RefreshBody,
};

/// Sends a verification code by e-mail. The answer does not tell whether the address has an
/// account.
#[utoipa::path(
    post, path = "/users/public/send-verification-code", tag = "users", request_body = SendCode,
    responses(
        (status = 200, body = Envelope<CodeSentView>),
        (status = 422, body = ErrorEnvelope),
        (status = 429, description = "CODE_TOO_SOON", body = ErrorEnvelope),
    ),
)]
pub async fn send_verification_code(
    module: Module,
    ApiJson(body): ApiJson<SendCode>,
) -> Result<Reply<CodeSentView>, Failure> {
    let sent = module.send_code(body.into(), &caller()).await?;
    Ok(Reply::ok(sent.into()).saying("验证码已发送", "The code is on its way"))
}

/// Ends the session of a refresh token. Says the same whether or not there was one.
#[utoipa::path(
    post, path = "/users/public/logout", tag = "users", request_body = RefreshBody,
    responses((status = 200, body = Envelope<Empty>)),
)]
pub async fn logout(
    module: Module,
    ApiJson(body): ApiJson<RefreshBody>,
) -> Result<Reply<Empty>, Failure> {
    module.logout_by_token(&body.refresh_token, &caller()).await?;
    Ok(Reply::empty())
}
