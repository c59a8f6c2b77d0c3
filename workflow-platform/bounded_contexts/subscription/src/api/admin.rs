//! Plans, invoices and the books, for administrators.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{
        ApiJson, ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply,
        RequestContext,
    },
    application::Principal,
    domain::{Currency, Owner, Page, Text},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{Module, invoice_shapes::OwnedInvoiceView, shapes::PlanView};
use crate::{
    application::{
        PlanOffer,
        ports::{Differences, InvoiceFilter},
    },
    domain::{Interval, InvoiceStatus, PlanEntitlements, Price},
};

/// What a plan costs for one interval.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceBody {
    pub interval: Interval,
    pub currency: Currency,
    /// In the currency's minor unit (fen).
    pub amount_minor: i64,
}

/// A version of a plan.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct PlanOfferBody {
    #[garde(length(min = 1, max = 80))]
    #[schema(min_length = 1, max_length = 80, example = "专业版")]
    pub name_zh: String,
    #[garde(length(min = 1, max = 80))]
    #[schema(min_length = 1, max_length = 80, example = "Pro")]
    pub name_en: String,
    /// Higher plans have higher ranks.
    #[garde(range(min = 0, max = 1000))]
    #[schema(minimum = 0, maximum = 1000)]
    pub rank: i32,
    #[garde(length(max = 40))]
    #[schema(max_items = 40)]
    pub prices: Vec<PriceBody>,
    pub entitlements: PlanEntitlements,
}

/// Which invoices are listed.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[into_params(parameter_in = Query)]
pub struct EverybodysQuery {
    /// Whose.
    pub user: Option<Uuid>,
    pub status: Option<InvoiceStatus>,
    /// Rows of a page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    pub cursor: Option<String>,
}

/// What does not add up; all is nothing when the books are right.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReconciliationView {
    pub balanced: bool,
    /// Postings whose entries do not add up to nothing.
    pub unbalanced_postings: u64,
    /// Customers whose invoices are not what their receivables come to.
    pub invoices_off: u64,
    /// Customers whose credit is not what their entries come to.
    pub credits_off: u64,
    /// Customers whose refunds under way are not what their entries come to.
    pub refunds_off: u64,
    /// Numbers of documents that are missing.
    pub missing_numbers: u64,
}

impl From<Differences> for ReconciliationView {
    fn from(found: Differences) -> Self {
        let balanced = found == Differences::default();
        let Differences {
            unbalanced_postings,
            invoices_off,
            credits_off,
            refunds_off,
            missing_numbers,
        } = found;
        Self {
            balanced,
            unbalanced_postings,
            invoices_off,
            credits_off,
            refunds_off,
            missing_numbers,
        }
    }
}

/// A new version of a plan, for whoever subscribes from now on. Others stay on theirs.
#[utoipa::path(
    put, path = "/subscription/admin/plans/{code}", tag = "subscription",
    request_body = PlanOfferBody,
    params(("code" = String, Path, description = "plan", example = "pro")),
    responses(
        (status = 200, body = Envelope<PlanView>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn put_plan(
    module: Module,
    who: Principal,
    ApiPath(code): ApiPath<String>,
    ApiJson(body): ApiJson<PlanOfferBody>,
) -> Result<Reply<PlanView>, Failure> {
    let PlanOfferBody { name_zh, name_en, rank, prices, entitlements } = body;
    let price =
        |PriceBody { interval, currency, amount_minor }| Price { interval, currency, amount_minor };
    let (name, prices) = (Text::new(name_zh, name_en), prices.into_iter().map(price).collect());
    let offer = PlanOffer { code, name, rank, prices, entitlements };
    let plan = module.put_plan(&who, offer).await?;
    Ok(Reply::ok(PlanView::new(plan, RequestContext::current().locale)))
}

/// Nobody can subscribe to the plan any more; whoever did keeps it.
#[utoipa::path(
    delete, path = "/subscription/admin/plans/{code}", tag = "subscription",
    params(("code" = String, Path, description = "plan", example = "pro")),
    responses(
        (status = 200, body = Envelope<Empty>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 422, description = "the free plan stays", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn withdraw_plan(
    module: Module,
    who: Principal,
    ApiPath(code): ApiPath<String>,
) -> Result<Reply<Empty>, Failure> {
    module.withdraw_plan(&who, &code).await?;
    Ok(Reply::empty())
}

/// Everybody's invoices, the newest first.
#[utoipa::path(
    get, path = "/subscription/admin/invoices", tag = "subscription", params(EverybodysQuery),
    responses(
        (status = 200, body = Envelope<Page<OwnedInvoiceView>>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn invoices(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<EverybodysQuery>,
) -> Result<Reply<Page<OwnedInvoiceView>>, Failure> {
    let page = PageQuery::parse(query.limit, query.cursor.as_deref())?;
    let owner = query.user.map(|user| Owner::new(user.into()));
    let filter = InvoiceFilter { owner, status: query.status };
    let found = module.list_everybodys_invoices(&who, filter, page).await?;
    Ok(Reply::ok(found.map(OwnedInvoiceView::from)))
}

/// The money came: what is due of the invoice is paid.
#[utoipa::path(
    post, path = "/subscription/admin/invoices/{id}/settle", tag = "subscription",
    params(("id" = Uuid, Path, description = "invoice")),
    responses(
        (status = 200, body = Envelope<OwnedInvoiceView>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "INVOICE_SETTLED", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn settle(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<OwnedInvoiceView>, Failure> {
    Ok(Reply::ok(module.settle_invoice(&who, id.into()).await?.into()))
}

/// Whether ledger, invoices and credits agree.
#[utoipa::path(
    get, path = "/subscription/admin/reconciliation", tag = "subscription",
    responses(
        (status = 200, body = Envelope<ReconciliationView>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn reconcile(
    module: Module,
    who: Principal,
) -> Result<Reply<ReconciliationView>, Failure> {
    Ok(Reply::ok(module.reconcile(&who).await?.into()))
}
