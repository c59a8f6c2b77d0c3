//! `/workflow/hooks/{token}`: addresses that start workflows.

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::HeaderMap,
};
use serde::Serialize;
use serde_json::Value;
use shared_kernel::{
    api::{ApiPath, Envelope, ErrorEnvelope, Failure, Reply, RequestContext},
    domain::{Execution, Id},
};

use super::Api;
use crate::{
    application::triggers::{Call, Called},
    domain::execution::{ExecutionError, Status},
};

/// What a call led to.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HookReply {
    #[schema(value_type = uuid::Uuid)]
    pub execution_id: Id<Execution>,
    pub status: Status,
    /// Of an execution that has ended.
    #[schema(value_type = Option<Object>)]
    pub outputs: Option<Value>,
    pub error: Option<ExecutionError>,
}

/// Starts the workflow that has this webhook. Nobody signs in: the address is the key, and a
/// webhook with `signed` wants a signature as in Standard Webhooks as well.
///
/// `trigger` in expressions has `body`, `headers` and `query`. With `reply: finished` the call
/// waits up to a minute for the outputs, then answers 202. A repeated `webhook-id` starts nothing.
#[utoipa::path(
    post, path = "/workflow/hooks/{token}", tag = "workflow",
    operation_id = "call_webhook",
    params(
        ("token" = String, Path, description = "of the webhook"),
        ("webhook-id" = Option<String>, Header, description = "the sender's id of the call"),
        ("webhook-timestamp" = Option<i64>, Header, description = "seconds since 1970, of a signed call"),
        ("webhook-signature" = Option<String>, Header, description = "`v1,…`, of a signed call"),
    ),
    request_body(content = Object, description = "any JSON, or text", example = json!({ "book_id": "1" })),
    responses(
        (status = 200, description = "it has ended", body = Envelope<HookReply>),
        (status = 202, description = "it was started", body = Envelope<HookReply>),
        (status = 401, description = "BAD_SIGNATURE", body = ErrorEnvelope),
        (status = 402, description = "QUOTA_EXCEEDED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "TRIGGER_PAUSED", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    extensions(("x-any-query" = json!(true))),
)]
pub async fn call(
    State(api): Api,
    ApiPath(token): ApiPath<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Reply<HookReply>, Failure> {
    let query = query.unwrap_or_default();
    let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let request_id = Some(RequestContext::current().request_id.to_string());
    let called = api.triggers.call(Call { token, headers, query, body, request_id }).await?;
    Ok(reply(called))
}

fn reply(Called { execution, ended }: Called) -> Reply<HookReply> {
    let Some(ended) = ended else {
        let status = Status::Pending;
        return Reply::accepted(HookReply {
            execution_id: execution,
            status,
            outputs: None,
            error: None,
        });
    };
    Reply::ok(HookReply {
        execution_id: execution,
        status: ended.status,
        outputs: Some(ended.outputs),
        error: ended.error,
    })
}
