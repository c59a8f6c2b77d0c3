//! `/datasets`.

use serde_json::Value;
use shared_kernel::{
    api::{ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::Page,
};

use super::{
    Module,
    shapes::{DatasetView, data_of},
};

/// Your datasets, newest first.
#[utoipa::path(
    get, path = "/datasets", tag = "datasets", params(PageQuery),
    responses((status = 200, body = Envelope<Page<DatasetView>>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<DatasetView>>, Failure> {
    Ok(Reply::ok(module.list(&who, query.page()?).await?.map(Into::into)))
}

/// One dataset.
#[utoipa::path(
    get, path = "/datasets/{name}", tag = "datasets", params(("name" = String, Path, description = "dataset")),
    responses((status = 200, body = Envelope<DatasetView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
) -> Result<Reply<DatasetView>, Failure> {
    Ok(Reply::ok(module.show(&who, &name).await?.into()))
}

/// Records, the newest first.
#[utoipa::path(
    get, path = "/datasets/{name}/records", tag = "datasets",
    params(("name" = String, Path, description = "dataset"), PageQuery),
    responses((status = 200, body = Envelope<Page<Object>>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn records(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<Value>>, Failure> {
    Ok(Reply::ok(module.records(&who, &name, query.page()?).await?.map(data_of)))
}

/// Removes a dataset with its records and their history.
#[utoipa::path(
    delete, path = "/datasets/{name}", tag = "datasets", params(("name" = String, Path, description = "dataset")),
    responses((status = 200, body = Envelope<Empty>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn delete(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
) -> Result<Reply<Empty>, Failure> {
    module.delete(&who, &name).await?;
    Ok(Reply::empty())
}
