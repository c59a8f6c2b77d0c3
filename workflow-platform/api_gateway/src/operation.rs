//! What the API document says of each operation, around it.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use shared_kernel::{
    api::{AuthLayerState, Failure},
    application::IdempotencyKeys,
};

use crate::{contract::Contract, idempotency, query};

/// What the layer works with.
pub(crate) struct Operations {
    pub contract: Arc<Contract>,
    pub authenticator: AuthLayerState,
    pub keys: Arc<dyn IdempotencyKeys>,
}

/// Refuses parameters that the operation does not know, lets its handler ask who is there, and has
/// it done once where a key is sent.
pub(crate) async fn keep(
    State(operations): State<Arc<Operations>>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(fault) = query::unknown(&operations.contract, &request) {
        return Failure::from(fault).into_response();
    }
    request.extensions_mut().insert(operations.authenticator.clone());
    if idempotency::is_keyed(&operations.contract, &request) {
        idempotency::once(&operations.keys, request, next).await
    } else {
        next.run(request).await
    }
}
