//! Routes of datasets.

mod atom;
mod changes;
mod collected;
mod datasets;
mod export;
mod held;
mod import;
mod record;
mod records;
mod shapes;
mod shared;
mod shares;
mod statistics;
mod written;

use std::sync::Arc;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::application::dataset::DatasetsModule;

/// What handlers work with.
type Module = axum::extract::State<Arc<DatasetsModule>>;

/// All routes, without the `/api/v1` prefix.
pub fn routes(module: Arc<DatasetsModule>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(datasets::list, datasets::create))
        .routes(routes!(datasets::show, datasets::edit, datasets::delete))
        .routes(routes!(records::list, records::write))
        .routes(routes!(records::remove))
        .routes(routes!(record::show, record::remove))
        .routes(routes!(record::history))
        .routes(routes!(statistics::show))
        .routes(routes!(export::export))
        .routes(routes!(import::import))
        .routes(routes!(changes::changes))
        .routes(routes!(changes::feed))
        .routes(routes!(changes::versions))
        .routes(routes!(held::list))
        .routes(routes!(held::show))
        .routes(routes!(held::release))
        .routes(routes!(held::discard))
        .routes(routes!(shares::list, shares::create))
        .routes(routes!(shares::revoke))
        .routes(routes!(written::list))
        .routes(routes!(collected::show))
        .routes(routes!(shared::show))
        .routes(routes!(shared::records))
        .routes(routes!(shared::export))
        .routes(routes!(shared::changes))
        .routes(routes!(shared::feed))
        .with_state(module)
}
