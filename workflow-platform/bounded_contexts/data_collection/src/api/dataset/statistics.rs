//! `/datasets/{name}/statistics/{field}`.

use shared_kernel::{
    api::{ApiPath, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
};

use super::Module;
use crate::application::dataset::FieldStatistics;

/// What the values of a field are like: of all records up to 200 000 when the field is indexed,
/// otherwise of the newest 20 000.
#[utoipa::path(
    get, path = "/datasets/{name}/statistics/{field}", tag = "datasets", operation_id = "field_statistics",
    params(("name" = String, Path, description = "dataset"), ("field" = String, Path, description = "column")),
    responses((status = 200, body = Envelope<FieldStatistics>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(
    module: Module,
    who: Principal,
    ApiPath((name, field)): ApiPath<(String, String)>,
) -> Result<Reply<FieldStatistics>, Failure> {
    Ok(Reply::ok(module.statistics(&who, &name, &field).await?))
}
