//! `/shared/datasets/{token}`: what a link shows, without a login. Nothing of it is cached.

use axum::{
    http::{HeaderValue, header::CACHE_CONTROL},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use shared_kernel::{
    api::{ApiPath, ApiQuery, Envelope, ErrorEnvelope, Failure, Reply},
    domain::{Page, Timestamp},
};

use super::{
    Module, atom,
    changes::ChangesQuery,
    export::{ExportQuery, file},
    records::{Item, RecordsQuery, page},
    shapes::{ChangeView, ColumnView, DeltaView, limit_of},
};
use crate::application::dataset::Opened;

/// A dataset as a link shows it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SharedDataset {
    pub name: String,
    pub description: String,
    pub columns: Vec<ColumnView>,
    pub records: u64,
    pub version: u64,
    pub updated_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

impl From<Opened> for SharedDataset {
    fn from(Opened { share, dataset }: Opened) -> Self {
        Self {
            name: dataset.name,
            description: dataset.settings.description,
            columns: dataset.columns.0.into_iter().map(Into::into).collect(),
            records: dataset.records,
            version: dataset.version,
            updated_at: dataset.updated_at,
            expires_at: share.expires_at,
        }
    }
}

fn unkept(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The dataset of a link.
#[utoipa::path(
    get, path = "/shared/datasets/{token}", tag = "datasets", operation_id = "shared_show",
    params(("token" = String, Path, description = "of the link")),
    responses((status = 200, body = Envelope<SharedDataset>), (status = 404, body = ErrorEnvelope)),
)]
pub async fn show(module: Module, ApiPath(token): ApiPath<String>) -> Result<Response, Failure> {
    Ok(unkept(Reply::ok(SharedDataset::from(module.open(&token).await?))))
}

/// Records, as far as the link shows them.
#[utoipa::path(
    get, path = "/shared/datasets/{token}/records", tag = "datasets", operation_id = "shared_records",
    params(("token" = String, Path, description = "of the link"), RecordsQuery),
    responses(
        (status = 200, body = Envelope<Page<Object>>), (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
)]
pub async fn records(
    module: Module,
    ApiPath(token): ApiPath<String>,
    ApiQuery(query): ApiQuery<RecordsQuery>,
) -> Result<Response, Failure> {
    let wanted = query.query()?;
    let opened = module.open(&token).await?;
    let found = module.shared_records(&opened, &wanted).await?;
    let mut page: Page<Item> = page(found, query.full);
    if !opened.shows_key() {
        page.items.iter_mut().for_each(Item::hide_key);
    }
    Ok(unkept(Reply::ok(page)))
}

/// Records as a file, as far as the link shows them.
#[utoipa::path(
    get, path = "/shared/datasets/{token}/export", tag = "datasets", operation_id = "shared_export",
    params(("token" = String, Path, description = "of the link"), ExportQuery),
    responses(
        (status = 200, description = "the file, as a stream", content(
            (String = "text/csv"), (String = "application/jsonl"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "application/vnd.apache.parquet"),
        )),
        (status = 404, body = ErrorEnvelope), (status = 422, body = ErrorEnvelope),
    ),
)]
pub async fn export(
    module: Module,
    ApiPath(token): ApiPath<String>,
    ApiQuery(wanted): ApiQuery<ExportQuery>,
) -> Result<Response, Failure> {
    let opened = module.open(&token).await?;
    let (dataset, query) = module.shared_export(&opened, &wanted.query()?);
    module.examine_export(&dataset, &query).await?;
    Ok(unkept(file(&module, dataset, query, &wanted).await?))
}

/// Changes, as far as the link shows them.
#[utoipa::path(
    get, path = "/shared/datasets/{token}/changes", tag = "datasets", operation_id = "shared_changes",
    params(("token" = String, Path, description = "of the link"), ChangesQuery),
    responses(
        (status = 200, body = Envelope<DeltaView>), (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
)]
pub async fn changes(
    module: Module,
    ApiPath(token): ApiPath<String>,
    ApiQuery(query): ApiQuery<ChangesQuery>,
) -> Result<Response, Failure> {
    let opened = module.open(&token).await?;
    let limit = limit_of(query.limit)?;
    let delta = module.shared_changes(&opened, query.after.as_deref(), limit).await?;
    let shows_key = opened.shows_key();
    Ok(unkept(Reply::ok(DeltaView::new(delta, |change| change.anonymous(shows_key)))))
}

/// The last 50 changes as an Atom feed, as far as the link shows them.
#[utoipa::path(
    get, path = "/shared/datasets/{token}/changes.atom", tag = "datasets", operation_id = "shared_feed",
    params(("token" = String, Path, description = "of the link")),
    responses(
        (status = 200, description = "RFC 4287", content((String = "application/atom+xml"))),
        (status = 404, body = ErrorEnvelope),
    ),
)]
pub async fn feed(module: Module, ApiPath(token): ApiPath<String>) -> Result<Response, Failure> {
    let opened = module.open(&token).await?;
    let shows_key = opened.shows_key();
    let changes = module.shared_latest(&opened).await?;
    let view = |change: ChangeView| change.anonymous(shows_key);
    Ok(unkept(atom::response(&opened.dataset, changes, view)))
}
