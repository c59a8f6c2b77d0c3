//! The `Idempotency-Key` header.

use http::HeaderMap;

use super::BadRequest;
use crate::domain::{BadIdempotencyKey, IdempotencyKey};

/// As it stands in documents and errors; header names do not mind their case.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The caller's key, if there is one.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, BadRequest> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(BadRequest::field(IDEMPOTENCY_KEY, "must be sent once"));
    }
    let key = value.to_str().map_err(|_| BadIdempotencyKey).and_then(str::parse);
    key.map(Some)
        .map_err(|error: BadIdempotencyKey| BadRequest::field(IDEMPOTENCY_KEY, error.to_string()))
}
