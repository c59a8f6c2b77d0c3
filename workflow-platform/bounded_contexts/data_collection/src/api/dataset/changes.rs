//! `/datasets/{name}/changes` and `/versions`.

use axum::response::Response;
use garde::Validate;
use serde::Deserialize;
use shared_kernel::{
    api::{ApiPath, ApiQuery, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
    domain::Page,
};

use super::{
    Module, atom,
    record::VersionsQuery,
    shapes::{DeltaView, VersionView, limit_of},
};

/// Which changes.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChangesQuery {
    /// `cursor` of the answer before, or the number of a version; from the first one kept unless
    /// given.
    #[garde(length(max = 1000))]
    pub after: Option<String>,
    /// Rows of a page, 1 to 200; 50 unless given.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
}

/// Changes in the order in which they happened, to be asked for again with the cursor.
#[utoipa::path(
    get, path = "/datasets/{name}/changes", tag = "datasets", operation_id = "dataset_changes",
    params(("name" = String, Path, description = "dataset"), ChangesQuery),
    responses(
        (status = 200, body = Envelope<DeltaView>), (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn changes(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiQuery(query): ApiQuery<ChangesQuery>,
) -> Result<Reply<DeltaView>, Failure> {
    let limit = limit_of(query.limit)?;
    let (_, delta) = module.changes(&who, &name, query.after.as_deref(), limit).await?;
    Ok(Reply::ok(DeltaView::new(delta, |change| change)))
}

/// The last 50 changes as an Atom feed.
#[utoipa::path(
    get, path = "/datasets/{name}/changes.atom", tag = "datasets", operation_id = "dataset_feed",
    params(("name" = String, Path, description = "dataset")),
    responses(
        (status = 200, description = "RFC 4287", content((String = "application/atom+xml"))),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn feed(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
) -> Result<Response, Failure> {
    let (dataset, changes) = module.latest(&who, &name).await?;
    Ok(atom::response(&dataset, changes, |change| change))
}

/// Versions, the newest first: when, by what, and how much each of them changed.
#[utoipa::path(
    get, path = "/datasets/{name}/versions", tag = "datasets", operation_id = "dataset_versions",
    params(("name" = String, Path, description = "dataset"), VersionsQuery),
    responses((status = 200, body = Envelope<Page<VersionView>>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn versions(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiQuery(query): ApiQuery<VersionsQuery>,
) -> Result<Reply<Page<VersionView>>, Failure> {
    let (below, limit) = query.page()?;
    let mut rows = module.versions(&who, &name, below, limit + 1).await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next_cursor = rows.last().filter(|_| more).map(|row| row.version.to_string());
    let items = rows.into_iter().map(Into::into).collect();
    Ok(Reply::ok(Page { items, next_cursor }))
}
