//! The OpenAPI 3.1 document, put together from the contexts' routes.

use shared_kernel::api::ErrorEnvelope;
use utoipa::{
    Modify, OpenApi as _,
    openapi::{
        ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::examples;

/// Everything the contexts offer, under the prefix of the API.
pub(crate) const PREFIX: &str = "/api/v1";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Workflow Platform",
        description = "Automation workflows that collect public web data. Every answer has the \
                       same envelope; lists are paged by `limit` and `cursor`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(ErrorEnvelope)),
    modifiers(&Bearer),
)]
struct Base;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document.components.get_or_insert_default().add_security_scheme("bearer", scheme);
    }
}

/// Routes with their document, not yet layered.
pub(crate) fn nest(contexts: Vec<OpenApiRouter>) -> OpenApiRouter {
    let mut api = OpenApiRouter::new();
    for context in contexts {
        api = api.merge(context);
    }
    let mut whole = OpenApiRouter::with_openapi(Base::openapi()).nest(PREFIX, api);
    finish(whole.get_openapi_mut());
    whole
}

/// Any operation has its examples, and may answer with the error envelope.
fn finish(document: &mut OpenApi) {
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    for (path, item) in &mut document.paths.paths {
        let operations = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            examples::add(method, path, operation);
            let responses = &mut operation.responses.responses;
            responses.entry("default".to_owned()).or_insert_with(error_response);
        }
    }
}

fn error_response() -> RefOr<utoipa::openapi::Response> {
    let schema = Ref::from_schema_name("ErrorEnvelope");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new()
        .description("An error, in the envelope")
        .content("application/json", content)
        .build()
        .into()
}

/// The document alone, for the command line and for clients' generators.
pub fn document(contexts: Vec<OpenApiRouter>) -> OpenApi {
    nest(contexts).into_openapi()
}
