//! What belongs to the request being answered.

use std::{fmt, future::Future};

use crate::domain::{Locale, Timestamp};

/// `req_` and a `UUIDv7`, or the caller's own when well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// Takes a caller's id: 1 to 128 of `A-Z a-z 0-9 . _ -`.
    pub fn accept(text: &str) -> Option<Self> {
        let fits = (1..=128).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        fits.then(|| Self(text.to_owned()))
    }

    pub fn fresh(id: uuid::Uuid) -> Self {
        Self(format!("req_{}", id.simple()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Set by the gateway around every request; replies and failures read it.
#[derive(Debug, Clone)]
pub struct RequestContext {
    pub request_id: RequestId,
    pub locale: Locale,
    pub received_at: Timestamp,
    /// W3C trace context to hand on.
    pub traceparent: Option<String>,
}

tokio::task_local! {
    static CURRENT: RequestContext;
}

impl RequestContext {
    /// Runs `future` as part of this request.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// The request being answered; outside of one, an anonymous context at the epoch.
    pub fn current() -> Self {
        CURRENT.try_with(Clone::clone).unwrap_or_else(|_| Self {
            request_id: RequestId("req_none".to_owned()),
            locale: Locale::default(),
            received_at: Timestamp::default(),
            traceparent: None,
        })
    }
}
