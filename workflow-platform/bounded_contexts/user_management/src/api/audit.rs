//! `/users/admin/audit` and `/users/me/audit`: who did what.

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{
    api::{ApiQuery, BadRequest, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{ActorKind, AuditOutcome, Page, Timestamp},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Module;
use crate::application::ports::{AuditFilter, AuditLine, Named};

/// Which entries are listed.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Who did it: the id of a user, who may have used a key.
    pub actor: Option<Uuid>,
    /// Whose account it is about.
    pub user: Option<Uuid>,
    #[garde(length(min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60, example = "user.role_changed")]
    pub action: Option<String>,
    /// Id of what it was done to.
    #[garde(length(min = 1, max = 255))]
    #[param(min_length = 1, max_length = 255)]
    pub target: Option<String>,
    pub outcome: Option<AuditOutcome>,
    #[garde(length(min = 1, max = 128))]
    #[param(min_length = 1, max_length = 128)]
    pub request_id: Option<String>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// Rows of a page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    pub cursor: Option<String>,
}

impl AuditQuery {
    fn filter(self) -> Result<AuditFilter, BadRequest> {
        let Self { actor, user, action, target, outcome, request_id, from, to, .. } = self;
        for (name, text) in [("action", &action), ("target", &target), ("request_id", &request_id)]
        {
            BadRequest::unless_plain(name, text.as_deref())?;
        }
        let (actor, user) = (actor.map(Into::into), user.map(Into::into));
        Ok(AuditFilter { actor, user, action, target, outcome, request_id, from, to })
    }
}

/// Somebody, with the name they have today; null when there is no such user any more.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedView {
    pub id: Uuid,
    pub username: Option<String>,
}

impl From<Named> for NamedView {
    fn from(Named { id, username }: Named) -> Self {
        Self { id: id.uuid(), username }
    }
}

/// Who acted.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActorView {
    pub kind: ActorKind,
    pub user: Option<NamedView>,
    /// The key they used.
    pub api_key_id: Option<Uuid>,
}

/// What it was done to.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetView {
    #[schema(example = "user")]
    pub kind: String,
    pub id: String,
}

/// A line of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditView {
    pub id: Uuid,
    pub at: Timestamp,
    pub actor: ActorView,
    #[schema(example = "user.role_changed")]
    pub action: String,
    /// Whose account it is about.
    pub user: Option<NamedView>,
    pub target: Option<TargetView>,
    pub outcome: AuditOutcome,
    /// A code or a word that says why.
    pub reason: Option<String>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub request_id: Option<String>,
    /// What changed, and to what.
    #[schema(value_type = Object)]
    pub details: Value,
}

impl From<AuditLine> for AuditView {
    fn from(line: AuditLine) -> Self {
        let user = line.actor.map(Into::into);
        Self {
            id: line.id.uuid(),
            at: line.at,
            actor: ActorView { kind: line.actor_kind, user, api_key_id: line.api_key },
            action: line.action,
            user: line.user.map(Into::into),
            target: line
                .target
                .map(|target| TargetView { kind: target.kind.into_owned(), id: target.id }),
            outcome: line.outcome,
            reason: line.reason,
            address: line.origin.address.map(|address| address.to_string()),
            user_agent: line.origin.agent,
            request_id: line.origin.request_id,
            details: line.details,
        }
    }
}

/// The audit log, the newest first.
#[utoipa::path(
    get, path = "/users/admin/audit", tag = "users", params(AuditQuery),
    responses(
        (status = 200, body = Envelope<Page<AuditView>>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<AuditQuery>,
) -> Result<Reply<Page<AuditView>>, Failure> {
    let page = PageQuery::parse(query.limit, query.cursor.as_deref())?;
    let found = module.list_audit(&who, &query.filter()?, page).await?;
    Ok(Reply::ok(found.map(Into::into)))
}

/// What happened to your account, the newest first. Administrators who acted are not named.
#[utoipa::path(
    get, path = "/users/me/audit", tag = "users", params(PageQuery),
    responses(
        (status = 200, body = Envelope<Page<AuditView>>),
        (status = 401, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list_own(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<AuditView>>, Failure> {
    Ok(Reply::ok(module.list_own_audit(&who, query.page()?).await?.map(Into::into)))
}
