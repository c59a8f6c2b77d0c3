//! Routes of datasets.

mod datasets;
mod export;
mod shapes;

use std::sync::Arc;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::application::dataset::DatasetsModule;

/// What handlers work with.
type Module = axum::extract::State<Arc<DatasetsModule>>;

/// All routes, without the `/api/v1` prefix.
pub fn routes(module: Arc<DatasetsModule>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(datasets::list))
        .routes(routes!(datasets::show, datasets::delete))
        .routes(routes!(datasets::records))
        .routes(routes!(export::export))
        .with_state(module)
}
