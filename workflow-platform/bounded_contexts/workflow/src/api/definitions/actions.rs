//! What steps can do, and the format itself.

use serde_json::Value;
use shared_kernel::{
    api::{Envelope, ErrorEnvelope, Failure, Reply, RequestContext},
    application::{ActionDescriptor, Principal},
    domain::Permission,
};

use super::Service;
use crate::domain::definition::json_schema;

/// All actions with the JSON Schemas of their input and output, in the language of the request.
#[utoipa::path(
    get, path = "/workflow/actions", tag = "workflow",
    responses((status = 200, body = Envelope<Vec<ActionDescriptor>>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    service: Service,
    who: Principal,
) -> Result<Reply<Vec<ActionDescriptor>>, Failure> {
    who.require(Permission::WorkflowRead)?;
    let locale = RequestContext::current().locale;
    Ok(Reply::ok(service.catalog().descriptors_in(locale).to_vec()))
}

/// JSON Schema of the workflow format.
#[utoipa::path(
    get, path = "/workflow/schema", tag = "workflow",
    responses((status = 200, body = Envelope<Object>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn schema(service: Service, who: Principal) -> Result<Reply<Value>, Failure> {
    who.require(Permission::WorkflowRead)?;
    let descriptors = service.catalog().descriptors();
    let names: Vec<&str> = descriptors.iter().map(|action| action.name.as_str()).collect();
    Ok(Reply::ok(json_schema(&names)))
}
