//! `/users/me`.

use shared_kernel::{
    api::{ApiJson, Empty, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
};

use super::{
    Module, caller,
    shapes::{ChangePasswordBody, MeView, OneselfView, ProfileBody},
};

/// Who you are.
#[utoipa::path(
    get, path = "/users/me", tag = "users",
    responses((status = 200, body = Envelope<MeView>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(module: Module, who: Principal) -> Result<Reply<MeView>, Failure> {
    let oneself = module.oneself(&who).await?;
    Ok(Reply::ok(MeView::new(&oneself, who.permissions())))
}

/// Changes your user name or language. What is absent stays as it is.
#[utoipa::path(
    put, path = "/users/me/profile", tag = "users", request_body = ProfileBody,
    responses(
        (status = 200, body = Envelope<OneselfView>),
        (status = 409, description = "USERNAME_TAKEN", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn update_profile(
    module: Module,
    who: Principal,
    ApiJson(body): ApiJson<ProfileBody>,
) -> Result<Reply<OneselfView>, Failure> {
    let user = module.update_profile(&who, body.into(), &caller()).await?;
    Ok(Reply::ok(OneselfView::new(user, who.permissions())))
}

/// Changes your password. Your other sessions end.
#[utoipa::path(
    post, path = "/users/me/change-password", tag = "users", request_body = ChangePasswordBody,
    responses(
        (status = 200, body = Envelope<Empty>),
        (status = 403, description = "STEP_UP_REQUIRED, when an authenticator is enrolled", body = ErrorEnvelope),
        (status = 422, description = "VALIDATION_ERROR or WRONG_PASSWORD", body = ErrorEnvelope),
        (status = 429, description = "TOO_MANY_ATTEMPTS or RATE_LIMITED", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn change_password(
    module: Module,
    who: Principal,
    ApiJson(body): ApiJson<ChangePasswordBody>,
) -> Result<Reply<Empty>, Failure> {
    module.change_password(&who, body.into(), &caller()).await?;
    Ok(Reply::empty().saying("密码已修改", "The password was changed"))
}
