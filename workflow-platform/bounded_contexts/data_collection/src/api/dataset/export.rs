//! Exports as streams: memory stays the same however many records there are.

use axum::{
    body::Body,
    http::{
        HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use garde::Validate;
use serde::Deserialize;
use serde_json::Value;
use shared_kernel::{
    api::{ApiPath, ApiQuery, ErrorEnvelope, Failure},
    application::Principal,
};

use super::Module;
use crate::{application::dataset::RecordRow, domain::dataset::Columns};

/// What a dataset is written out as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RFC 4180 with a byte order mark; nested values as JSON. A text that spreadsheets would
    /// take for a formula gets an apostrophe before it (OWASP, "CSV Injection").
    Csv,
    /// One JSON object a line.
    Jsonl,
}

#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    #[garde(skip)]
    #[param(inline)]
    pub format: Format,
}

/// All records as a file, the newest first.
#[utoipa::path(
    get, path = "/datasets/{name}/export", tag = "datasets",
    params(("name" = String, Path, description = "dataset"), ExportQuery),
    responses(
        (status = 200, description = "the file, as a stream", content((String = "text/csv"), (String = "application/jsonl"))),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn export(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiQuery(query): ApiQuery<ExportQuery>,
) -> Result<Response, Failure> {
    let (dataset, pages) = module.export(&who, &name).await?;
    let columns = dataset.columns;
    let head = head(query.format, &columns);
    let body = pages.map_ok(move |rows| render(query.format, &columns, &rows));
    let body = stream::once(async { Ok(head) }).chain(body);
    let mut response = Body::from_stream(body).into_response();
    label(&mut response, query.format, &dataset.name);
    Ok(response)
}

fn label(response: &mut Response, format: Format, name: &str) {
    let (kind, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Jsonl => ("application/jsonl; charset=utf-8", "jsonl"),
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

fn head(format: Format, columns: &Columns) -> Bytes {
    match format {
        Format::Jsonl => Bytes::new(),
        Format::Csv => {
            let names = columns.0.iter().map(|column| column.name.clone());
            let mut bytes = "\u{feff}".as_bytes().to_vec();
            bytes.extend(csv_lines(std::iter::once(names.collect())));
            bytes.into()
        }
    }
}

fn render(format: Format, columns: &Columns, rows: &[RecordRow]) -> Bytes {
    match format {
        Format::Jsonl => rows
            .iter()
            .flat_map(|row| [row.data.to_string(), "\n".to_owned()])
            .collect::<String>()
            .into(),
        Format::Csv => {
            let line = |row: &RecordRow| {
                columns.0.iter().map(|column| cell(row.data.get(&column.name))).collect()
            };
            csv_lines(rows.iter().map(line)).into()
        }
    }
}

fn csv_lines(lines: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        // Writing into memory cannot fail, and all lines have the same length.
        let _ = writer.write_record(&line);
    }
    writer.into_inner().unwrap_or_default()
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
            format!("'{text}")
        }
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_formula_is_made_harmless_and_numbers_stay() {
        assert_eq!(cell(Some(&json!("=HYPERLINK(1)"))), "'=HYPERLINK(1)");
        assert_eq!(cell(Some(&json!(-5))), "-5");
        assert_eq!(cell(Some(&json!(["a"]))), "[\"a\"]");
        assert_eq!(cell(None), "");
    }

    #[test]
    fn quotes_and_line_ends_are_kept() {
        let lines = csv_lines([vec!["a\"b".to_owned(), "c\nd,e".to_owned()]].into_iter());
        assert_eq!(lines, b"\"a\"\"b\",\"c\nd,e\"\r\n");
    }
}
