//! The OpenAPI 3.1 document, put together from the contexts' routes.

use axum::http::Method;
use shared_kernel::api::{ErrorEnvelope, IDEMPOTENCY_KEY};
use utoipa::{
    Modify, OpenApi as _,
    openapi::{
        ContentBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder, Type,
        path::{Operation, ParameterBuilder, ParameterIn},
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    contract::{Contract, is_keyed},
    examples,
};

/// Everything the contexts offer, under the prefix of the API.
pub(crate) const PREFIX: &str = "/api/v1";

const KEY_MEANING: &str = "A name of yours for this request, 1 to 255 visible ASCII characters. \
                           Sent again within 24 hours, the same request is answered as the first \
                           time, and done once";

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

/// Routes with their document, not yet layered, and what the document holds callers to.
pub(crate) fn nest(contexts: Vec<OpenApiRouter>) -> (OpenApiRouter, Contract) {
    let mut api = OpenApiRouter::new();
    for context in contexts {
        api = api.merge(context);
    }
    let mut whole = OpenApiRouter::with_openapi(Base::openapi()).nest(PREFIX, api);
    let contract = Contract::of(whole.get_openapi());
    finish(whole.get_openapi_mut());
    (whole, contract)
}

/// Any operation has its examples, and may answer with the error envelope; those that are done
/// once take a key.
fn finish(document: &mut OpenApi) {
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (Method::GET, &mut item.get),
            (Method::POST, &mut item.post),
            (Method::PUT, &mut item.put),
            (Method::PATCH, &mut item.patch),
            (Method::DELETE, &mut item.delete),
        ];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            if is_keyed(&method, operation) {
                describe_key(operation);
            }
            examples::add(&method.as_str().to_ascii_lowercase(), path, operation);
            let responses = &mut operation.responses.responses;
            responses.entry("default".to_owned()).or_insert_with(error_response);
        }
    }
}

/// The header, and the two answers that come with it.
fn describe_key(operation: &mut Operation) {
    let key = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(255))
        .pattern(Some("^[!-~]+$"));
    let parameter = ParameterBuilder::new()
        .name(IDEMPOTENCY_KEY)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(KEY_MEANING))
        .schema(Some(key))
        .build();
    operation.parameters.get_or_insert_default().push(parameter.into());
    let responses = &mut operation.responses.responses;
    responses.entry("409".to_owned()).or_insert_with(|| errors("IDEMPOTENCY_IN_PROGRESS"));
    responses.entry("422".to_owned()).or_insert_with(|| errors("IDEMPOTENCY_KEY_REUSED"));
}

fn error_response() -> RefOr<utoipa::openapi::Response> {
    errors("An error, in the envelope")
}

fn errors(meaning: &str) -> RefOr<utoipa::openapi::Response> {
    let schema = Ref::from_schema_name("ErrorEnvelope");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(meaning).content("application/json", content).build().into()
}

/// The document alone, for the command line and for clients' generators.
pub fn document(contexts: Vec<OpenApiRouter>) -> OpenApi {
    nest(contexts).0.into_openapi()
}
