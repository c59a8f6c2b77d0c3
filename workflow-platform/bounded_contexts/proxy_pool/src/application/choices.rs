//! Counts choices of proxies.

use crate::domain::Strategy;

/// One choice and what came of it.
pub(super) fn chosen(strategy: Strategy, outcome: &'static str, times: u64) {
    let labels = [("strategy", strategy.as_str()), ("outcome", outcome)];
    metrics::counter!("proxy_choices_total", &labels).increment(times);
}

/// Series that are there before anything happened, so that a first time is an increase.
pub fn register_metrics() {
    for strategy in Strategy::ALL {
        for outcome in ["leased", "host_rests", "exhausted"] {
            chosen(strategy, outcome, 0);
        }
    }
}
