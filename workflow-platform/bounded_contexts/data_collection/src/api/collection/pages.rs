//! `/collection/pages`.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{
        HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use garde::Validate;
use serde::Deserialize;
use shared_kernel::{
    api::{ApiPath, ApiQuery, BadRequest, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Page, Timestamp},
};
use uuid::Uuid;

use super::shapes::PageView;
use crate::application::archive::{PageFilter, PagesModule};

type Module = State<Arc<PagesModule>>;

/// Part and order of the list.
#[derive(Debug, Default, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PagesQuery {
    /// Rows of a page, 1 to 200; 50 unless given.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    pub cursor: Option<String>,
    /// Name, or `name:port`.
    #[garde(length(min = 1, max = 300))]
    #[param(max_length = 300, example = "example.com")]
    pub host: Option<String>,
    /// How the address begins.
    #[garde(length(min = 1, max = 2000))]
    #[param(max_length = 2000)]
    pub url_prefix: Option<String>,
    /// Fetched then or later.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Fetched before then.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

impl PagesQuery {
    fn filter(self) -> Result<PageFilter, BadRequest> {
        for (field, text) in [("host", &self.host), ("url_prefix", &self.url_prefix)] {
            if text.as_ref().is_some_and(|text| text.contains('\0')) {
                return Err(BadRequest::field(field, "must not contain the zero character"));
            }
        }
        Ok(PageFilter {
            host: self.host.map(|host| host.to_ascii_lowercase()),
            url_prefix: self.url_prefix,
            since: self.since,
            until: self.until,
        })
    }
}

/// Pages that were fetched for you, the newest first.
#[utoipa::path(
    get, path = "/collection/pages", tag = "collection", params(PagesQuery),
    responses((status = 200, body = Envelope<Page<PageView>>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    State(module): Module,
    who: Principal,
    ApiQuery(query): ApiQuery<PagesQuery>,
) -> Result<Reply<Page<PageView>>, Failure> {
    let page = PageQuery::parse(query.limit, query.cursor.as_deref())?;
    let pages = module.list(&who, &query.filter()?, page).await?;
    Ok(Reply::ok(pages.map(Into::into)))
}

/// One of them, without its content.
#[utoipa::path(
    get, path = "/collection/pages/{page_id}", tag = "collection",
    params(("page_id" = Uuid, Path, description = "page")),
    responses((status = 200, body = Envelope<PageView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(
    State(module): Module,
    who: Principal,
    ApiPath(page): ApiPath<Uuid>,
) -> Result<Reply<PageView>, Failure> {
    Ok(Reply::ok(module.show(&who, page).await?.into()))
}

/// Its content as it was answered, as a file: what strangers wrote is never shown by us.
#[utoipa::path(
    get, path = "/collection/pages/{page_id}/content", tag = "collection",
    params(("page_id" = Uuid, Path, description = "page")),
    responses(
        (status = 200, description = "the bytes", content((String = "application/octet-stream"))),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn content(
    State(module): Module,
    who: Principal,
    ApiPath(page): ApiPath<Uuid>,
) -> Result<Response, Failure> {
    let (page, content) = module.content(&who, page).await?;
    let mut response = Body::from(content).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers
        .insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{}.page\"", page.id)) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
