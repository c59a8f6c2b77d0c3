//! `/datasets/{name}/import`.

use axum::extract::Request;
use futures::TryStreamExt as _;
use garde::Validate;
use serde::Deserialize;
use shared_kernel::{
    api::{ApiPath, ApiQuery, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
};

use super::{Module, shapes::names_of};
use crate::application::dataset::{CellTypes, FileFormat, Import, ImportReport, Mode};

/// How the file is to be taken in.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    #[garde(skip)]
    #[param(inline)]
    format: FileFormat,
    /// Fields that tell records apart, separated by commas or as a JSON list; those of the dataset
    /// unless given.
    #[garde(length(max = 2000))]
    key: Option<String>,
    #[garde(skip)]
    #[param(inline)]
    #[serde(default)]
    mode: Mode,
    /// Of a CSV file.
    #[garde(skip)]
    #[param(inline)]
    #[serde(default)]
    types: CellTypes,
    /// All of the file, up to 50 000 records, or nothing. Otherwise bad lines are left out, and a
    /// thousand records at a time become a version each.
    #[garde(skip)]
    #[serde(default)]
    atomic: bool,
}

/// Takes in a file of up to 64 MiB as it arrives; makes the dataset when it is not there. With a
/// contract all of the file is one batch.
#[utoipa::path(
    post, path = "/datasets/{name}/import", tag = "datasets", operation_id = "dataset_import",
    params(("name" = String, Path, description = "dataset"), ImportQuery),
    request_body(description = "the file", content((String = "text/csv"), (String = "application/jsonl"))),
    responses(
        (status = 200, body = Envelope<ImportReport>), (status = 402, body = ErrorEnvelope),
        (status = 409, body = ErrorEnvelope), (status = 413, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    extensions(("x-large-body" = json!(true))),
    security(("bearer" = [])),
)]
pub async fn import(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiQuery(query): ApiQuery<ImportQuery>,
    request: Request,
) -> Result<Reply<ImportReport>, Failure> {
    let ImportQuery { format, key, mode, types, atomic } = query;
    let key = names_of("key", key.as_deref())?;
    let body = request.into_body().into_data_stream().map_err(std::io::Error::other);
    let wanted = Import { format, types, mode, key, atomic };
    Ok(Reply::ok(module.import(&who, &name, wanted, body).await?))
}
