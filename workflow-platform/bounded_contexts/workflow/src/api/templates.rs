//! `/workflow/templates`.

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use shared_kernel::{
    api::{ApiPath, Envelope, ErrorEnvelope, Failure, Reply, RequestContext},
    application::Principal,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::application::templates::{TemplateShelf, Workpiece};

type Shelf = State<Arc<TemplateShelf>>;

/// A workflow ready to be copied.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TemplateView {
    /// Names it in addresses.
    pub name: String,
    pub description: Option<String>,
    /// JSON Schema of what a run is given.
    #[schema(value_type = Object)]
    pub params: Value,
    /// Actions that it uses.
    pub actions: Vec<String>,
}

/// A template with its text.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TemplateDetail {
    #[serde(flatten)]
    pub template: TemplateView,
    /// YAML, to be saved as a workflow of your own.
    pub source: String,
    /// The same as a model.
    #[schema(value_type = Object)]
    pub definition: Value,
}

impl From<&Workpiece> for TemplateView {
    fn from(piece: &Workpiece) -> Self {
        Self {
            name: piece.name.to_owned(),
            description: piece.description.clone(),
            params: piece.params.clone(),
            actions: piece.actions.clone(),
        }
    }
}

impl From<&Workpiece> for TemplateDetail {
    fn from(piece: &Workpiece) -> Self {
        Self {
            template: piece.into(),
            source: piece.source.clone(),
            definition: piece.model.clone(),
        }
    }
}

/// All routes, without the `/api/v1` prefix.
pub fn routes(shelf: Arc<TemplateShelf>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)).with_state(shelf)
}

/// Workflows ready to be copied, in the language of the request.
#[utoipa::path(
    get, path = "/workflow/templates", tag = "workflow", operation_id = "list_templates",
    responses((status = 200, body = Envelope<Vec<TemplateView>>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    State(shelf): Shelf,
    who: Principal,
) -> Result<Reply<Vec<TemplateView>>, Failure> {
    let locale = RequestContext::current().locale;
    Ok(Reply::ok(shelf.list(&who, locale)?.iter().map(Into::into).collect()))
}

/// One template with its text, whose titles and descriptions are in the language of the request.
#[utoipa::path(
    get, path = "/workflow/templates/{name}", tag = "workflow", operation_id = "show_template",
    params(("name" = String, Path, description = "template", example = "ranking-watch")),
    responses((status = 200, body = Envelope<TemplateDetail>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(
    State(shelf): Shelf,
    who: Principal,
    ApiPath(name): ApiPath<String>,
) -> Result<Reply<TemplateDetail>, Failure> {
    Ok(Reply::ok(shelf.show(&who, &name, RequestContext::current().locale)?.into()))
}
