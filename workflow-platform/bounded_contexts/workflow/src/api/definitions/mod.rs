//! Routes of definitions.

mod actions;
#[expect(clippy::module_inception, reason = "the routes of the resource itself")]
mod definitions;
mod shapes;
mod versions;

use std::sync::Arc;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::application::definitions::DefinitionService;

/// What handlers work with.
type Service = axum::extract::State<Arc<DefinitionService>>;

/// All routes, without the `/api/v1` prefix.
pub fn routes(service: Arc<DefinitionService>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(definitions::list, definitions::create))
        .routes(routes!(definitions::validate))
        .routes(routes!(definitions::show, definitions::update, definitions::delete))
        .routes(routes!(versions::list))
        .routes(routes!(versions::show))
        .routes(routes!(versions::restore))
        .routes(routes!(versions::compare, versions::compare_draft))
        .routes(routes!(actions::list))
        .routes(routes!(actions::schema))
        .with_state(service)
}
