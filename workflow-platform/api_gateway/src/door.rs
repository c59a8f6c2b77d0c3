//! Whom the gateway lets in.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, header::ALLOW},
    middleware::Next,
    response::Response,
};

use crate::{AddressRules, contract::Contract, fallback, limits::Limits};

/// Methods that there are, somewhere.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/// What the layer works with.
pub(crate) struct Door {
    pub addresses: AddressRules,
    /// None where nothing is counted.
    pub limits: Option<(Arc<Limits>, Arc<Contract>)>,
}

/// Refuses strange methods, addresses that are not admitted, and those who call too often.
pub(crate) async fn admit(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    if is_tunnel(request.method()) {
        return wrong_method(request.method().clone());
    }
    if let Some(refusal) = door.addresses.refusal(&request) {
        return refusal;
    }
    match &door.limits {
        Some((limits, contract)) => limits.count(contract, request, next).await,
        None => next.run(request).await,
    }
}

/// Methods that show a request to its sender, or pass it on to somewhere else.
fn is_tunnel(method: &Method) -> bool {
    method == Method::TRACE || method == Method::CONNECT
}

fn wrong_method(method: Method) -> Response {
    let mut response = fallback::wrong_method(method);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(METHODS));
    response
}
