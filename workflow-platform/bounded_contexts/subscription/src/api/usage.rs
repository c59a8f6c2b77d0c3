//! What is used of what the plan includes.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiPath, ApiQuery, Envelope, ErrorEnvelope, Failure, Reply, RequestContext},
    application::{Principal, Usage},
    domain::{Cost, Owner, Timestamp},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Module;
use crate::application::{UsageReport, ports::UsageDay};

const DAYS: u32 = 30;

/// How far back.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UsageQuery {
    /// Days of the series, 1 to 366; 30 unless given.
    #[garde(range(min = 1, max = 366))]
    #[param(minimum = 1, maximum = 366, example = 30)]
    pub days: Option<u32>,
}

/// Use of one limit.
#[derive(Debug, Serialize, ToSchema)]
pub struct LimitUsageView {
    /// `executions_per_month`, `pages_per_month`, `concurrent_executions`, `proxies`, `dataset_records`.
    #[schema(example = "executions_per_month")]
    pub limit: &'static str,
    pub used: u64,
    /// Absent when there is no limit.
    pub allowed: Option<u64>,
    /// When it is counted anew.
    pub resets_at: Option<Timestamp>,
}

impl From<Usage> for LimitUsageView {
    fn from(Usage { limit, allowed, used, resets_at }: Usage) -> Self {
        Self { limit: limit.as_str(), used, allowed, resets_at }
    }
}

/// A day with something in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageDayView {
    /// Midnight in UTC.
    pub starts_at: Timestamp,
    /// Executions that were started.
    pub executions: u64,
    /// Pages that sites answered with.
    pub pages: u64,
    /// Bytes of all answers, decompressed, and those of them that came through proxies.
    pub bytes: u64,
    pub proxy_bytes: u64,
}

impl From<UsageDay> for UsageDayView {
    fn from(UsageDay { starts_at, executions, fetched }: UsageDay) -> Self {
        let Cost { pages, bytes, proxy_bytes, .. } = fetched;
        Self { starts_at, executions, pages, bytes, proxy_bytes }
    }
}

/// Use against limits, and by day.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageView {
    pub limits: Vec<LimitUsageView>,
    /// The oldest first; days without use are left out.
    pub days: Vec<UsageDayView>,
}

impl From<UsageReport> for UsageView {
    fn from(UsageReport { limits, days }: UsageReport) -> Self {
        let limits = limits.into_iter().map(LimitUsageView::from).collect();
        Self { limits, days: days.into_iter().map(UsageDayView::from).collect() }
    }
}

/// What you use of what your plan includes.
#[utoipa::path(
    get, path = "/subscription/usage", tag = "subscription", params(UsageQuery),
    responses(
        (status = 200, body = Envelope<UsageView>),
        (status = 401, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn usage(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<UsageQuery>,
) -> Result<Reply<UsageView>, Failure> {
    Ok(Reply::ok(module.usage(&who, query.days.unwrap_or(DAYS)).await?.into()))
}

/// Somebody's plan and what they use of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsersUsageView {
    /// Code of the plan.
    #[schema(example = "basic")]
    pub plan: String,
    /// What it is called in the language of the request.
    #[schema(example = "Basic")]
    pub plan_name: String,
    pub limits: Vec<LimitUsageView>,
    /// The oldest first; days without use are left out.
    pub days: Vec<UsageDayView>,
}

/// What a user uses of what their plan includes.
#[utoipa::path(
    get, path = "/subscription/admin/users/{id}/usage", tag = "subscription",
    params(("id" = Uuid, Path, description = "user"), UsageQuery),
    responses(
        (status = 200, body = Envelope<UsersUsageView>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn users_usage(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(query): ApiQuery<UsageQuery>,
) -> Result<Reply<UsersUsageView>, Failure> {
    let owner = Owner::new(id.into());
    let (plan, report) = module.usage_of(&who, owner, query.days.unwrap_or(DAYS)).await?;
    let plan_name = plan.name.of(RequestContext::current().locale).to_owned();
    let UsageView { limits, days } = report.into();
    Ok(Reply::ok(UsersUsageView { plan: plan.code, plan_name, limits, days }))
}
