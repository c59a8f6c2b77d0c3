//! `/users/me/sessions`: where you are signed in.

use std::net::IpAddr;

use serde::Serialize;
use shared_kernel::{
    api::{ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Page, Timestamp},
};
use uuid::Uuid;

use super::{Module, caller};
use crate::application::ports::OpenSession;

/// A session that has not ended.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SessionView {
    pub id: Uuid,
    /// It is the one of this request.
    pub current: bool,
    /// The `User-Agent` of the login.
    pub user_agent: Option<String>,
    /// Where the login came from, IPv4 or IPv6.
    #[schema(value_type = Option<String>, example = "192.0.2.7")]
    pub address: Option<IpAddr>,
    /// Where its tokens were last refreshed from.
    #[schema(value_type = Option<String>, example = "192.0.2.7")]
    pub last_address: Option<IpAddr>,
    pub created_at: Timestamp,
    /// When its tokens were last refreshed.
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
}

/// How many sessions ended.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EndedView {
    pub ended: usize,
}

pub(super) fn view(session: OpenSession, current: Option<Uuid>) -> SessionView {
    SessionView {
        id: session.id.uuid(),
        current: Some(session.id.uuid()) == current,
        user_agent: session.agent,
        address: session.address,
        last_address: session.last_address,
        created_at: session.created_at,
        last_used_at: session.last_used_at,
        expires_at: session.expires_at,
    }
}

/// Your open sessions, the newest first.
#[utoipa::path(
    get, path = "/users/me/sessions", tag = "users", params(PageQuery),
    responses((status = 200, body = Envelope<Page<SessionView>>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<SessionView>>, Failure> {
    let page = module.list_sessions(&who, query.page()?).await?;
    let current = who.session().ok().map(|session| session.id);
    Ok(Reply::ok(page.map(|session| view(session, current))))
}

/// Ends one of your sessions. Its tokens are refused at once.
#[utoipa::path(
    delete, path = "/users/me/sessions/{id}", tag = "users",
    params(("id" = Uuid, Path, description = "session")),
    responses((status = 200, body = Envelope<Empty>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn end(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<Empty>, Failure> {
    module.end_one_session(&who, id.into(), &caller()).await?;
    Ok(Reply::empty())
}

/// Ends all of your sessions but this one.
#[utoipa::path(
    delete, path = "/users/me/sessions", tag = "users",
    responses((status = 200, body = Envelope<EndedView>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn end_others(module: Module, who: Principal) -> Result<Reply<EndedView>, Failure> {
    let ended = module.end_other_sessions(&who, &caller()).await?;
    Ok(Reply::ok(EndedView { ended }))
}
