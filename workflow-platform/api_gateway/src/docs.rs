//! The OpenAPI document and interactive docs, whose files are inside the binary.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Redirect, Response},
};
use bytes::Bytes;
use utoipa_swagger_ui::Config;

use crate::{fallback, headers::page_policy};

/// Where the document is.
pub const DOCUMENT: &str = "/api/openapi.json";

/// The document, rendered once.
pub async fn document(State(json): State<Bytes>) -> Response {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")];
    (headers, json).into_response()
}

/// `/api/docs` has relative links and needs its slash.
pub async fn root() -> Redirect {
    Redirect::permanent("/api/docs/")
}

/// The page itself.
pub async fn index() -> Response {
    file("index.html").await
}

/// A file of the page.
pub async fn asset(Path(name): Path<String>) -> Response {
    file(&name).await
}

async fn file(name: &str) -> Response {
    let config = Arc::new(Config::from(DOCUMENT));
    let Ok(Some(file)) = utoipa_swagger_ui::serve(name, config) else {
        return fallback::not_found(axum::http::Uri::from_static("/api/docs")).await;
    };
    let mut response = Bytes::from(file.bytes.into_owned()).into_response();
    let headers = response.headers_mut();
    let mut set = |header, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(header, value);
        }
    };
    set(CONTENT_TYPE, &file.content_type);
    set(CONTENT_SECURITY_POLICY, &docs_policy());
    set(CACHE_CONTROL, "public, max-age=3600");
    if file.gzpipped {
        set(CONTENT_ENCODING, "gzip");
    }
    response
}

/// The docs page writes style elements that know no nonce.
fn docs_policy() -> String {
    format!("{} 'unsafe-inline'", page_policy(None))
}
