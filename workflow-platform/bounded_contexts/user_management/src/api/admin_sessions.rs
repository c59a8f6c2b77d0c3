//! `/users/admin/users/{id}/sessions`: where somebody is signed in.

use shared_kernel::{
    api::{ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::Page,
};
use uuid::Uuid;

use super::{
    Module, caller,
    sessions::{EndedView, SessionView, view},
};

/// A user's open sessions, the newest first.
#[utoipa::path(
    get, path = "/users/admin/users/{id}/sessions", tag = "users",
    params(("id" = Uuid, Path, description = "user"), PageQuery),
    responses(
        (status = 200, body = Envelope<Page<SessionView>>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<SessionView>>, Failure> {
    let page = module.list_user_sessions(&who, id.into(), query.page()?).await?;
    Ok(Reply::ok(page.map(|session| view(session, None))))
}

/// Ends all sessions of a user.
#[utoipa::path(
    delete, path = "/users/admin/users/{id}/sessions", tag = "users",
    params(("id" = Uuid, Path, description = "user")),
    responses(
        (status = 200, body = Envelope<EndedView>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn end_all(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<EndedView>, Failure> {
    let ended = module.end_user_sessions(&who, id.into(), None, &caller()).await?;
    Ok(Reply::ok(EndedView { ended }))
}

/// Ends one session of a user.
#[utoipa::path(
    delete, path = "/users/admin/users/{id}/sessions/{session_id}", tag = "users",
    params(
        ("id" = Uuid, Path, description = "user"),
        ("session_id" = Uuid, Path, description = "session"),
    ),
    responses(
        (status = 200, body = Envelope<Empty>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn end(
    module: Module,
    who: Principal,
    ApiPath((id, session)): ApiPath<(Uuid, Uuid)>,
) -> Result<Reply<Empty>, Failure> {
    module.end_user_sessions(&who, id.into(), Some(session.into()), &caller()).await?;
    Ok(Reply::empty())
}
