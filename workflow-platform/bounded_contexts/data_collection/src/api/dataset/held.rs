//! `/datasets/{name}/held`: batches that break the contract.

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{
    api::{ApiPath, ApiQuery, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Execution, Id, Page, Timestamp, User},
};
use uuid::Uuid;

use super::{Module, shapes::limit_of};
use crate::{
    application::dataset::{HeldRow, HeldState, Mode, Written},
    domain::dataset::Breach,
};

/// Which batches.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HeldQuery {
    /// Rows of a page, 1 to 200; 50 unless given.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, example = 50)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    cursor: Option<String>,
    /// All unless given.
    #[garde(skip)]
    #[param(inline)]
    state: Option<HeldState>,
}

/// A batch that was held back.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HeldView {
    #[schema(value_type = String, format = Uuid)]
    pub id: Uuid,
    pub state: HeldState,
    pub records: u64,
    /// What it breaks.
    pub breaches: Vec<Breach>,
    pub mode: Mode,
    #[schema(value_type = Option<String>, format = Uuid)]
    pub user_id: Option<Id<User>>,
    #[schema(value_type = Option<String>, format = Uuid)]
    pub execution_id: Option<Id<Execution>>,
    pub held_at: Timestamp,
    pub decided_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = Uuid)]
    pub decided_by: Option<Uuid>,
    /// Of the dataset, when its release changed something.
    pub version: Option<u64>,
}

impl From<HeldRow> for HeldView {
    fn from(row: HeldRow) -> Self {
        Self {
            id: row.id,
            state: row.state,
            records: row.records,
            breaches: row.breaches,
            mode: row.mode,
            user_id: row.author.user,
            execution_id: row.author.execution,
            held_at: row.held_at,
            decided_at: row.decided_at,
            decided_by: row.decided_by,
            version: row.version,
        }
    }
}

/// A held batch with some of its records.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HeldBatchView {
    pub batch: HeldView,
    #[schema(value_type = Vec<Object>)]
    pub records: Vec<Value>,
    /// Hand this back as `from` for the records that follow.
    pub next: Option<u64>,
}

/// Batches that were held back, the newest first.
#[utoipa::path(
    get, path = "/datasets/{name}/held", tag = "datasets", operation_id = "held_list",
    params(("name" = String, Path, description = "dataset"), HeldQuery),
    responses((status = 200, body = Envelope<Page<HeldView>>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiQuery(query): ApiQuery<HeldQuery>,
) -> Result<Reply<Page<HeldView>>, Failure> {
    let page = PageQuery::parse(query.limit, query.cursor.as_deref())?;
    Ok(Reply::ok(module.list_held(&who, &name, query.state, page).await?.map(Into::into)))
}

/// Which records of the batch.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HeldRecordsQuery {
    /// Place of the first record; 0 unless given.
    #[garde(range(max = 1_000_000))]
    #[serde(default)]
    from: u64,
    /// Records, 1 to 200; 50 unless given.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, example = 50)]
    limit: Option<u32>,
}

/// A held batch: why, and what is in it. Records of one that was decided on are gone.
#[utoipa::path(
    get, path = "/datasets/{name}/held/{batch_id}", tag = "datasets", operation_id = "held_show",
    params(
        ("name" = String, Path, description = "dataset"), ("batch_id" = String, Path, description = "batch", format = Uuid),
        HeldRecordsQuery,
    ),
    responses((status = 200, body = Envelope<HeldBatchView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(
    module: Module,
    who: Principal,
    ApiPath((name, id)): ApiPath<(String, Uuid)>,
    ApiQuery(query): ApiQuery<HeldRecordsQuery>,
) -> Result<Reply<HeldBatchView>, Failure> {
    let limit = limit_of(query.limit)?;
    let found = module.show_held(&who, &name, id, query.from, limit).await?;
    let (batch, records, next) = (found.held.into(), found.records, found.next);
    Ok(Reply::ok(HeldBatchView { batch, records, next }))
}

/// Publishes the batch whatever the contract says.
#[utoipa::path(
    post, path = "/datasets/{name}/held/{batch_id}/release", tag = "datasets", operation_id = "held_release",
    params(("name" = String, Path, description = "dataset"), ("batch_id" = String, Path, description = "batch", format = Uuid)),
    responses(
        (status = 200, body = Envelope<Written>), (status = 404, body = ErrorEnvelope),
        (status = 409, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn release(
    module: Module,
    who: Principal,
    ApiPath((name, id)): ApiPath<(String, Uuid)>,
) -> Result<Reply<Written>, Failure> {
    Ok(Reply::ok(module.release(&who, &name, id).await?))
}

/// Lets go of the batch and its records.
#[utoipa::path(
    post, path = "/datasets/{name}/held/{batch_id}/discard", tag = "datasets", operation_id = "held_discard",
    params(("name" = String, Path, description = "dataset"), ("batch_id" = String, Path, description = "batch", format = Uuid)),
    responses(
        (status = 200, body = Envelope<HeldView>), (status = 404, body = ErrorEnvelope),
        (status = 409, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn discard(
    module: Module,
    who: Principal,
    ApiPath((name, id)): ApiPath<(String, Uuid)>,
) -> Result<Reply<HeldView>, Failure> {
    Ok(Reply::ok(module.discard(&who, &name, id).await?.into()))
}
