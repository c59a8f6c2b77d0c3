//! Routes of the context.

mod admin;
mod changes;
mod coupons;
mod credit_notes;
mod invoice_shapes;
mod invoices;
mod papers;
mod payments;
mod refunds;
mod shapes;
mod usage;

use std::sync::Arc;

use shared_kernel::{
    api::{Envelope, ErrorEnvelope, Failure, Reply, RequestContext},
    application::Principal,
    domain::Page,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::application::SubscriptionModule;
use shapes::{CurrentView, PlanView};

/// What handlers work with.
type Module = axum::extract::State<Arc<SubscriptionModule>>;

/// All routes, without the `/api/v1` prefix.
pub fn routes(module: Arc<SubscriptionModule>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(plans))
        .routes(routes!(current))
        .routes(routes!(changes::subscribe))
        .routes(routes!(changes::upgrade))
        .routes(routes!(changes::preview))
        .routes(routes!(changes::downgrade))
        .routes(routes!(changes::cancel))
        .routes(routes!(changes::resume))
        .routes(routes!(usage::usage))
        .routes(routes!(usage::users_usage))
        .routes(routes!(invoices::list))
        .routes(routes!(invoices::show))
        .routes(routes!(papers::invoice))
        .routes(routes!(credit_notes::list))
        .routes(routes!(credit_notes::show))
        .routes(routes!(papers::credit_note))
        .routes(routes!(payments::pay))
        .routes(routes!(payments::stripe))
        .routes(routes!(admin::put_plan))
        .routes(routes!(admin::withdraw_plan))
        .routes(routes!(admin::invoices))
        .routes(routes!(admin::settle))
        .routes(routes!(refunds::refund))
        .routes(routes!(refunds::list))
        .routes(routes!(credit_notes::everybodys))
        .routes(routes!(admin::reconcile))
        .routes(routes!(coupons::list, coupons::add))
        .routes(routes!(coupons::disable))
        .with_state(module)
}

/// The plans on offer; never so many that they need a second page.
#[utoipa::path(
    get, path = "/subscription/plans", tag = "subscription",
    responses((status = 200, body = Envelope<Page<PlanView>>)),
)]
pub async fn plans(module: Module) -> Result<Reply<Page<PlanView>>, Failure> {
    let locale = RequestContext::current().locale;
    let plans = module.list_plans().await?;
    let items = plans.into_iter().map(|plan| PlanView::new(plan, locale)).collect();
    Ok(Reply::ok(Page { items, next_cursor: None }))
}

/// The plan you are on.
#[utoipa::path(
    get, path = "/subscription/current", tag = "subscription",
    responses((status = 200, body = Envelope<CurrentView>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn current(module: Module, who: Principal) -> Result<Reply<CurrentView>, Failure> {
    let current = module.show_current(&who).await?;
    Ok(Reply::ok(CurrentView::new(current, RequestContext::current().locale)))
}
