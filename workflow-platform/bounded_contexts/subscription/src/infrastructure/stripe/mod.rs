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
        Found, Notice, NoticeError, PaymentPage, PaymentProvider, ProviderError,
    },
    domain::Payment,
};
use client::Client;
use shapes::{Event, Session};

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
}
