//! Why a request was not let through.

use serde_json::{Value, json};
use shared_kernel::{
    application::RateLimiterError,
    domain::{ErrorKind, Fault, Text},
};

/// When to ask again while requests cannot be counted, in seconds.
const RETRY_SECONDS: u64 = 2;

#[derive(Debug, thiserror::Error)]
pub(super) enum LimitFault {
    #[error("more than {limit} requests in {window_seconds} s under policy {policy}")]
    TooMany { policy: &'static str, limit: u32, window_seconds: u64, retry_after: u64 },
    #[error("requests to a sensitive route cannot be counted")]
    Unavailable(#[from] RateLimiterError),
}

impl Fault for LimitFault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::TooMany { .. } => ErrorKind::RateLimited,
            Self::Unavailable(_) => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::TooMany { .. } => "RATE_LIMITED",
            Self::Unavailable(_) => "UNAVAILABLE",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::TooMany { .. } => {
                Text::new("请求过于频繁，请稍后再试", "Too many requests, try again soon")
            }
            Self::Unavailable(_) => Text::new(
                "服务暂时不可用，请稍后再试",
                "The service is not available now; try again soon",
            ),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::TooMany { policy, limit, window_seconds, .. } => {
                json!({ "policy": policy, "limit": limit, "window_seconds": window_seconds })
            }
            Self::Unavailable(_) => json!({}),
        }
    }

    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooMany { retry_after, .. } => Some(*retry_after),
            Self::Unavailable(_) => Some(RETRY_SECONDS),
        }
    }
}
