//! The shape every answer has.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::RequestContext;
use crate::domain::{Text, Timestamp};

/// A success.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Envelope<T> {
    #[schema(example = true)]
    pub success: bool,
    pub data: T,
    #[schema(example = "操作成功")]
    pub message: String,
    #[schema(example = "req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b")]
    pub request_id: String,
    pub timestamp: Timestamp,
}

/// An error.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ErrorEnvelope {
    #[schema(example = false)]
    pub success: bool,
    /// Stable code, such as `VALIDATION_ERROR`.
    pub error: String,
    pub message: String,
    #[schema(value_type = Object)]
    pub details: Value,
    pub request_id: String,
    pub timestamp: Timestamp,
}

/// `data` of a success that has nothing to say: `null`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Empty;

/// A success to be put into the envelope.
#[derive(Debug)]
pub struct Reply<T> {
    status: StatusCode,
    data: T,
    message: Text,
}

impl<T> Reply<T> {
    /// 200.
    pub fn ok(data: T) -> Self {
        Self { status: StatusCode::OK, data, message: Text::new("操作成功", "Done") }
    }

    /// 201.
    pub fn created(data: T) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(data) }
    }

    /// 202: taken on, to be done.
    pub fn accepted(data: T) -> Self {
        Self { status: StatusCode::ACCEPTED, ..Self::ok(data) }
    }

    #[must_use]
    pub fn saying(mut self, zh: &'static str, en: &'static str) -> Self {
        self.message = Text::new(zh, en);
        self
    }
}

impl Reply<Empty> {
    /// 200 with `data: null`.
    pub fn empty() -> Self {
        Self::ok(Empty)
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let request = RequestContext::current();
        let envelope = Envelope {
            success: true,
            data: self.data,
            message: self.message.of(request.locale).to_owned(),
            request_id: request.request_id.to_string(),
            timestamp: request.received_at,
        };
        (self.status, Json(envelope)).into_response()
    }
}
