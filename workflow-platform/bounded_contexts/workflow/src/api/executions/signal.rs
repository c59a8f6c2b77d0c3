//! `/workflow/executions/{id}/signal`.

use axum::extract::State;
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{
    api::{ApiJson, ApiPath, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
    domain::{Execution, Id},
};

use super::Api;
use crate::{application::executions::SendSignal, domain::execution::Verdict};

/// What is told to a step that waits for a signal.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "decision": "approve", "data": { "note": "looks good" } }))]
pub struct SignalBody {
    /// May be left out when one step waits.
    #[garde(length(max = 64))]
    pub step: Option<String>,
    /// Number of the item, from 0, of a step with `for_each`.
    #[garde(skip)]
    pub item: Option<u32>,
    /// A rejection fails the step.
    #[garde(skip)]
    pub decision: Option<Verdict>,
    /// `steps.<id>.output.data`; up to 64 KiB.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Value)]
    pub data: Value,
}

/// The step that takes the signal.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SignalView {
    pub step: String,
}

/// Approves, rejects, or sends data to a step that waits for a signal, or will.
#[utoipa::path(
    post, path = "/workflow/executions/{id}/signal", tag = "workflow", request_body = SignalBody,
    operation_id = "signal_execution",
    params(("id" = uuid::Uuid, Path, description = "execution")),
    responses(
        (status = 202, body = Envelope<SignalView>),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "EXECUTION_ENDED", body = ErrorEnvelope),
        (status = 422, description = "no such step, or more than one waits", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn signal(
    State(api): Api,
    who: Principal,
    ApiPath(id): ApiPath<Id<Execution>>,
    ApiJson(body): ApiJson<SignalBody>,
) -> Result<Reply<SignalView>, Failure> {
    let SignalBody { step, item, decision, data } = body;
    let step = api.executions.signal(&who, id, SendSignal { step, item, decision, data }).await?;
    Ok(Reply::accepted(SignalView { step }))
}
