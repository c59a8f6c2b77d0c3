//! Refunds, for administrators.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Currency, Id, Page, Timestamp, User},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Module;
use crate::{
    application::RefundWish,
    domain::{Refund, RefundStatus},
};

/// What is to be given back.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct RefundBody {
    /// In the currency's minor unit (fen); all that is left, unless given.
    #[schema(minimum = 1, example = 1000)]
    pub amount_minor: Option<i64>,
    /// Stands on the credit note.
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "goodwill")]
    pub reason: String,
}

/// Which refunds are listed.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[into_params(parameter_in = Query)]
pub struct RefundsQuery {
    /// Of which invoice.
    pub invoice: Option<Uuid>,
    /// Rows of a page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    pub cursor: Option<String>,
}

/// Money given back.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefundView {
    pub id: Uuid,
    #[schema(value_type = Uuid)]
    pub user_id: Id<User>,
    pub invoice_id: Uuid,
    /// Absent when all of it was to the customer's credit before.
    pub credit_note_id: Option<Uuid>,
    /// The payment that the provider gives back; absent when it is done by hand.
    pub payment_id: Option<Uuid>,
    pub status: RefundStatus,
    pub currency: Currency,
    pub amount_minor: i64,
    pub reason: String,
    pub created_at: Timestamp,
    pub settled_at: Option<Timestamp>,
}

impl From<Refund> for RefundView {
    fn from(refund: Refund) -> Self {
        Self {
            id: refund.id.uuid(),
            user_id: refund.owner.user(),
            invoice_id: refund.invoice.uuid(),
            credit_note_id: refund.credit_note.map(Id::uuid),
            payment_id: refund.payment.map(Id::uuid),
            status: refund.status,
            currency: refund.currency,
            amount_minor: refund.amount_minor,
            reason: refund.reason,
            created_at: refund.created_at,
            settled_at: refund.settled_at,
        }
    }
}

/// Gives an invoice back, wholly or partly, with a credit note.
#[utoipa::path(
    post, path = "/subscription/admin/invoices/{id}/refund", tag = "subscription",
    operation_id = "refund_invoice",
    params(("id" = Uuid, Path, description = "invoice")),
    request_body = RefundBody,
    responses(
        (status = 201, body = Envelope<RefundView>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "NOTHING_TO_REFUND, REFUND_TOO_LARGE", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn refund(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(body): ApiJson<RefundBody>,
) -> Result<Reply<RefundView>, Failure> {
    let RefundBody { amount_minor, reason } = body;
    let wish = RefundWish { amount_minor, reason };
    Ok(Reply::created(module.refund_invoice(&who, id.into(), wish).await?.into()))
}

/// Refunds, the newest first.
#[utoipa::path(
    get, path = "/subscription/admin/refunds", tag = "subscription",
    operation_id = "refunds", params(RefundsQuery),
    responses(
        (status = 200, body = Envelope<Page<RefundView>>),
        (status = 403, description = "PERMISSION_DENIED", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<RefundsQuery>,
) -> Result<Reply<Page<RefundView>>, Failure> {
    let page = PageQuery::parse(query.limit, query.cursor.as_deref())?;
    let found = module.list_refunds(&who, query.invoice.map(Into::into), page).await?;
    Ok(Reply::ok(found.map(RefundView::from)))
}
