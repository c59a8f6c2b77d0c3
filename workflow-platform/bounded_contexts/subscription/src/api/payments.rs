//! Paying invoices.

use axum::{body::Bytes, http::HeaderMap};
use serde::Serialize;
use shared_kernel::{
    api::{ApiPath, Empty, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
    domain::{Currency, Timestamp},
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Module;
use crate::domain::{Payment, PaymentStatus};

/// An attempt to pay an invoice.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentView {
    pub id: Uuid,
    pub invoice_id: Uuid,
    pub status: PaymentStatus,
    pub currency: Currency,
    /// In the currency's minor unit (fen).
    pub amount_minor: i64,
    /// Where to pay.
    #[schema(example = "https://checkout.stripe.com/c/pay/cs_test_a1")]
    pub url: Option<String>,
    pub created_at: Timestamp,
}

impl From<Payment> for PaymentView {
    fn from(payment: Payment) -> Self {
        Self {
            id: payment.id.uuid(),
            invoice_id: payment.invoice.uuid(),
            status: payment.status,
            currency: payment.currency,
            amount_minor: payment.amount_minor,
            url: payment.url,
            created_at: payment.created_at,
        }
    }
}

/// Where to pay what is due of an invoice of yours. Asked again within a day, it is the same page.
#[utoipa::path(
    post, path = "/subscription/invoices/{id}/pay", tag = "subscription",
    operation_id = "pay_invoice",
    params(("id" = Uuid, Path, description = "invoice")),
    responses(
        (status = 200, body = Envelope<PaymentView>),
        (status = 401, body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "INVOICE_SETTLED, PAID_BY_HAND", body = ErrorEnvelope),
        (status = 503, description = "PAYMENT_UNAVAILABLE", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn pay(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<PaymentView>, Failure> {
    Ok(Reply::ok(module.pay_invoice(&who, id.into()).await?.into()))
}

/// Events of Stripe. Nobody signs in; the signature is checked over the body as it came.
#[utoipa::path(
    post, path = "/subscription/payments/stripe", tag = "subscription",
    operation_id = "hear_stripe",
    params(("Stripe-Signature" = Option<String>, Header, description = "`t=…,v1=…`")),
    request_body(content = Object, description = "an event"),
    responses(
        (status = 200, body = Envelope<Empty>),
        (status = 400, description = "MALFORMED_NOTICE", body = ErrorEnvelope),
        (status = 401, description = "BAD_SIGNATURE", body = ErrorEnvelope),
        (status = 404, description = "payments are not made through Stripe", body = ErrorEnvelope),
        (status = 503, description = "PAYMENT_UNAVAILABLE", body = ErrorEnvelope),
    ),
)]
pub async fn stripe(
    module: Module,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Reply<Empty>, Failure> {
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
    module.hear_payment(signature, &body).await?;
    Ok(Reply::empty())
}
