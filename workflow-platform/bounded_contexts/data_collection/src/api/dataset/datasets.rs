//! `/datasets`.

use garde::Validate;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value};
use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::Page,
};

use super::{Module, shapes::DatasetView};
use crate::{
    application::dataset::DatasetEdit,
    domain::dataset::{ColumnEdit, ColumnType, Contract, Retention},
};

/// What is said of a column. What is absent stays; an empty text takes it back.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnBody {
    #[garde(skip)]
    name: String,
    /// `"null"` lets batches say it again.
    #[garde(skip)]
    #[serde(rename = "type")]
    kind: Option<ColumnType>,
    #[garde(skip)]
    required: Option<bool>,
    #[garde(skip)]
    label: Option<String>,
    #[garde(skip)]
    description: Option<String>,
    /// Makes the field one to sort by. An index is not taken back.
    #[garde(skip)]
    #[serde(default)]
    indexed: bool,
}

/// An object: its fields in a list, in their order, would do for serde.
fn object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let fields = Option::<Map<String, Value>>::deserialize(deserializer)?;
    let fields = fields.map(|fields| serde_json::from_value(Value::Object(fields)));
    fields.transpose().map_err(serde::de::Error::custom)
}

fn objects<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let items = Vec::<Map<String, Value>>::deserialize(deserializer)?;
    let items = items.into_iter().map(|fields| serde_json::from_value(Value::Object(fields)));
    items.collect::<Result<_, _>>().map_err(serde::de::Error::custom)
}

/// A new dataset.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateDataset {
    /// 1 to 100 letters, digits, `_`, `-` or `.`.
    #[garde(skip)]
    name: String,
    #[garde(skip)]
    description: Option<String>,
    /// Fields that tell records apart.
    #[garde(skip)]
    key: Option<Vec<String>>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "object")]
    retention: Option<Retention>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "object")]
    contract: Option<Contract>,
    #[garde(length(max = 200))]
    #[serde(default, deserialize_with = "objects")]
    columns: Vec<ColumnBody>,
}

/// What is to change; what is absent stays.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditDataset {
    #[garde(skip)]
    description: Option<String>,
    /// Only while there are no records.
    #[garde(skip)]
    key: Option<Vec<String>>,
    /// All of it: what is left out is no longer removed.
    #[garde(skip)]
    #[serde(default, deserialize_with = "object")]
    retention: Option<Retention>,
    /// All of it: what is left out is no longer asked for.
    #[garde(skip)]
    #[serde(default, deserialize_with = "object")]
    contract: Option<Contract>,
    #[garde(length(max = 200))]
    #[serde(default, deserialize_with = "objects")]
    columns: Vec<ColumnBody>,
}

impl From<ColumnBody> for ColumnEdit {
    fn from(body: ColumnBody) -> Self {
        let ColumnBody { name, kind, required, label, description, indexed } = body;
        Self { name, kind, required, label, description, indexed }
    }
}

impl From<EditDataset> for DatasetEdit {
    fn from(body: EditDataset) -> Self {
        let EditDataset { description, key, retention, contract, columns } = body;
        let columns = columns.into_iter().map(Into::into).collect();
        Self { description, key, retention, contract, columns }
    }
}

/// Your datasets, newest first.
#[utoipa::path(
    get, path = "/datasets", tag = "datasets", operation_id = "datasets_list", params(PageQuery),
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

/// Makes a dataset before there are records; the first batch for a name makes one too.
#[utoipa::path(
    post, path = "/datasets", tag = "datasets", operation_id = "datasets_create", request_body = CreateDataset,
    responses(
        (status = 201, body = Envelope<DatasetView>), (status = 409, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn create(
    module: Module,
    who: Principal,
    ApiJson(body): ApiJson<CreateDataset>,
) -> Result<Reply<DatasetView>, Failure> {
    let CreateDataset { name, description, key, retention, contract, columns } = body;
    let edit = EditDataset { description, key, retention, contract, columns };
    Ok(Reply::created(module.create(&who, &name, edit.into()).await?.into()))
}

/// One dataset.
#[utoipa::path(
    get, path = "/datasets/{name}", tag = "datasets", operation_id = "datasets_show", params(("name" = String, Path, description = "dataset")),
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

/// Changes what is said of a dataset and its columns.
#[utoipa::path(
    put, path = "/datasets/{name}", tag = "datasets", operation_id = "datasets_edit",
    params(("name" = String, Path, description = "dataset")), request_body = EditDataset,
    responses(
        (status = 200, body = Envelope<DatasetView>), (status = 404, body = ErrorEnvelope),
        (status = 409, body = ErrorEnvelope), (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn edit(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<EditDataset>,
) -> Result<Reply<DatasetView>, Failure> {
    Ok(Reply::ok(module.edit(&who, &name, body.into()).await?.into()))
}

/// Removes a dataset with its records and their history.
#[utoipa::path(
    delete, path = "/datasets/{name}", tag = "datasets", operation_id = "datasets_delete", params(("name" = String, Path, description = "dataset")),
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
