//! Invoices and credit notes as PDF.

use axum::{
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use shared_kernel::{
    api::{ApiPath, ErrorEnvelope, Failure, RequestContext},
    application::Principal,
};
use uuid::Uuid;

use super::Module;
use crate::application::Printed;

/// An invoice of yours as PDF, in the language of the request. Administrators get anybody's.
#[utoipa::path(
    get, path = "/subscription/invoices/{id}/pdf", tag = "subscription",
    operation_id = "invoice_pdf",
    params(("id" = Uuid, Path, description = "invoice")),
    responses(
        (status = 200, description = "A4", content((String = "application/pdf"))),
        (status = 401, body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn invoice(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Response, Failure> {
    let locale = RequestContext::current().locale;
    Ok(labelled(module.print_invoice(&who, id.into(), locale).await?))
}

/// A credit note of yours as PDF, in the language of the request. Administrators get anybody's.
#[utoipa::path(
    get, path = "/subscription/credit-notes/{id}/pdf", tag = "subscription",
    operation_id = "credit_note_pdf",
    params(("id" = Uuid, Path, description = "credit note")),
    responses(
        (status = 200, description = "A4", content((String = "application/pdf"))),
        (status = 401, body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn credit_note(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Response, Failure> {
    let locale = RequestContext::current().locale;
    Ok(labelled(module.print_credit_note(&who, id.into(), locale).await?))
}

/// A download named after the number of the document.
fn labelled(printed: Printed) -> Response {
    let Printed { number, pdf } = printed;
    let mut response = pdf.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = format!("attachment; filename=\"{number}.pdf\"");
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    response
}
