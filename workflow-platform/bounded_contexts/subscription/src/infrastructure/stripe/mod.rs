//! Stripe as the one who collects money: Checkout for a page, signed events for the news.
//! <https://docs.stripe.com/api/checkout/sessions>

mod client;
mod shapes;
mod signature;

use async_trait::async_trait;
use secrecy::SecretString;
use shared_kernel::domain::Timestamp;
use url::Url;

use crate::{
    application::payment_ports::{
        Found, FoundRefund, Notice, NoticeError, PaymentPage, PaymentProvider, ProviderError,
    },
    domain::{Payment, Refund},
};
use client::Client;
use shapes::{Event, List, RefundObject, Session};

/// How to reach one's account.
#[derive(Debug, Clone)]
pub struct StripeSettings {
    pub secret_key: SecretString,
    /// Of the webhook's signatures (`whsec_…`).
    pub webhook_secret: SecretString,
    /// Where customers come back to.
    pub return_url: Url,
    pub api_url: Url,
}

/// [`PaymentProvider`] at Stripe.
pub struct Stripe {
    client: Client,
    webhook_secret: SecretString,
    return_url: Url,
}

impl Stripe {
    pub fn new(settings: StripeSettings) -> Result<Self, ProviderError> {
        let StripeSettings { secret_key, webhook_secret, return_url, api_url } = settings;
        let client = Client::new(&api_url, secret_key)?;
        Ok(Self { client, webhook_secret, return_url })
    }

    /// The same for one payment each time: an idempotency key holds for one request only.
    fn form(&self, payment: &Payment, title: &str) -> Vec<(&'static str, String)> {
        let (id, back) = (payment.id.to_string(), self.return_url.to_string());
        let currency = payment.currency.as_str().to_ascii_lowercase();
        vec![
            ("mode", "payment".to_owned()),
            ("client_reference_id", id.clone()),
            ("metadata[payment_id]", id.clone()),
            ("metadata[invoice]", title.to_owned()),
            ("payment_intent_data[metadata][payment_id]", id),
            ("success_url", back.clone()),
            ("cancel_url", back),
            ("line_items[0][quantity]", "1".to_owned()),
            ("line_items[0][price_data][currency]", currency),
            ("line_items[0][price_data][unit_amount]", payment.amount_minor.to_string()),
            ("line_items[0][price_data][product_data][name]", title.to_owned()),
        ]
    }
}

#[async_trait]
impl PaymentProvider for Stripe {
    async fn page(&self, payment: &Payment, title: &str) -> Result<PaymentPage, ProviderError> {
        let (key, form) = (format!("payment-{}", payment.id), self.form(payment, title));
        let session: Session = self.client.post("/v1/checkout/sessions", &key, &form).await?;
        let url = session.url.ok_or_else(|| ProviderError::Answer("no url".to_owned()))?;
        Ok(PaymentPage { reference: session.id, url })
    }

    fn notice(
        &self,
        signature: Option<&str>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notice, NoticeError> {
        signature::check(&self.webhook_secret, signature, body, now)?;
        let event: Event = serde_json::from_slice(body)
            .map_err(|error| NoticeError::Content(error.to_string()))?;
        event.notice()
    }

    async fn look(&self, reference: &str) -> Result<Found, ProviderError> {
        let path = format!("/v1/checkout/sessions/{reference}?expand[]=payment_intent");
        self.client.get::<Session>(&path).await?.found()
    }

    /// Stripe forgets idempotency keys after a day: those that are there already are looked at first.
    async fn refund(&self, refund: &Refund, paid: &str) -> Result<FoundRefund, ProviderError> {
        let path = format!("/v1/checkout/sessions/{paid}?expand[]=payment_intent");
        let session: Session = self.client.get(&path).await?;
        let intent = session.intent()?;
        let path = format!("/v1/refunds?payment_intent={intent}&limit=100");
        let before: List<RefundObject> = self.client.get(&path).await?;
        let ours =
            before.data.into_iter().map(RefundObject::found).collect::<Result<Vec<_>, _>>()?;
        if let Some(found) = ours.into_iter().find(|found| found.refund == Some(refund.id)) {
            return Ok(found);
        }
        let form = [
            ("payment_intent", intent),
            ("amount", refund.amount_minor.to_string()),
            ("reason", "requested_by_customer".to_owned()),
            ("metadata[refund_id]", refund.id.to_string()),
        ];
        let key = format!("refund-{}", refund.id);
        self.client.post::<RefundObject>("/v1/refunds", &key, &form).await?.found()
    }

    async fn look_refund(&self, reference: &str) -> Result<FoundRefund, ProviderError> {
        self.client.get::<RefundObject>(&format!("/v1/refunds/{reference}")).await?.found()
    }

    async fn refunds_of(&self, charge: &str) -> Result<Vec<FoundRefund>, ProviderError> {
        let path = format!("/v1/refunds?charge={charge}&limit=100");
        let found: List<RefundObject> = self.client.get(&path).await?;
        found.data.into_iter().map(RefundObject::found).collect()
    }
}
