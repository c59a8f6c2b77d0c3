//! A file's content as a stream.

use axum::{
    body::Body,
    http::{
        HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use shared_kernel::{
    api::{ApiPath, ErrorEnvelope, Failure},
    application::Principal,
};
use uuid::Uuid;

use super::Module;
use crate::application::files::FileRow;

/// The content of a file, byte for byte.
#[utoipa::path(
    get, path = "/files/{id}/content", tag = "files",
    params(("id" = Uuid, Path, description = "file")), operation_id = "file_content",
    responses(
        (status = 200, description = "the content, as a stream", content((String = "application/octet-stream"))),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn content(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Response, Failure> {
    let (file, content) = module.content(&who, id).await?;
    let mut response = Body::from_stream(content).into_response();
    label(&mut response, &file);
    Ok(response)
}

/// A download whatever it is called: a saved page must not run as one of ours.
fn label(response: &mut Response, file: &FileRow) {
    let full: String = url::form_urlencoded::byte_serialize(file.name.as_bytes()).collect();
    let full = full.replace('+', "%20");
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(file.bytes));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{full}")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
}
