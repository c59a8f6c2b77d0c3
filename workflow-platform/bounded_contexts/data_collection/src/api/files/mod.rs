//! Routes of uploaded files.

mod content;
mod routes;
mod shapes;

use std::sync::Arc;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::application::files::FilesModule;

/// What handlers work with.
type Module = axum::extract::State<Arc<FilesModule>>;

/// All routes, without the `/api/v1` prefix.
pub fn routes(module: Arc<FilesModule>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(routes::list, routes::upload))
        .routes(routes!(routes::show, routes::delete))
        .routes(routes!(content::content))
        .with_state(module)
}
