//! Pages of the list of executions when there are few and when there are a million.

use std::time::Instant;

use axum::Router;
use serde_json::Value;
use shared_kernel::infrastructure::db::Backend;
use testkit::report::{Report, percentile};
use workflow::domain::execution::Status;

use crate::place::Place;

const FEW: i64 = 1000;
const MANY: i64 = 1_000_000;
/// Requests of one measurement.
const REQUESTS: usize = 1000;
const PATHS: [&str; 3] = [
    "/workflow/executions?limit=50",
    "/workflow/executions?limit=50&status=succeeded",
    "/workflow/executions?limit=50&status=failed",
];

pub async fn measure(place: &Place, report: &mut Report) {
    let definition = place.define(crate::runs::chain("listed", 1)).await;
    let worker = place.worker(4);
    let original = place.start(definition).await;
    while place.module.show(place.owner, original).await.unwrap().row.status != Status::Succeeded {
        tokio::task::yield_now().await;
    }
    worker.stop().await;
    let router = place.router();
    place.copy(original, place.owner, FEW - 1).await;
    let few = p99(place, &router).await;
    place.copy(original, place.owner, MANY - FEW).await;
    let many = p99(place, &router).await;
    place.clear().await;
    report.line("list of executions, p99 with 1,000", few, "ms", "");
    report.line("list of executions, p99 with 1,000,000", many, "ms", "");
    report.line("  a million beside a thousand", many / few, "ratio", "target 2");
}

/// Over the first page and the ones after it, with and without filter, in milliseconds.
async fn p99(place: &Place, router: &Router) -> f64 {
    if place.database.backend() == Backend::Postgres {
        place.execute("VACUUM ANALYZE workflow_executions").await;
    }
    let mut millis = Vec::with_capacity(REQUESTS);
    let mut next = None::<String>;
    for request in 0..REQUESTS {
        let path = PATHS[request % PATHS.len()];
        let path = match next.take().filter(|_| request % PATHS.len() == 1) {
            Some(cursor) => format!("{path}&cursor={cursor}"),
            None => path.to_owned(),
        };
        let asked = Instant::now();
        let (status, page) = testkit::routes::call(router, "GET", &path, "", None).await;
        millis.push(asked.elapsed().as_secs_f64() * 1000.0);
        assert_eq!(status, 200, "{page}");
        next = page["data"]["next_cursor"].as_str().map(str::to_owned).or(next);
        if let Value::Array(items) = &page["data"]["items"] {
            assert_eq!(items.len(), if path.contains("failed") { 0 } else { 50 }, "{path}");
        }
    }
    percentile(&mut millis, 99)
}
