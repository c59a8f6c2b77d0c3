//! Exports as streams: memory stays the same however many records there are.

mod csv;
mod encode;
mod jsonl;
mod parquet;
mod progress;
mod xlsx;
mod zip;

use axum::{
    body::Body,
    http::{
        HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use futures::TryStreamExt as _;
use garde::Validate;
use serde::Deserialize;
use shared_kernel::{
    api::{ApiPath, ApiQuery, BadRequest, ErrorEnvelope, Failure},
    application::Principal,
};

use self::encode::{Encoder, Field, fields_of, stream};
use super::{
    Module,
    shapes::{filter_of, names_of},
};
use crate::application::dataset::{DatasetRow, DatasetsError, Query};

/// What a dataset is written out as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RFC 4180; nested values as JSON. A text that spreadsheets would take for a formula gets an
    /// apostrophe before it.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// Excel. Texts are cut after 32 767 characters; a sheet holds 1 048 575 records, and more
    /// sheets follow.
    Xlsx,
    /// Columns with the types of the dataset's; nested and mixed values as JSON text. A value that
    /// has not its column's type is null.
    Parquet,
}

#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    #[garde(skip)]
    #[param(inline)]
    pub format: Format,
    /// As of the records.
    #[garde(length(max = 8000))]
    pub filter: Option<String>,
    /// As of the records.
    #[garde(length(max = 400))]
    pub search: Option<String>,
    /// Fields to write, separated by commas or as a JSON list; all unless given.
    #[garde(length(max = 8000))]
    pub columns: Option<String>,
    /// Labels instead of names at the head of CSV and Excel.
    #[garde(skip)]
    #[serde(default)]
    pub labels: bool,
    /// A byte order mark before CSV, which Excel needs to read it as UTF-8; yes unless given.
    #[garde(skip)]
    pub bom: Option<bool>,
    /// The file in pieces, each behind a line of JSON: `records` that are written with it, how many
    /// there are in all (`total`; null when a filter finds more than 10,000 or so, and then `about`
    /// how many), and the `bytes` of the piece.
    #[garde(skip)]
    #[serde(default)]
    pub progress: bool,
}

impl ExportQuery {
    pub fn query(&self) -> Result<Query, BadRequest> {
        Ok(Query {
            filter: filter_of(self.filter.as_deref())?,
            search: self.search.clone(),
            visible: names_of("columns", self.columns.as_deref())?,
            ..Query::default()
        })
    }
}

/// Records that fit as a file, the newest first.
#[utoipa::path(
    get, path = "/datasets/{name}/export", tag = "datasets", operation_id = "dataset_export",
    params(("name" = String, Path, description = "dataset"), ExportQuery),
    responses(
        (status = 200, description = "the file, as a stream", content(
            (String = "text/csv"), (String = "application/jsonl"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "application/vnd.apache.parquet"),
            (Vec<u8> = "application/vnd.workflow-platform.pieces"),
        )),
        (status = 404, body = ErrorEnvelope), (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn export(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiQuery(wanted): ApiQuery<ExportQuery>,
) -> Result<Response, Failure> {
    let query = wanted.query()?;
    let dataset = module.export(&who, &name, &query).await?;
    Ok(file(&module, dataset, query, &wanted).await?)
}

/// The file, written as it is taken.
pub async fn file(
    module: &Module,
    dataset: DatasetRow,
    query: Query,
    wanted: &ExportQuery,
) -> Result<Response, DatasetsError> {
    let total = if wanted.progress { Some(module.how_many(&dataset, &query).await?) } else { None };
    let fields = fields_of(&dataset.columns, query.visible.as_deref());
    let encoder = encoder(wanted, fields);
    let name = dataset.name.clone();
    let pages = module.as_ref().clone().pages(dataset, query);
    let pieces = stream(module.as_ref().clone(), encoder, pages);
    if let Some(total) = total {
        return Ok(progress::response(pieces, total));
    }
    let bytes = pieces.map_ok(|piece| piece.bytes);
    let mut response = Body::from_stream(bytes).into_response();
    label(&mut response, wanted.format, &name);
    Ok(response)
}

fn encoder(wanted: &ExportQuery, fields: Vec<Field>) -> Box<dyn Encoder> {
    match wanted.format {
        Format::Csv => Box::new(csv::Csv::new(fields, wanted.labels, wanted.bom.unwrap_or(true))),
        Format::Jsonl => Box::new(jsonl::JsonLines),
        Format::Xlsx => Box::new(xlsx::Xlsx::new(fields, wanted.labels)),
        Format::Parquet => Box::new(parquet::Parquet::new(fields)),
    }
}

fn label(response: &mut Response, format: Format, name: &str) {
    let (kind, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Jsonl => ("application/jsonl; charset=utf-8", "jsonl"),
        Format::Xlsx => {
            ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
        }
        Format::Parquet => ("application/vnd.apache.parquet", "parquet"),
    };
    // The plain name for old clients, the full one as RFC 6266 and RFC 8187 want it.
    let plain: String = name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let full: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let text =
        format!("attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{full}.{ending}");
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
}
