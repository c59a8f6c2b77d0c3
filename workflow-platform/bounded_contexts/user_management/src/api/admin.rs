//! `/users/admin/users`: looking after everybody.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{
        ApiJson, ApiPath, ApiQuery, BadRequest, Empty, Envelope, ErrorEnvelope, Failure, PageQuery,
        Reply,
    },
    application::Principal,
    domain::{Page, Role, Timestamp},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{Module, caller, shapes::UserView};
use crate::{
    application::{
        UserDetail,
        ports::{ListedUser, UserCounts, UserFilter, UserSort},
    },
    domain::{User, UserStatus},
};

/// The order of the list.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    /// The newest first.
    CreatedAt,
    /// Who came last first.
    LastLoginAt,
    /// By the alphabet.
    Username,
}

/// Which users are listed.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// All but `deleted` unless given.
    pub status: Option<UserStatus>,
    pub role: Option<Role>,
    /// How the user name or the address begins.
    #[garde(length(min = 1, max = 254))]
    #[param(min_length = 1, max_length = 254, example = "ann")]
    pub search: Option<String>,
    /// `created_at` unless given. A cursor belongs to its order.
    pub sort: Option<SortBy>,
    /// Rows of a page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    pub cursor: Option<String>,
}

impl ListQuery {
    const fn order(&self) -> UserSort {
        match self.sort {
            None | Some(SortBy::CreatedAt) => UserSort::CreatedAt,
            Some(SortBy::LastLoginAt) => UserSort::LastLoginAt,
            Some(SortBy::Username) => UserSort::Username,
        }
    }

    fn filter(self) -> Result<UserFilter, BadRequest> {
        let Self { status, role, search, .. } = self;
        BadRequest::unless_plain("search", search.as_deref())?;
        Ok(UserFilter { status, role, search })
    }
}

/// A user as those see them who look after all.
#[derive(Debug, Serialize, ToSchema)]
pub struct ManagedUserView {
    #[serde(flatten)]
    pub user: UserView,
    pub status: UserStatus,
}

impl From<User> for ManagedUserView {
    fn from(user: User) -> Self {
        let status = user.status;
        Self { user: user.into(), status }
    }
}

/// A row of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedUserView {
    #[serde(flatten)]
    pub user: ManagedUserView,
    pub last_login_at: Option<Timestamp>,
}

impl From<ListedUser> for ListedUserView {
    fn from(ListedUser { user, last_login_at }: ListedUser) -> Self {
        Self { user: user.into(), last_login_at }
    }
}

/// A user and what they hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserDetailView {
    #[serde(flatten)]
    pub user: ListedUserView,
    /// Open sessions.
    pub sessions: u64,
    /// API keys that have not ended.
    pub api_keys: u64,
    /// A login asks for a second factor.
    pub totp_enabled: bool,
}

impl From<UserDetail> for UserDetailView {
    fn from(UserDetail { listed, counts }: UserDetail) -> Self {
        let UserCounts { sessions, api_keys, authenticators } = counts;
        Self { user: listed.into(), sessions, api_keys, totp_enabled: authenticators > 0 }
    }
}

/// What a status may be set to.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettableStatus {
    Active,
    Suspended,
}

impl From<SettableStatus> for UserStatus {
    fn from(status: SettableStatus) -> Self {
        match status {
            SettableStatus::Active => Self::Active,
            SettableStatus::Suspended => Self::Suspended,
        }
    }
}

/// A new status.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct StatusBody {
    pub status: SettableStatus,
}

/// A new role.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct RoleBody {
    pub role: Role,
}

/// All users.
#[utoipa::path(
    get, path = "/users/admin/users", tag = "users", params(ListQuery),
    responses(
        (status = 200, body = Envelope<Page<ListedUserView>>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Reply<Page<ListedUserView>>, Failure> {
    let page = PageQuery::parse(query.limit, query.cursor.as_deref())?;
    let sort = query.order();
    let found = module.list_users(&who, &query.filter()?, sort, page).await?;
    Ok(Reply::ok(found.map(Into::into)))
}

/// One user, with what they hold.
#[utoipa::path(
    get, path = "/users/admin/users/{id}", tag = "users",
    params(("id" = Uuid, Path, description = "user")),
    responses(
        (status = 200, body = Envelope<UserDetailView>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn show(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<UserDetailView>, Failure> {
    Ok(Reply::ok(module.show_user(&who, id.into()).await?.into()))
}

/// Suspends a user, whose sessions end at once, or lets them in again.
#[utoipa::path(
    put, path = "/users/admin/users/{id}/status", tag = "users", request_body = StatusBody,
    params(("id" = Uuid, Path, description = "user")),
    responses(
        (status = 200, body = Envelope<ManagedUserView>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "LAST_SUPER_ADMIN", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn set_status(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(body): ApiJson<StatusBody>,
) -> Result<Reply<ManagedUserView>, Failure> {
    Ok(Reply::ok(module.set_status(&who, id.into(), body.status.into(), &caller()).await?.into()))
}

/// Gives a user another role, which counts from their next request on.
#[utoipa::path(
    put, path = "/users/admin/users/{id}/role", tag = "users", request_body = RoleBody,
    params(("id" = Uuid, Path, description = "user")),
    responses(
        (status = 200, body = Envelope<ManagedUserView>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "LAST_SUPER_ADMIN", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn set_role(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(body): ApiJson<RoleBody>,
) -> Result<Reply<ManagedUserView>, Failure> {
    Ok(Reply::ok(module.set_role(&who, id.into(), body.role, &caller()).await?.into()))
}

/// Deletes a user for good: their name, address, sessions and keys go, and what they made.
#[utoipa::path(
    delete, path = "/users/admin/users/{id}", tag = "users",
    params(("id" = Uuid, Path, description = "user")),
    responses(
        (status = 200, body = Envelope<Empty>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "LAST_SUPER_ADMIN", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn delete(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<Empty>, Failure> {
    module.delete_user(&who, id.into(), &caller()).await?;
    Ok(Reply::empty().saying("用户已删除", "The user was deleted"))
}
