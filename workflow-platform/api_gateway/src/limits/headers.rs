//! `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers): lists of structured
//! fields, an item a policy.

use std::{fmt::Write as _, time::Duration};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use shared_kernel::domain::Verdict;

use super::Counted;

pub const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
pub const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// Quota and window; what is left, and seconds until all is given back.
pub(super) fn describe(answered: &[(Counted, Verdict)], headers: &mut HeaderMap) {
    let (mut policies, mut states) = (String::new(), String::new());
    for (Counted { policy, check }, verdict) in answered {
        let comma = if policies.is_empty() { "" } else { ", " };
        let (burst, window) = (check.quota.burst(), check.quota.period().as_secs());
        let (left, reset) = (verdict.remaining, whole_seconds(verdict.reset_after));
        let _ = write!(policies, "{comma}\"{policy}\";q={burst};w={window}");
        let _ = write!(states, "{comma}\"{policy}\";r={left};t={reset}");
    }
    for (name, text) in [(POLICY, policies), (STATE, states)] {
        if let Some(value) = HeaderValue::try_from(text).ok().filter(|value| !value.is_empty()) {
            headers.insert(name, value);
        }
    }
}

/// Rounded up: whoever waits so long has waited long enough.
pub(super) fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
