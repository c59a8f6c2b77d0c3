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
use tokio_util::sync::CancellationToken;

/// Answers, by method, route and status.
pub(crate) const REQUESTS: &str = "http_requests_total";
/// Time until an answer began, by method and route.
pub(crate) const DURATION: &str = "http_request_duration_seconds";

/// Bounds of the histogram of request times, seconds.
const BOUNDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Bounds of all other histograms of times, seconds: a step may take a millisecond or an hour.
const TIMES: [f64; 14] =
    [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0];

/// Bounds of histograms of how many things came together.
const COUNTS: [f64; 11] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0];

/// Between two rounds that sort what was measured into its buckets. Until then each measurement is
/// kept by itself, also where nobody ever scrapes.
const UPKEEP: Duration = Duration::from_secs(5);

/// The process's recorder, installed once.
fn handle() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BOUNDS)
                .and_then(|builder| {
                    builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &TIMES)
                })
                .and_then(|builder| {
                    builder.set_buckets_for_metric(Matcher::Suffix("_appends".to_owned()), &COUNTS)
                })
                .ok()?;
            builder.install_recorder().ok()
        })
        .as_ref()
}

/// Starts to record; what was counted before is lost. A second call changes nothing.
pub fn install() {
    metrics::describe_counter!(REQUESTS, "Answers by method, route and status.");
    metrics::describe_counter!("rate_limited_total", "Requests refused by a limit, by policy.");
    metrics::describe_counter!(
        "rate_limiter_unavailable_total",
        "Requests that could not be counted, since what is shared was away."
    );
    metrics::describe_histogram!(DURATION, metrics::Unit::Seconds, "Time until the answer began.");
    let _ = handle();
    metrics::counter!("rate_limiter_unavailable_total").increment(0);
    for policy in ["ip", "user"] {
        metrics::counter!("rate_limited_total", "policy" => policy).increment(0);
    }
}

/// Keeps what is measured small until told to stop.
pub async fn keep_small(stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(UPKEEP) => {}
        }
        if let Some(handle) = handle() {
            handle.run_upkeep();
        }
    }
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
