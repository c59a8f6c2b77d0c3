//! `/proxy/pools/{id}/import`: proxies from text, however it is sent.

use std::str;

use axum::{
    extract::{FromRequest, Request},
    http::header::CONTENT_TYPE,
};
use shared_kernel::{
    api::{ApiJson, ApiPath, BadRequest, Envelope, ErrorEnvelope, Failure, Reply, read_body},
    application::{Principal, ProxyScheme},
};

use super::{
    Module,
    shapes::{ImportText, ImportView},
};
use crate::domain::PoolId;

/// Adds proxies from text, with a report of every line that was not taken. The text comes as
/// JSON, as it stands (`text/plain`, `text/csv`), or as the first file of a form.
#[utoipa::path(
    post, path = "/proxy/pools/{id}/import", tag = "proxy",
    request_body(content(
        (ImportText = "application/json"),
        (String = "text/plain"),
        (String = "text/csv"),
        (String = "multipart/form-data"),
    )),
    params(("id" = uuid::Uuid, Path, description = "pool")),
    responses(
        (status = 200, body = Envelope<ImportView>),
        (status = 402, description = "QUOTA_EXCEEDED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 413, body = ErrorEnvelope),
        (status = 415, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn import(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
    Sent { text, scheme }: Sent,
) -> Result<Reply<ImportView>, Failure> {
    Ok(Reply::ok(module.import_proxies(&who, id, &text, scheme).await?.into()))
}

/// The text of an import.
pub struct Sent {
    text: String,
    scheme: ProxyScheme,
}

/// How a body says that it is written.
enum Way {
    Json,
    Plain,
    Form(String),
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        match way(&request) {
            None => Err(BadRequest::ContentType.into()),
            Some(Way::Json) => {
                let ApiJson(ImportText { text, scheme }) =
                    ApiJson::from_request(request, state).await?;
                Ok(Self { text, scheme: scheme.unwrap_or(ProxyScheme::Http) })
            }
            Some(Way::Plain) => Ok(plain(&read_body(request).await?)?),
            Some(Way::Form(boundary)) => {
                let body = read_body(request).await?;
                let file = first_part(&body, &boundary)
                    .ok_or_else(|| BadRequest::field("body", "must be a form with a file"))?;
                Ok(plain(file)?)
            }
        }
    }
}

fn way(request: &Request) -> Option<Way> {
    let value = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    let (essence, rest) = value.split_once(';').unwrap_or((value, ""));
    match essence.trim().to_ascii_lowercase().as_str() {
        "text/plain" | "text/csv" | "application/octet-stream" => Some(Way::Plain),
        "multipart/form-data" => {
            let named = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?;
            let boundary = named.trim_matches('"');
            (!boundary.is_empty() && boundary.len() <= 70).then(|| Way::Form(boundary.to_owned()))
        }
        _ => Some(Way::Json),
    }
}

fn plain(body: &[u8]) -> Result<Sent, BadRequest> {
    let text = str::from_utf8(body)
        .map_err(|_| BadRequest::field("body", "must be text in UTF-8"))?
        .to_owned();
    Ok(Sent { text, scheme: ProxyScheme::Http })
}

/// What stands in the first part of a form (RFC 7578), behind its head.
fn first_part<'a>(body: &'a [u8], boundary: &str) -> Option<&'a [u8]> {
    let begin = find(body, format!("--{boundary}\r\n").as_bytes())?;
    let part = &body[begin + boundary.len() + 4..];
    let head = find(part, b"\r\n\r\n")?;
    let content = &part[head + 4..];
    let end = find(content, format!("\r\n--{boundary}").as_bytes())?;
    Some(&content[..end])
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_file_of_a_form_is_found() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.txt\"\r\n\
            Content-Type: text/plain\r\n\r\na:1\nb:2\n\r\n--x\r\n\r\n\r\nother\r\n--x--\r\n";
        assert_eq!(first_part(body, "x"), Some(&b"a:1\nb:2\n"[..]));
        for broken in [&b""[..], b"--x\r\n", b"--x\r\nhead\r\n\r\nno end", b"--y\r\n\r\n\r\n--y"] {
            assert_eq!(first_part(broken, "x"), None);
        }
    }
}
