//! `/users/auth/check-…`: what can still be registered.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::api::{ApiQuery, Envelope, ErrorEnvelope, Failure, Reply};

use super::Module;

/// A user name to look for.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[garde(allow_unvalidated)]
pub struct UsernameQuery {
    #[param(example = "ada")]
    pub username: String,
}

/// An address to look for.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[garde(allow_unvalidated)]
pub struct EmailQuery {
    #[param(example = "ada@example.com")]
    pub email: String,
}

/// Whether nobody has it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AvailableView {
    pub available: bool,
}

/// Whether a user name is free, whatever its case. Few questions a minute are answered.
#[utoipa::path(
    get, path = "/users/auth/check-username", tag = "users", params(UsernameQuery),
    responses(
        (status = 200, body = Envelope<AvailableView>),
        (status = 422, description = "VALIDATION_ERROR: it can never be a user name", body = ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED", body = ErrorEnvelope),
    ),
)]
pub async fn check_username(
    module: Module,
    ApiQuery(query): ApiQuery<UsernameQuery>,
) -> Result<Reply<AvailableView>, Failure> {
    let available = module.is_username_free(&query.username).await?;
    Ok(Reply::ok(AvailableView { available }))
}

/// Whether an e-mail address has no account yet. Few questions a minute are answered.
#[utoipa::path(
    get, path = "/users/auth/check-email", tag = "users", params(EmailQuery),
    responses(
        (status = 200, body = Envelope<AvailableView>),
        (status = 422, description = "VALIDATION_ERROR", body = ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED", body = ErrorEnvelope),
    ),
)]
pub async fn check_email(
    module: Module,
    ApiQuery(query): ApiQuery<EmailQuery>,
) -> Result<Reply<AvailableView>, Failure> {
    let available = module.is_email_free(&query.email).await?;
    Ok(Reply::ok(AvailableView { available }))
}
