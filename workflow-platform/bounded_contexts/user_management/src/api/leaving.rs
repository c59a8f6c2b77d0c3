//! `/users/me/export` and `/users/me/deletion`: taking everything along, and leaving.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;
use shared_kernel::{
    api::{Empty, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
    domain::Timestamp,
};
use utoipa::ToSchema;

use super::{Module, caller};
use crate::application::{Exported, PersonalExport};

/// When the account will be gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletionView {
    pub delete_at: Timestamp,
}

/// Marks your account for deletion. All your sessions end and nothing of yours starts any more.
/// Until the day you can sign in and take it back.
#[utoipa::path(
    post, path = "/users/me/deletion", tag = "users", operation_id = "request_deletion",
    responses(
        (status = 200, body = Envelope<DeletionView>),
        (status = 403, description = "STEP_UP_REQUIRED", body = ErrorEnvelope),
        (status = 409, description = "ACCOUNT_DELETING or LAST_SUPER_ADMIN", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn request(module: Module, who: Principal) -> Result<Reply<DeletionView>, Failure> {
    let delete_at = module.request_deletion(&who, &caller()).await?;
    Ok(Reply::ok(DeletionView { delete_at }))
}

/// Keeps your account.
#[utoipa::path(
    delete, path = "/users/me/deletion", tag = "users", operation_id = "cancel_deletion",
    responses(
        (status = 200, body = Envelope<Empty>),
        (status = 409, description = "ACCOUNT_NOT_DELETING", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn cancel(module: Module, who: Principal) -> Result<Reply<Empty>, Failure> {
    module.cancel_deletion(&who, &caller()).await?;
    Ok(Reply::empty().saying("账号已保留", "The account stays"))
}

/// Everything that is kept of you, as one JSON document: `exported_at`, and `data` with a list for
/// each kind of thing. Secrets that are kept sealed are named only.
#[utoipa::path(
    get, path = "/users/me/export", tag = "users", operation_id = "export_personal_data",
    responses(
        (status = 200, description = "a stream", body = Object, content_type = "application/json"),
        (status = 403, description = "STEP_UP_REQUIRED", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn export(
    State(export): State<Arc<PersonalExport>>,
    who: Principal,
) -> Result<Response, Failure> {
    let (at, pages) = export.export(&who).await?;
    let mut writer = Writer { part: None };
    let head = format!("{{\"exported_at\":{},\"data\":{{", serde_json::json!(at));
    let pages = pages.map_ok(move |page| Bytes::from(writer.write(&page)));
    let body = stream::once(async move { Ok(Bytes::from(head)) }).chain(pages);
    let body = body.chain(stream::once(async { Ok(Bytes::from_static(b"]}}\n")) }));
    Ok(labelled(Body::from_stream(body)))
}

fn labelled(body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let name = HeaderValue::from_static("attachment; filename=\"personal-data.json\"");
    headers.insert(CONTENT_DISPOSITION, name);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Writes pages as members of one object, each a list.
struct Writer {
    /// The list that is open, and whether it has an item.
    part: Option<(&'static str, bool)>,
}

impl Writer {
    fn write(&mut self, page: &Exported) -> String {
        let mut text = String::new();
        let mut filled = match self.part {
            Some((part, filled)) if part == page.part => filled,
            before => {
                text.push_str(if before.is_some() { "]," } else { "" });
                text.push_str(&format!("\"{}\":[", page.part));
                false
            }
        };
        for item in &page.items {
            text.push_str(if filled { "," } else { "" });
            text.push_str(&item.to_string());
            filled = true;
        }
        self.part = Some((page.part, filled));
        text
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn pages_make_one_document() {
        let mut writer = Writer { part: None };
        let page = |part, items: &[Value]| Exported { part, items: items.to_vec() };
        let pages = [
            page("a", &[json!(1), json!({ "b": 2 })]),
            page("a", &[]),
            page("a", &[json!(3)]),
            page("none", &[]),
            page("c", &[json!("]")]),
        ];
        let body: String = pages.iter().map(|page| writer.write(page)).collect();
        let read: Value = serde_json::from_str(&format!("{{{body}]}}")).unwrap();
        assert_eq!(read, json!({ "a": [1, { "b": 2 }, 3], "none": [], "c": ["]"] }));
    }
}
