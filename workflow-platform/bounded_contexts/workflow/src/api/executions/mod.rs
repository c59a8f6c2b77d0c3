//! Routes of executions.

mod events;
mod routes;
mod shapes;
mod triggers;

use std::sync::Arc;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::application::{executions::ExecutionService, triggers::TriggerService};

/// What handlers work with.
#[derive(Clone)]
pub struct ExecutionsApi {
    pub executions: ExecutionService,
    pub triggers: TriggerService,
}

/// What handlers are given.
type Api = axum::extract::State<Arc<ExecutionsApi>>;

/// All routes, without the `/api/v1` prefix.
pub fn routes(api: Arc<ExecutionsApi>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(routes::list, routes::start))
        .routes(routes!(routes::show))
        .routes(routes!(routes::cancel))
        .routes(routes!(routes::logs))
        .routes(routes!(events::events))
        .routes(routes!(triggers::list))
        .with_state(api)
}
