//! Strict extractors: what does not fit is refused with its place and the reason.

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request, rejection::BytesRejection},
    http::{StatusCode, header::CONTENT_TYPE, request::Parts},
};
use garde::Validate;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Failure, strict_json};
use crate::domain::{ErrorKind, Fault, Text};

/// Messages by field path.
pub type FieldErrors = BTreeMap<String, Vec<String>>;

/// Why a request cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BadRequest {
    #[error("body is not JSON: {message} at line {line} column {column}")]
    Json { message: String, line: usize, column: usize },
    #[error("content type is not application/json")]
    ContentType,
    #[error("body is too large")]
    TooLarge,
    #[error("body could not be read")]
    Unreadable,
    #[error("request does not fit: {0:?}")]
    Fields(FieldErrors),
    /// A path segment that is no id names nothing.
    #[error("path names nothing")]
    Path,
}

impl BadRequest {
    /// One field at fault.
    pub fn field(path: impl Into<String>, message: impl Into<String>) -> Self {
        let path = match path.into() {
            path if path.is_empty() || path == "." => "body".to_owned(),
            path => path,
        };
        Self::Fields(BTreeMap::from([(path, vec![message.into()])]))
    }

    /// Refuses a text to look for that has control characters: nothing is called so, and databases
    /// differ in what they make of a zero character.
    pub fn unless_plain(field: &str, text: Option<&str>) -> Result<(), Self> {
        if text.is_some_and(|text| text.chars().any(char::is_control)) {
            return Err(Self::field(field, "must not have control characters"));
        }
        Ok(())
    }
}

impl Fault for BadRequest {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Json { .. } | Self::Unreadable => ErrorKind::Malformed,
            Self::ContentType => ErrorKind::UnsupportedMediaType,
            Self::TooLarge => ErrorKind::TooLarge,
            Self::Fields(_) => ErrorKind::Invalid,
            Self::Path => ErrorKind::NotFound,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Json { .. } => "MALFORMED_JSON",
            Self::Unreadable => "MALFORMED_BODY",
            Self::ContentType => "UNSUPPORTED_MEDIA_TYPE",
            Self::TooLarge => "PAYLOAD_TOO_LARGE",
            Self::Fields(_) => "VALIDATION_ERROR",
            Self::Path => "NOT_FOUND",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Json { .. } => Text::new("请求体不是有效的 JSON", "The body is not valid JSON"),
            Self::Unreadable => Text::new("请求体无法读取", "The body could not be read"),
            Self::ContentType => {
                Text::new("请使用 application/json", "Send the body as application/json")
            }
            Self::TooLarge => Text::new("请求体过大", "The body is too large"),
            Self::Fields(_) => Text::new("请求参数有误", "Some fields are not right"),
            Self::Path => Text::new("资源不存在", "There is nothing here"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Json { message, line, column } => {
                json!({ "reason": message, "line": line, "column": column })
            }
            Self::Fields(fields) => json!(fields),
            _ => json!({}),
        }
    }
}

/// Types whose fields are checked beyond their shape; implemented by garde's `Validate`.
pub trait Checked {
    fn check(&self) -> Result<(), BadRequest>;
}

impl<T: Validate<Context = ()>> Checked for T {
    fn check(&self) -> Result<(), BadRequest> {
        let Err(report) = self.validate() else { return Ok(()) };
        let mut fields = FieldErrors::new();
        for (path, error) in report.iter() {
            fields.entry(path.to_string()).or_default().push(error.message().to_owned());
        }
        Err(BadRequest::Fields(fields))
    }
}

/// The whole body, as far as the gateway allows.
pub async fn read_body(request: Request) -> Result<Bytes, BadRequest> {
    Bytes::from_request(request, &()).await.map_err(|rejection| unread(&rejection))
}

/// A JSON body, at most 64 levels deep and without a key twice in one object. Types should
/// `deny_unknown_fields`.
#[derive(Debug)]
pub struct ApiJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Checked> FromRequest<S> for ApiJson<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        if !is_json(&request) {
            return Err(BadRequest::ContentType.into());
        }
        let value = parse_json(&read_body(request).await?)?;
        Checked::check(&value)?;
        Ok(Self(value))
    }
}

fn is_json(request: &Request) -> bool {
    let Some(value) = request.headers().get(CONTENT_TYPE) else { return false };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn unread(rejection: &BytesRejection) -> BadRequest {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        BadRequest::TooLarge
    } else {
        BadRequest::Unreadable
    }
}

fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, BadRequest> {
    strict_json::examine(body).map_err(|error| syntax(&error))?;
    // A derived struct would take its fields from a list, by their order.
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(BadRequest::field("body", "must be an object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        BadRequest::field(path, without_place(&error.into_inner()))
    })
}

fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rfind(" at line ").map_or(text.clone(), |end| text[..end].to_owned())
}

fn syntax(error: &serde_json::Error) -> BadRequest {
    BadRequest::Json { message: without_place(error), line: error.line(), column: error.column() }
}

/// The query string. Types should `deny_unknown_fields`, so that a misspelt filter is an error.
#[derive(Debug)]
pub struct ApiQuery<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Checked> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let value: T = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs))
            .map_err(|error| {
                let path = error.path().to_string();
                let path = if path == "." { "query".to_owned() } else { path };
                BadRequest::field(path, error.into_inner().to_string())
            })?;
        Checked::check(&value)?;
        Ok(Self(value))
    }
}

/// The parameters of the path; a malformed one is 404, since it names nothing.
#[derive(Debug)]
pub struct ApiPath<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for ApiPath<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(BadRequest::Path.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[serde(rename = "items")]
        _items: Vec<u8>,
    }

    fn fault(body: &str) -> BadRequest {
        parse_json::<Order>(body.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_wrong_type_is_named_by_its_path() {
        let BadRequest::Fields(fields) = fault(r#"{"items":[1,"x"]}"#) else { panic!("shape") };
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["items[1]"]);
    }

    #[test]
    fn a_list_is_no_object() {
        for body in ["[[1]]", " null", "\"items\"", "1"] {
            let BadRequest::Fields(fields) = fault(body) else { panic!("shape") };
            assert_eq!(fields["body"], ["must be an object"], "{body}");
        }
    }

    #[test]
    fn broken_json_is_named_by_line_and_column() {
        let BadRequest::Json { line, column, .. } = fault("{\n\"items\": [1,]}") else {
            panic!("shape")
        };
        assert_eq!((line, column), (2, 13));
    }

    #[test]
    fn what_follows_the_document_is_an_error() {
        assert!(matches!(fault(r#"{"items":[]} x"#), BadRequest::Json { .. }));
    }

    #[test]
    fn depth_is_bounded_and_keys_stand_once() {
        let deep = format!(r#"{{"items":{}{}}}"#, "[".repeat(64), "]".repeat(64));
        let BadRequest::Json { message, .. } = fault(&deep) else { panic!("shape") };
        assert_eq!(message, "nested deeper than 64 levels");
        let BadRequest::Json { message, .. } = fault(r#"{"items":[],"items":[1]}"#) else {
            panic!("shape")
        };
        assert_eq!(message, r#"key "items" stands twice"#);
    }
}
