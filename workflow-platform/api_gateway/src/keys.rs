//! The keys that others may check access tokens with.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::header::CACHE_CONTROL,
    response::{IntoResponse as _, Response},
};
use serde_json::Value;

/// Where a JSON Web Key Set (RFC 7517) is looked for.
pub const PATH: &str = "/.well-known/jwks.json";

/// The set itself, not in the envelope: its form is a standard of others.
pub async fn show(State(keys): State<Arc<Value>>) -> Response {
    ([(CACHE_CONTROL, "public, max-age=300")], Json(keys.as_ref().clone())).into_response()
}
