//! `/datasets/{name}/records`.

use garde::Validate;
use serde::Deserialize;
use serde_json::Value;
use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, BadRequest, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
    domain::Page,
};

use super::{
    Module,
    shapes::{Direction, RecordView, filter_of, limit_of, names_of},
};
use crate::application::dataset::{Found, Mode, Query, RecordRow, Removed, Written, may_be_cursor};

/// Which records, and how.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecordsQuery {
    /// Rows of a page, 1 to 200; 50 unless given. A page may have fewer and go on all the same.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 400))]
    pub cursor: Option<String>,
    /// JSON: from field to a value, or to what is asked of it with `eq`, `ne`, `lt`, `lte`, `gt`,
    /// `gte`, `in`, `contains` and `null`. `@updated_at` is a field too.
    #[garde(length(max = 8000))]
    #[param(example = r#"{"id":{"gte":1}}"#)]
    pub filter: Option<String>,
    /// Words by how they begin, Chinese by any part of it.
    #[garde(length(max = 400))]
    pub search: Option<String>,
    /// A field with an index, `@created_at` or `@updated_at`.
    #[garde(length(max = 200))]
    pub sort: Option<String>,
    /// By a field `asc` unless given; otherwise the newest come first.
    #[garde(skip)]
    #[param(inline)]
    pub order: Option<Direction>,
    /// Fields to give, separated by commas or as a JSON list; all unless given.
    #[garde(length(max = 8000))]
    pub columns: Option<String>,
    /// Key, version and times beside each record.
    #[garde(skip)]
    #[serde(default)]
    pub full: bool,
}

impl RecordsQuery {
    pub fn query(&self) -> Result<Query, BadRequest> {
        if !self.cursor.as_deref().is_none_or(may_be_cursor) {
            return Err(BadRequest::field("cursor", "not a cursor of this list"));
        }
        Ok(Query {
            filter: filter_of(self.filter.as_deref())?,
            search: self.search.clone(),
            sort: self.sort.clone(),
            order: self.order.map(Into::into),
            cursor: self.cursor.clone(),
            limit: limit_of(self.limit)?,
            visible: names_of("columns", self.columns.as_deref())?,
        })
    }
}

/// A record alone, or with what is known of it.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Item {
    Full(RecordView),
    #[schema(value_type = Object)]
    Data(Value),
}

impl Item {
    /// Where a link does not show what the key is made of.
    pub fn hide_key(&mut self) {
        if let Self::Full(record) = self {
            record.key = None;
        }
    }
}

/// A page of records.
pub fn page(found: Found, full: bool) -> Page<Item> {
    let item = |row: RecordRow| {
        if full { Item::Full(row.into()) } else { Item::Data(Value::Object(row.data)) }
    };
    let items = found.records.into_iter().map(item).collect();
    Page { items, next_cursor: found.next_cursor }
}

/// Records that fit, the newest first unless another order is asked for.
#[utoipa::path(
    get, path = "/datasets/{name}/records", tag = "datasets", operation_id = "records_list",
    params(("name" = String, Path, description = "dataset"), RecordsQuery),
    responses(
        (status = 200, body = Envelope<Page<Object>>), (status = 404, body = ErrorEnvelope),
        (status = 409, body = ErrorEnvelope), (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiQuery(query): ApiQuery<RecordsQuery>,
) -> Result<Reply<Page<Item>>, Failure> {
    let found = module.query(&who, &name, &query.query()?).await?;
    Ok(Reply::ok(page(found, query.full)))
}

/// A batch of records.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteRecords {
    /// Fields that tell records apart; those of the dataset unless given.
    #[garde(skip)]
    key: Option<Vec<String>>,
    #[garde(skip)]
    #[serde(default)]
    mode: Mode,
    /// Up to 50 000 objects, each of a mebibyte at most.
    #[garde(skip)]
    #[schema(value_type = Vec<Object>)]
    records: Vec<Value>,
}

/// Writes a batch, all or nothing; makes the dataset when it is not there. A batch that breaks the
/// dataset's contract is held back, and the answer says so.
#[utoipa::path(
    post, path = "/datasets/{name}/records", tag = "datasets", operation_id = "records_write",
    params(("name" = String, Path, description = "dataset")), request_body = WriteRecords,
    responses(
        (status = 200, body = Envelope<Written>), (status = 402, body = ErrorEnvelope),
        (status = 409, body = ErrorEnvelope), (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn write(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<WriteRecords>,
) -> Result<Reply<Written>, Failure> {
    Ok(Reply::ok(module.write_by(&who, &name, body.key, body.mode, body.records).await?))
}

/// Keys of records.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveRecords {
    /// 1 to 1000; those that are not there are left out.
    #[garde(skip)]
    keys: Vec<String>,
}

/// Removes records. That they were there stays in the history.
#[utoipa::path(
    post, path = "/datasets/{name}/remove", tag = "datasets", operation_id = "records_remove",
    params(("name" = String, Path, description = "dataset")), request_body = RemoveRecords,
    responses(
        (status = 200, body = Envelope<Removed>), (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn remove(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<RemoveRecords>,
) -> Result<Reply<Removed>, Failure> {
    Ok(Reply::ok(module.remove(&who, &name, &body.keys).await?))
}
