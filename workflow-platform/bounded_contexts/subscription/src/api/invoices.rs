//! One's own invoices.

use garde::Validate;
use serde::Deserialize;
use shared_kernel::{
    api::{ApiPath, ApiQuery, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::Page,
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::{Module, invoice_shapes::InvoiceView};
use crate::domain::InvoiceStatus;

/// Which invoices are listed.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[into_params(parameter_in = Query)]
pub struct InvoicesQuery {
    pub status: Option<InvoiceStatus>,
    /// Rows of a page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    pub cursor: Option<String>,
}

/// Your invoices, the newest first.
#[utoipa::path(
    get, path = "/subscription/invoices", tag = "subscription", params(InvoicesQuery),
    responses(
        (status = 200, body = Envelope<Page<InvoiceView>>),
        (status = 401, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<InvoicesQuery>,
) -> Result<Reply<Page<InvoiceView>>, Failure> {
    let page = PageQuery::parse(query.limit, query.cursor.as_deref())?;
    let found = module.list_invoices(&who, query.status, page).await?;
    Ok(Reply::ok(found.map(InvoiceView::from)))
}

/// One of them.
#[utoipa::path(
    get, path = "/subscription/invoices/{id}", tag = "subscription",
    params(("id" = Uuid, Path, description = "invoice")),
    responses(
        (status = 200, body = Envelope<InvoiceView>),
        (status = 401, body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn show(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<InvoiceView>, Failure> {
    Ok(Reply::ok(module.show_invoice(&who, id.into()).await?.into()))
}
