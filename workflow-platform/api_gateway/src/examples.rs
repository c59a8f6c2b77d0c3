//! Real requests and answers beside the operations of the API document.
//!
//! `scripts/record-api-examples.mjs` writes the file; a test compares it with the document.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::Value;
use utoipa::openapi::{Content, RefOr, path::Operation};

use crate::openapi::PREFIX;

/// By method and path; then `request`, or the status of the answer.
type Examples = BTreeMap<String, BTreeMap<String, Value>>;

/// A file that is no JSON is no example: the test says so.
static EXAMPLES: LazyLock<Examples> =
    LazyLock::new(|| serde_json::from_str(include_str!("examples.json")).unwrap_or_default());

/// Puts the examples of an operation into it.
pub(crate) fn add(method: &str, path: &str, operation: &mut Operation) {
    let path = path.strip_prefix(PREFIX).unwrap_or(path);
    let Some(examples) = EXAMPLES.get(&format!("{method} {path}")) else { return };
    let body = operation.request_body.as_mut();
    if let (Some(RefOr::T(body)), Some(example)) = (body, examples.get("request")) {
        put(body.content.iter_mut(), example);
    }
    for (status, response) in &mut operation.responses.responses {
        let (RefOr::T(response), Some(example)) = (response, examples.get(status)) else {
            continue;
        };
        put(response.content.iter_mut(), example);
    }
}

/// Kinds of content that no text is an example of.
const BINARY: [&str; 3] = ["parquet", "spreadsheetml", "pieces"];

/// A text stands beside what is no JSON.
fn put<'a>(contents: impl Iterator<Item = (&'a String, &'a mut RefOr<Content>)>, example: &Value) {
    for (kind, content) in contents {
        if let RefOr::T(content) = content
            && kind.contains("json") != example.is_string()
            && !BINARY.iter().any(|binary| kind.contains(binary))
        {
            content.example = Some(example.clone());
        }
    }
}
