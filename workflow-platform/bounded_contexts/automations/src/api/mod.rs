//! HTTP.

mod automations;
mod events;
mod notifications;
mod shapes;
mod webhook_shapes;
mod webhooks;

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;

use crate::application::AutomationService;

type Service = State<Arc<AutomationService>>;

/// All routes, without the `/api/v1` prefix.
pub fn routes(service: Arc<AutomationService>) -> OpenApiRouter {
    automations::routes()
        .merge(notifications::routes())
        .merge(webhooks::routes())
        .with_state(service)
}
