//! `/files`.

use axum::{
    extract::Request,
    http::{
        HeaderMap,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
    },
};
use shared_kernel::{
    api::{
        ApiPath, ApiQuery, BadRequest, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply,
        idempotency_key,
    },
    application::Principal,
    domain::Page,
};
use uuid::Uuid;

use super::{
    Module,
    shapes::{FileView, UploadQuery},
};
use crate::application::files::{NewFile, Uploaded};

/// Characters of a media type that are kept.
const MEDIA_TYPE: usize = 100;

/// Your uploaded files, newest first.
#[utoipa::path(
    get, path = "/files", tag = "files", params(PageQuery), operation_id = "list_files",
    responses((status = 200, body = Envelope<Page<FileView>>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<FileView>>, Failure> {
    Ok(Reply::ok(module.list(&who, query.page()?).await?.map(Into::into)))
}

/// Uploads a file: the body is its content, as it is.
///
/// It is kept for some days, for steps such as `xiaohongshu.import` to read. With an
/// `Idempotency-Key` of yours, a repeated upload gives the first one's file.
// The key is kept with the file: the gateway would have to hold the whole body to compare it.
#[utoipa::path(
    post, path = "/files", tag = "files", operation_id = "upload_file",
    params(
        UploadQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters"),
    ),
    request_body(content = String, content_type = "application/octet-stream", description = "any bytes; the media type is kept"),
    responses(
        (status = 201, body = Envelope<FileView>),
        (status = 409, description = "TOO_MANY_FILES", body = ErrorEnvelope),
        (status = 413, description = "PAYLOAD_TOO_LARGE", body = ErrorEnvelope),
        (status = 422, description = "no name or no content, or IDEMPOTENCY_KEY_REUSED", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
    extensions(("x-large-body" = json!(true))),
)]
pub async fn upload(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<UploadQuery>,
    request: Request,
) -> Result<Reply<FileView>, Failure> {
    let new = new_file(&query, request.headers())?;
    let content = request.into_body().into_data_stream();
    let (Uploaded::New(file) | Uploaded::Known(file)) = module.upload(&who, new, content).await?;
    Ok(Reply::created(file.into()))
}

fn new_file(query: &UploadQuery, headers: &HeaderMap) -> Result<NewFile, Failure> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let name = query.name.parse();
    let name = name.map_err(|error: crate::domain::file_name::BadFileName| {
        BadRequest::field("name", error.to_string())
    })?;
    let media_type = text(CONTENT_TYPE).unwrap_or("application/octet-stream");
    Ok(NewFile {
        name,
        media_type: media_type.chars().take(MEDIA_TYPE).collect(),
        announced: text(CONTENT_LENGTH).and_then(|length| length.parse().ok()),
        key: idempotency_key(headers)?,
    })
}

/// One file.
#[utoipa::path(
    get, path = "/files/{id}", tag = "files", params(("id" = Uuid, Path, description = "file")),
    operation_id = "show_file",
    responses((status = 200, body = Envelope<FileView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<FileView>, Failure> {
    Ok(Reply::ok(module.show(&who, id).await?.into()))
}

/// Removes a file and its content.
#[utoipa::path(
    delete, path = "/files/{id}", tag = "files", params(("id" = Uuid, Path, description = "file")),
    operation_id = "delete_file",
    responses((status = 200, body = Envelope<Empty>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn delete(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<Empty>, Failure> {
    module.delete(&who, id).await?;
    Ok(Reply::empty())
}
