//! Routes of the context.

mod gateway;
mod host_shapes;
mod hosts;
mod pools;
mod proxies;
mod shapes;

use std::sync::Arc;

pub use gateway::serve_gateway;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::application::ProxyPoolModule;

/// What handlers work with.
type Module = axum::extract::State<Arc<ProxyPoolModule>>;

/// All routes, without the `/api/v1` prefix.
pub fn routes(module: Arc<ProxyPoolModule>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(pools::list, pools::create))
        .routes(routes!(pools::show, pools::update, pools::delete))
        .routes(routes!(pools::status))
        .routes(routes!(proxies::import))
        .routes(routes!(proxies::list, proxies::add))
        .routes(routes!(proxies::show, proxies::update, proxies::remove))
        .routes(routes!(hosts::list))
        .routes(routes!(hosts::proxies))
        .routes(routes!(hosts::explain))
        .routes(routes!(proxies::test))
        .with_state(module)
}
