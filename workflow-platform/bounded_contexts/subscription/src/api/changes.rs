//! Subscribing, and what becomes of it.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiJson, ApiQuery, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
    domain::Timestamp,
};
use utoipa::{IntoParams, ToSchema};

use super::{Module, invoice_shapes::LineView, shapes::ChangedView};
use crate::{
    application::{CancelWhen, PlanWish, Quote, SubscribeWish},
    domain::Interval,
};

/// A plan to begin with.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct SubscribeBody {
    #[garde(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "basic")]
    pub plan: String,
    pub interval: Interval,
    #[garde(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "WELCOME10")]
    pub coupon: Option<String>,
    /// Nothing is charged before the trial ends. Once for everybody.
    #[serde(default)]
    pub trial: bool,
}

/// Another plan.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct PlanBody {
    #[garde(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "pro")]
    pub plan: String,
    /// As it is now unless given.
    pub interval: Option<Interval>,
}

impl From<PlanBody> for PlanWish {
    fn from(PlanBody { plan, interval }: PlanBody) -> Self {
        Self { plan, interval }
    }
}

/// Another plan, in an address.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[into_params(parameter_in = Query)]
pub struct PlanQuery {
    #[garde(length(min = 1, max = 40))]
    #[param(min_length = 1, max_length = 40, example = "pro")]
    pub plan: String,
    /// As it is now unless given.
    pub interval: Option<Interval>,
}

/// When it is to end.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct CancelBody {
    /// `period_end` unless given.
    #[serde(default)]
    pub when: CancelWhen,
}

/// What an upgrade would cost if it were made now.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteView {
    #[schema(example = "pro")]
    pub plan: String,
    pub interval: Option<Interval>,
    pub period_ends_at: Option<Timestamp>,
    pub lines: Vec<LineView>,
    pub total_minor: i64,
    /// What would be taken from your credit.
    pub credit_minor: i64,
    /// What would be left to pay.
    pub due_minor: i64,
}

impl From<Quote> for QuoteView {
    fn from(Quote { lines, subscription, plan, credit_minor }: Quote) -> Self {
        let total_minor = lines.iter().map(|line| line.amount_minor).sum();
        let terms = subscription.state.terms();
        Self {
            plan: plan.code,
            interval: terms.map(|terms| terms.interval),
            period_ends_at: terms.map(|terms| terms.period.end),
            lines: lines.into_iter().map(LineView::from).collect(),
            total_minor,
            credit_minor,
            due_minor: total_minor - credit_minor,
        }
    }
}

/// Begins a paid plan. Its first period is invoiced at once, unless it begins with a trial.
#[utoipa::path(
    post, path = "/subscription/subscribe", tag = "subscription", request_body = SubscribeBody,
    responses(
        (status = 201, body = Envelope<ChangedView>),
        (status = 401, body = ErrorEnvelope),
        (status = 409, description = "ALREADY_SUBSCRIBED, TRIAL_USED", body = ErrorEnvelope),
        (status = 422, description = "VALIDATION_ERROR, COUPON_INVALID", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn subscribe(
    module: Module,
    who: Principal,
    ApiJson(body): ApiJson<SubscribeBody>,
) -> Result<Reply<ChangedView>, Failure> {
    let SubscribeBody { plan, interval, coupon, trial } = body;
    let wish = SubscribeWish { plan, interval, coupon, trial };
    Ok(Reply::created(module.subscribe(&who, wish).await?.into()))
}

/// A higher plan or a longer interval, at once. What is not used of what was charged is taken off.
#[utoipa::path(
    post, path = "/subscription/upgrade", tag = "subscription", request_body = PlanBody,
    responses(
        (status = 200, body = Envelope<ChangedView>),
        (status = 401, body = ErrorEnvelope),
        (status = 409, description = "NOT_SUBSCRIBED, NOT_AN_UPGRADE, INVOICE_OVERDUE", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn upgrade(
    module: Module,
    who: Principal,
    ApiJson(body): ApiJson<PlanBody>,
) -> Result<Reply<ChangedView>, Failure> {
    Ok(Reply::ok(module.upgrade(&who, body.into()).await?.into()))
}

/// What an upgrade would cost now.
#[utoipa::path(
    get, path = "/subscription/preview", tag = "subscription", params(PlanQuery),
    responses(
        (status = 200, body = Envelope<QuoteView>),
        (status = 401, body = ErrorEnvelope),
        (status = 409, description = "NOT_SUBSCRIBED, NOT_AN_UPGRADE, INVOICE_OVERDUE", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn preview(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<PlanQuery>,
) -> Result<Reply<QuoteView>, Failure> {
    let PlanQuery { plan, interval } = query;
    Ok(Reply::ok(module.quote(&who, PlanWish { plan, interval }).await?.into()))
}

/// A lower plan or a shorter interval, when the period ends. `free` is to cancel.
#[utoipa::path(
    post, path = "/subscription/downgrade", tag = "subscription", request_body = PlanBody,
    responses(
        (status = 200, body = Envelope<ChangedView>),
        (status = 401, body = ErrorEnvelope),
        (status = 409, description = "NOT_SUBSCRIBED, NOT_A_DOWNGRADE", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn downgrade(
    module: Module,
    who: Principal,
    ApiJson(body): ApiJson<PlanBody>,
) -> Result<Reply<ChangedView>, Failure> {
    Ok(Reply::ok(module.downgrade(&who, body.into()).await?.into()))
}

/// Ends the paid plan: when its period ends, or now with what is not used to your credit.
#[utoipa::path(
    post, path = "/subscription/cancel", tag = "subscription", request_body = CancelBody,
    responses(
        (status = 200, body = Envelope<ChangedView>),
        (status = 401, body = ErrorEnvelope),
        (status = 409, description = "NOT_SUBSCRIBED", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn cancel(
    module: Module,
    who: Principal,
    ApiJson(body): ApiJson<CancelBody>,
) -> Result<Reply<ChangedView>, Failure> {
    Ok(Reply::ok(module.cancel(&who, body.when).await?.into()))
}

/// Takes back what was planned for the end of the period.
#[utoipa::path(
    post, path = "/subscription/resume", tag = "subscription",
    responses(
        (status = 200, body = Envelope<ChangedView>),
        (status = 401, body = ErrorEnvelope),
        (status = 409, description = "NOT_SUBSCRIBED, NOTHING_TO_RESUME", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn resume(module: Module, who: Principal) -> Result<Reply<ChangedView>, Failure> {
    Ok(Reply::ok(module.resume(&who).await?.into()))
}
