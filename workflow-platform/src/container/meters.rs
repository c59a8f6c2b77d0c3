//! What is measured of this process: the series that begin at nothing, and the job that looks at the
//! numbers nobody counts.

use std::{sync::Arc, time::Duration};

use data_collection::Collection;
use shared_kernel::{
    application::Readings,
    infrastructure::{
        db::{CountedGroups, pool_readings},
        process::process_readings,
        sampler::Sampler,
    },
};

use super::Foundation;
use crate::config::Config;

/// Puts every series there that an alert may ask for. Called once the process records.
pub(super) fn register(config: &Config) {
    metrics::gauge!("workflow_platform_build_info", "version" => config.app_version.clone())
        .set(1.0);
    for name in ["audit_entries_dropped_total", "trace_spans_sent_total", "trace_spans_lost_total"]
    {
        metrics::counter!(name).increment(0);
    }
    event_driven_coordination::register_metrics();
    workflow::register_metrics();
    proxy_pool::register_metrics();
    data_collection::register_metrics();
    subscription::register_metrics(config.billing.currency);
}

/// What the platform checks of itself, whichever process did.
const INVARIANTS: [CountedGroups; 2] = [
    CountedGroups {
        metric: "invariant_broken",
        label: "invariant",
        sql: "SELECT name, broken FROM invariants",
        always: &[],
        every: Duration::from_secs(5),
    },
    CountedGroups {
        metric: "invariant_checked_timestamp_seconds",
        label: "invariant",
        sql: "SELECT name, checked_at / 1000000 FROM invariants",
        always: &[],
        every: Duration::from_secs(5),
    },
];

/// The one job that asks the database for numbers.
pub(super) fn sampler(foundation: &Foundation, collection: &Collection) -> Sampler {
    let database = &foundation.database;
    let mut sources: Vec<Arc<dyn Readings>> = vec![process_readings(), pool_readings(database)];
    sources.extend(INVARIANTS.map(|groups| groups.of(database)));
    sources.extend(user_management::readings(database));
    sources.extend(workflow::readings(database));
    sources.extend(subscription::readings(database));
    sources.extend(proxy_pool::readings(database));
    sources.extend(collection.readings());
    Sampler::new(sources, foundation.ambient.clone())
}
