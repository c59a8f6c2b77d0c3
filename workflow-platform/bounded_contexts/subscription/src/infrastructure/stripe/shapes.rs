//! Stripe's objects, as far as they matter here.

use std::collections::HashMap;

use serde::Deserialize;
use shared_kernel::domain::Currency;

use crate::{
    application::payment_ports::{About, Found, FoundRefund, Notice, NoticeError, ProviderError},
    domain::{Outcome, RefundStatus},
};

/// Longest id that is taken.
const LONGEST: usize = 255;

/// An id goes into a path and a column.
fn is_id(text: &str, prefix: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.len() <= LONGEST && text.starts_with(prefix) && text.bytes().all(fits)
}

#[derive(Debug, Deserialize)]
struct PaymentIntent {
    id: String,
    status: String,
}

/// A Checkout session, its payment intent expanded.
#[derive(Debug, Deserialize)]
pub(super) struct Session {
    pub id: String,
    pub url: Option<String>,
    client_reference_id: Option<String>,
    status: Option<String>,
    payment_status: Option<String>,
    amount_total: Option<i64>,
    currency: Option<String>,
    payment_intent: Option<serde_json::Value>,
}

impl Session {
    /// The id of what was paid.
    pub fn intent(&self) -> Result<String, ProviderError> {
        let intent = self.payment_intent.clone().unwrap_or_default();
        let id = serde_json::from_value::<PaymentIntent>(intent).map(|intent| intent.id);
        let id = id.ok().filter(|id| is_id(id, "pi_"));
        id.ok_or_else(|| ProviderError::Answer("no payment_intent".to_owned()))
    }

    pub fn found(self) -> Result<Found, ProviderError> {
        let currency = self.currency.as_deref().unwrap_or_default().to_ascii_uppercase();
        let currency = Currency::try_from(currency)
            .map_err(|error| ProviderError::Answer(format!("currency {error}")))?;
        let payment = self.client_reference_id.as_deref().and_then(|id| id.parse().ok());
        Ok(Found { payment, currency, outcome: self.outcome()? })
    }

    fn outcome(&self) -> Result<Outcome, ProviderError> {
        match (self.status.as_deref(), self.payment_status.as_deref()) {
            (Some("complete"), Some("paid")) => {
                let amount_minor = self.amount_total.filter(|amount| *amount > 0);
                let amount_minor = amount_minor
                    .ok_or_else(|| ProviderError::Answer("no amount_total".to_owned()))?;
                Ok(Outcome::Paid { amount_minor })
            }
            (Some("expired"), _) => Ok(Outcome::Expired),
            (Some("complete"), _) if self.has_failed() => Ok(Outcome::Failed),
            (Some("open" | "complete"), _) => Ok(Outcome::Pending),
            (status, _) => Err(ProviderError::Answer(format!("status {status:?}"))),
        }
    }

    /// Money that was on its way will not come: the intent is where it was before.
    fn has_failed(&self) -> bool {
        let intent = self.payment_intent.clone();
        let intent = intent.and_then(|intent| serde_json::from_value::<PaymentIntent>(intent).ok());
        intent.is_some_and(|intent| {
            matches!(intent.status.as_str(), "requires_payment_method" | "canceled")
        })
    }
}

/// Some of a list.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub data: Vec<T>,
}

/// Money that goes back.
#[derive(Debug, Deserialize)]
pub(super) struct RefundObject {
    id: String,
    status: Option<String>,
    #[serde(default)]
    metadata: HashMap<String, String>,
}

impl RefundObject {
    pub fn found(self) -> Result<FoundRefund, ProviderError> {
        let status = match self.status.as_deref() {
            Some("succeeded") => RefundStatus::Succeeded,
            Some("pending" | "requires_action") => RefundStatus::Pending,
            Some("failed" | "canceled") => RefundStatus::Failed,
            other => return Err(ProviderError::Answer(format!("status {other:?}"))),
        };
        let refund = self.metadata.get("refund_id").and_then(|id| id.parse().ok());
        Ok(FoundRefund { refund, reference: Some(self.id), status })
    }
}

#[derive(Debug, Deserialize)]
struct Subject {
    id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct EventData {
    object: Subject,
}

/// An event of a webhook. Its object is a copy of some moment and not believed.
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: EventData,
}

impl Event {
    pub fn notice(self) -> Result<Notice, NoticeError> {
        if !is_id(&self.id, "evt_") {
            return Err(NoticeError::Content("id of the event".to_owned()));
        }
        let (prefixes, about): (&[&str], fn(String) -> About) = match self.kind.as_str() {
            kind if kind.starts_with("checkout.session.") => (&["cs_"], About::Payment),
            "charge.refunded" => (&["ch_", "py_"], About::RefundsOf),
            "charge.refund.updated" => (&["re_", "pyr_"], About::Refund),
            kind if kind.starts_with("refund.") => (&["re_", "pyr_"], About::Refund),
            _ => return Ok(Notice { id: self.id, about: None }),
        };
        let object = self.data.object.id;
        let object = object.filter(|id| prefixes.iter().any(|prefix| is_id(id, prefix)));
        let object = object.ok_or_else(|| NoticeError::Content("id of the object".to_owned()))?;
        Ok(Notice { id: self.id, about: Some(about(object)) })
    }
}

#[derive(Debug, Deserialize)]
struct RefusalError {
    code: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// An answer of 4xx.
#[derive(Debug, Deserialize)]
pub(super) struct Refusal {
    error: RefusalError,
}

impl Refusal {
    /// Its messages may quote what was sent, so they are not passed on.
    pub fn code_of(body: &[u8]) -> String {
        let error = serde_json::from_slice::<Self>(body).ok().map(|refusal| refusal.error);
        let code = error.and_then(|error| error.code.or(error.kind));
        code.unwrap_or_else(|| "no code".to_owned()).chars().take(80).collect()
    }
}
