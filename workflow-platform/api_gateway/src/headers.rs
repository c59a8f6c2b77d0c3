//! Headers that keep browsers from helping an attacker.

use std::fmt::Write as _;

use axum::http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
        X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};

/// For answers that are no pages: nothing may be loaded.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// Sets what the answer has not set itself.
pub(crate) fn secure(headers: &mut HeaderMap, tls: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(X_FRAME_OPTIONS, "DENY");
    set(REFERRER_POLICY, "strict-origin-when-cross-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    set(CONTENT_SECURITY_POLICY, NOTHING);
    set(CACHE_CONTROL, "no-store");
    if tls {
        set(STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
}

/// A policy for a page of ours. Scripts come from files only; styles from files or with the
/// page's nonce; style attributes, which component libraries set, are allowed.
pub fn page_policy(nonce: Option<&str>) -> String {
    let mut policy = String::from(
        "default-src 'self'; script-src 'self'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; \
         base-uri 'self'; form-action 'self'; frame-ancestors 'none'; style-src 'self'",
    );
    if let Some(nonce) = nonce {
        let _ = write!(policy, " 'nonce-{nonce}'");
    }
    policy
}
