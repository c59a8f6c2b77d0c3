//! Routes of executions.

mod again;
mod events;
mod hooks;
mod items;
mod journal;
mod query;
mod routes;
mod shapes;
mod signal;
mod statistics;
mod triggers;

use std::sync::Arc;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::application::{
    executions::ExecutionService, statistics::StatisticsService, triggers::TriggerService,
};

/// What handlers work with.
#[derive(Clone)]
pub struct ExecutionsApi {
    pub executions: ExecutionService,
    pub triggers: TriggerService,
    pub statistics: StatisticsService,
}

/// What handlers are given.
type Api = axum::extract::State<Arc<ExecutionsApi>>;

/// All routes, without the `/api/v1` prefix.
pub fn routes(api: Arc<ExecutionsApi>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(routes::list, routes::start))
        .routes(routes!(again::bulk))
        .routes(routes!(statistics::statistics))
        .routes(routes!(routes::show))
        .routes(routes!(routes::cancel))
        .routes(routes!(again::retry))
        .routes(routes!(signal::signal))
        .routes(routes!(again::rerun))
        .routes(routes!(routes::logs))
        .routes(routes!(events::events))
        .routes(routes!(journal::list))
        .routes(routes!(journal::show))
        .routes(routes!(items::list))
        .routes(routes!(items::map))
        .routes(routes!(items::show))
        .routes(routes!(triggers::list))
        .routes(routes!(triggers::all))
        .routes(routes!(hooks::call))
        .routes(routes!(triggers::pause))
        .routes(routes!(triggers::resume))
        .routes(routes!(triggers::ticks))
        .routes(routes!(triggers::calendar))
        .routes(routes!(triggers::calendars))
        .routes(routes!(triggers::backfill))
        .with_state(api)
}
