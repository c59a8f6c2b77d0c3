//! The web UI, whose files are inside the binary, compressed by the front end's build.

mod encoding;
mod file;

use std::sync::Arc;

use axum::{
    extract::State,
    http::{
        HeaderMap, HeaderValue, Uri,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
    },
    response::{Html, IntoResponse as _, Response},
};
use rust_embed::{Embed, EmbeddedFile};
use shared_kernel::domain::Ambient;

use self::{encoding::Encoding, file::Stored};
use crate::{fallback, headers::page_policy};

/// What the front end's build left. In a debug build the files are read from disk.
#[derive(Embed)]
#[folder = "../../frontend/dist"]
#[allow_missing = true]
struct Files;

const INDEX: &str = "index.html";
const NONCE: &str = "__CSP_NONCE__";
const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Workflow Platform</title>\
<p>The web interface is not part of this build. Build it with <code>make build</code>. \
The API is at <a href=/api/docs/>/api/docs</a>.";

/// What is no page even where it has no route: metrics may be on a port of their own.
fn is_of_machines(path: &str) -> bool {
    path.starts_with("api/") || path.starts_with("health/") || path == "metrics"
}

/// A file by its path; every other address outside the API is a page of the application.
pub async fn serve(State(ambient): State<Arc<Ambient>>, uri: Uri, asked: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if is_of_machines(path) {
        return fallback::not_found(uri).await;
    }
    match stored(path) {
        Some(found) if path != INDEX && !Encoding::is_compressed(path) => {
            file::answer(path, found, &asked, stored)
        }
        _ if path.starts_with("assets/") => fallback::not_found(uri).await,
        _ => page(&ambient),
    }
}

fn stored(path: &str) -> Option<Stored> {
    Files::get(path).map(|EmbeddedFile { data, metadata }| Stored {
        bytes: data,
        kind: metadata.mimetype().to_owned(),
        hash: metadata.sha256_hash(),
    })
}

/// The one page, with a nonce of its own for style elements.
fn page(ambient: &Ambient) -> Response {
    let nonce = ambient.uuid().simple().to_string();
    let text = Files::get(INDEX).map_or_else(
        || NOT_BUILT.to_owned(),
        |file| String::from_utf8_lossy(&file.data).replace(NONCE, &nonce),
    );
    let mut response = Html(text).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(policy) = HeaderValue::from_str(&page_policy(Some(&nonce))) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}
