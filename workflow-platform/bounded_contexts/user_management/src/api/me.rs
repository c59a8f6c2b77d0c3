//! `/users/me`.

use shared_kernel::{
    api::{Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
};

use super::{Module, shapes::UserView};

/// Who you are.
#[utoipa::path(
    get, path = "/users/me", tag = "users",
    responses((status = 200, body = Envelope<UserView>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(module: Module, who: Principal) -> Result<Reply<UserView>, Failure> {
    Ok(Reply::ok(module.show_me(&who).await?.into()))
}
