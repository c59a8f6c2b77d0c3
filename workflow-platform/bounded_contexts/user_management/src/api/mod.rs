//! Routes of the context.

mod admin;
mod admin_sessions;
mod api_keys;
mod audit;
mod auth;
mod availability;
mod codes;
mod leaving;
mod me;
mod mfa;
mod public;
mod saved_views;
mod sessions;
mod shapes;
mod step_up;

use std::sync::Arc;

use shared_kernel::api::RequestContext;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::application::{Caller, PersonalExport, UserModule};

/// What handlers work with.
type Module = axum::extract::State<Arc<UserModule>>;

/// All routes, without the `/api/v1` prefix.
pub fn routes(module: Arc<UserModule>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(public::send_verification_code))
        .routes(routes!(public::logout))
        .routes(routes!(auth::register))
        .routes(routes!(auth::login))
        .routes(routes!(auth::refresh))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::reset_password))
        .routes(routes!(availability::check_username))
        .routes(routes!(availability::check_email))
        .routes(routes!(codes::send_own))
        .routes(routes!(me::show))
        .routes(routes!(me::update_profile))
        .routes(routes!(me::change_password))
        .routes(routes!(step_up::step_up))
        .routes(routes!(leaving::request, leaving::cancel))
        .routes(routes!(step_up::change_email))
        .routes(routes!(mfa::begin_totp, mfa::disable_totp))
        .routes(routes!(mfa::confirm_totp))
        .routes(routes!(mfa::replace_recovery_codes))
        .routes(routes!(sessions::list, sessions::end_others))
        .routes(routes!(sessions::end))
        .routes(routes!(api_keys::list, api_keys::create))
        .routes(routes!(api_keys::rename, api_keys::revoke))
        .routes(routes!(saved_views::list))
        .routes(routes!(saved_views::keep, saved_views::forget))
        .routes(routes!(audit::list_own))
        .routes(routes!(audit::list))
        .routes(routes!(admin::list))
        .routes(routes!(admin::show, admin::delete))
        .routes(routes!(admin_sessions::list, admin_sessions::end_all))
        .routes(routes!(admin_sessions::end))
        .routes(routes!(admin::set_status))
        .routes(routes!(admin::set_role))
        .with_state(module)
}

/// The export of what all contexts keep, without the `/api/v1` prefix.
pub fn export_routes(export: Arc<PersonalExport>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(leaving::export)).with_state(export)
}

/// The request being answered, as use cases want it.
fn caller() -> Caller {
    let request = RequestContext::current();
    Caller {
        locale: request.locale,
        request_id: Some(request.request_id.to_string()),
        agent: request.user_agent,
        actor: RequestContext::actor(),
        address: request.client,
    }
}
