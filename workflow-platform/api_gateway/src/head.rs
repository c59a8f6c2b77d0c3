//! How long an address and how many headers may be. The server below reads a little more, so that
//! what is too long is refused here, in the envelope.

use axum::{
    extract::Request,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use shared_kernel::api::Failure;

use crate::guard::GatewayFault;

/// Bytes of path and query.
const ADDRESS_BYTES: usize = 8 * 1024;
/// Header lines of a request.
const HEADERS: usize = 100;
/// Bytes of all names and values.
const HEADER_BYTES: usize = 32 * 1024;

/// 414 or 431.
pub(crate) fn refusal(request: &Request) -> Option<Response> {
    let status = excess(request)?;
    let mut response = Failure::from(GatewayFault::Refused(status)).into_response();
    *response.status_mut() = status;
    Some(response)
}

fn excess(request: &Request) -> Option<StatusCode> {
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if address > ADDRESS_BYTES {
        return Some(StatusCode::URI_TOO_LONG);
    }
    let headers = request.headers();
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let fits = headers.len() <= HEADERS && bytes <= HEADER_BYTES;
    (!fits).then_some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
}
