//! Routes of the context.

mod gateway;
mod host_shapes;
mod hosts;
mod import;
mod judge;
mod pools;
mod proxies;
mod shapes;
mod sources;
mod test_shapes;
mod tests;

use std::sync::Arc;

pub use gateway::serve_gateway;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::application::ProxyPoolModule;

pub use judge::judge;

/// What handlers work with.
type Module = axum::extract::State<Arc<ProxyPoolModule>>;

/// All routes, without the `/api/v1` prefix.
pub fn routes(module: Arc<ProxyPoolModule>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(pools::list, pools::create))
        .routes(routes!(pools::show, pools::update, pools::delete))
        .routes(routes!(pools::status))
        .routes(routes!(import::import))
        .routes(routes!(proxies::list, proxies::add))
        .routes(routes!(proxies::show, proxies::update, proxies::remove))
        .routes(routes!(hosts::list))
        .routes(routes!(hosts::proxies))
        .routes(routes!(hosts::explain))
        .routes(routes!(sources::list, sources::add))
        .routes(routes!(sources::show, sources::update, sources::remove))
        .routes(routes!(tests::test))
        .routes(routes!(tests::list))
        .routes(routes!(tests::show))
        .routes(routes!(tests::cancel))
        .routes(routes!(tests::results))
        .routes(routes!(tests::events))
        .with_state(module)
}
