//! Routes of archived pages, and of the operator's decisions about hosts.

mod hosts;
mod pages;
mod shapes;

use std::sync::Arc;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::application::{archive::PagesModule, hosts::HostsModule};

/// All routes, without the `/api/v1` prefix.
pub fn routes(pages: Arc<PagesModule>, hosts: Arc<HostsModule>) -> OpenApiRouter {
    let pages = OpenApiRouter::new()
        .routes(routes!(pages::list))
        .routes(routes!(pages::show))
        .routes(routes!(pages::content))
        .with_state(pages);
    let hosts = OpenApiRouter::new()
        .routes(routes!(hosts::list))
        .routes(routes!(hosts::show, hosts::decide, hosts::release))
        .with_state(hosts);
    pages.merge(hosts)
}
