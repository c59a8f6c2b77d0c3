//! `/datasets/{name}/records/{key}`.

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared_kernel::{
    api::{ApiPath, ApiQuery, BadRequest, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
    domain::{Page, Timestamp},
};

use super::{
    Module,
    shapes::{ChangeView, limit_of},
};
use crate::application::dataset::{History, Recorded, Removed};

/// When.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AsOf {
    /// The record as it was when the dataset had this version.
    #[garde(range(max = 9_000_000_000_000_000))]
    #[param(minimum = 0)]
    pub as_of: Option<u64>,
}

/// A record, now or at a version.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OneRecord {
    pub key: String,
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    /// Of the dataset, when the record last changed; of a former one, the version asked for.
    pub version: u64,
    /// First seen. Absent of a former version, like the two below.
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    /// When a batch last had it, changed or not.
    pub seen_at: Option<Timestamp>,
}

impl From<Recorded> for OneRecord {
    fn from(record: Recorded) -> Self {
        match record {
            Recorded::Now(row) => Self {
                key: row.key,
                data: row.data,
                version: row.version,
                created_at: Some(row.created_at),
                updated_at: Some(row.updated_at),
                seen_at: Some(row.seen_at),
            },
            Recorded::Then { version, key, data } => {
                Self { key, data, version, created_at: None, updated_at: None, seen_at: None }
            }
        }
    }
}

/// One record, as it is or as it was.
#[utoipa::path(
    get, path = "/datasets/{name}/records/{key}", tag = "datasets", operation_id = "record_show",
    params(("name" = String, Path, description = "dataset"), ("key" = String, Path, description = "record"), AsOf),
    responses(
        (status = 200, body = Envelope<OneRecord>), (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn show(
    module: Module,
    who: Principal,
    ApiPath((name, key)): ApiPath<(String, String)>,
    ApiQuery(query): ApiQuery<AsOf>,
) -> Result<Reply<OneRecord>, Failure> {
    Ok(Reply::ok(module.record(&who, &name, &key, query.as_of).await?.into()))
}

/// Removes a record. That it was there stays in the history.
#[utoipa::path(
    delete, path = "/datasets/{name}/records/{key}", tag = "datasets", operation_id = "record_remove",
    params(("name" = String, Path, description = "dataset"), ("key" = String, Path, description = "record")),
    responses((status = 200, body = Envelope<Removed>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn remove(
    module: Module,
    who: Principal,
    ApiPath((name, key)): ApiPath<(String, String)>,
) -> Result<Reply<Removed>, Failure> {
    Ok(Reply::ok(module.remove_one(&who, &name, key).await?))
}

/// Changes below a version.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VersionsQuery {
    /// Rows of a page, 1 to 200; 50 unless given.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 20))]
    pub cursor: Option<String>,
}

impl VersionsQuery {
    /// The version below which to begin, and how many.
    pub fn page(&self) -> Result<(Option<u64>, u32), BadRequest> {
        let below = self.cursor.as_deref().map(str::parse).transpose();
        let below = below.map_err(|_| BadRequest::field("cursor", "not a cursor of this list"))?;
        Ok((below, limit_of(self.limit)?))
    }
}

/// What became of a record, the newest change first; also of one that was removed.
#[utoipa::path(
    get, path = "/datasets/{name}/records/{key}/history", tag = "datasets", operation_id = "record_history",
    params(("name" = String, Path, description = "dataset"), ("key" = String, Path, description = "record"), VersionsQuery),
    responses((status = 200, body = Envelope<Page<ChangeView>>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn history(
    module: Module,
    who: Principal,
    ApiPath((name, key)): ApiPath<(String, String)>,
    ApiQuery(query): ApiQuery<VersionsQuery>,
) -> Result<Reply<Page<ChangeView>>, Failure> {
    let (below, limit) = query.page()?;
    let History { changes, below } = module.history(&who, &name, &key, below, limit).await?;
    let items = changes.into_iter().map(Into::into).collect();
    Ok(Reply::ok(Page { items, next_cursor: below.map(|version| version.to_string()) }))
}
