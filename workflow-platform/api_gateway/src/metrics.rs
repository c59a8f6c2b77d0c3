//! Prometheus metrics of the process.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    extract::State,
    http::{
        HeaderMap,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use secrecy::{ExposeSecret as _, SecretString};
use shared_kernel::{api::Failure, application::AuthenticationError};
use subtle::ConstantTimeEq as _;

const DURATION: &str = "http_request_duration_seconds";

/// Bounds of the histogram of request times, seconds.
const BOUNDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// The process's recorder, installed once.
fn handle() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BOUNDS)
                .ok()?;
            builder.install_recorder().ok()
        })
        .as_ref()
}

/// Starts to record.
pub fn install() {
    metrics::describe_counter!("http_requests_total", "Answers by method, route and status.");
    metrics::describe_counter!("rate_limited_total", "Requests refused by a limit, by policy.");
    metrics::describe_counter!(
        "rate_limiter_unavailable_total",
        "Requests that could not be counted, since what is shared was away."
    );
    metrics::describe_histogram!(DURATION, metrics::Unit::Seconds, "Time until the answer began.");
    let _ = handle();
}

/// Counts one answer.
pub fn answered(method: &str, route: &str, status: u16, elapsed: Duration) {
    let labels = [
        ("method", method.to_owned()),
        ("route", route.to_owned()),
        ("status", status.to_string()),
    ];
    metrics::counter!("http_requests_total", &labels).increment(1);
    let labels = [("method", method.to_owned()), ("route", route.to_owned())];
    metrics::histogram!(DURATION, &labels).record(elapsed.as_secs_f64());
}

/// `GET /metrics`, for scrapers that know the token.
pub async fn render(
    State(token): State<Option<Arc<SecretString>>>,
    headers: HeaderMap,
) -> Response {
    if let Some(token) = token {
        let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        let same = given.as_bytes().ct_eq(token.expose_secret().as_bytes());
        if !bool::from(same) {
            return Failure::from(AuthenticationError::Missing).into_response();
        }
    }
    let text = handle().map(PrometheusHandle::render).unwrap_or_default();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
