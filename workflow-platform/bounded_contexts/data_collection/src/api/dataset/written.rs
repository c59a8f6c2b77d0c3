//! `/collection/writes`.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiQuery, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
    domain::{Execution, Id, Timestamp},
};

use super::Module;
use crate::application::dataset::WritesRow;

/// Whose writes.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WritesQuery {
    /// The execution that wrote.
    #[garde(skip)]
    #[param(value_type = uuid::Uuid)]
    execution_id: Id<Execution>,
}

/// All that one execution wrote into a dataset.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = DatasetWrites)]
pub struct WritesView {
    /// Name of the dataset.
    #[schema(example = "books")]
    pub dataset: String,
    /// How many versions it made.
    pub versions: u64,
    /// The first of them.
    pub first_version: u64,
    /// The last of them.
    pub last_version: u64,
    pub added: u64,
    pub changed: u64,
    pub removed: u64,
    /// When it wrote last.
    pub at: Timestamp,
}

impl From<WritesRow> for WritesView {
    fn from(row: WritesRow) -> Self {
        let WritesRow { dataset, versions, first, last, added, changed, removed, at } = row;
        let (first_version, last_version) = (first, last);
        Self { dataset, versions, first_version, last_version, added, changed, removed, at }
    }
}

/// What an execution wrote, dataset by dataset.
///
/// Of an execution that is not yours, or that wrote nothing, the list is empty. Items of a step
/// that is spread are executions of their own.
#[utoipa::path(
    get, path = "/collection/writes", tag = "datasets", operation_id = "list_execution_writes",
    params(WritesQuery),
    responses(
        (status = 200, body = Envelope<Vec<WritesView>>),
        (status = 401, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<WritesQuery>,
) -> Result<Reply<Vec<WritesView>>, Failure> {
    let rows = module.written_by(&who, query.execution_id).await?;
    Ok(Reply::ok(rows.into_iter().map(Into::into).collect()))
}
