//! What comes and goes about webhooks.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::domain::{Id, Timestamp};
use uuid::Uuid;

use crate::{
    application::EndpointDraft,
    domain::{Attempt, Delivery, DeliveryState, DisabledReason, Endpoint},
};

/// Where messages are to go.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "url": "https://hooks.example.com/workflows", "description": "Our chat" }))]
pub struct EndpointBody {
    /// `https://` or `http://`, without user name and password.
    #[garde(length(min = 1, max = 2000), custom(no_zero))]
    pub url: String,
    /// Up to 500 characters.
    #[garde(length(chars, max = 500), custom(no_zero))]
    #[serde(default)]
    pub description: String,
    /// Whether anything is sent there.
    #[garde(skip)]
    #[serde(default = "yes")]
    pub enabled: bool,
}

/// PostgreSQL keeps no text with a zero character.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that garde calls")]
fn no_zero(text: &str, (): &()) -> garde::Result {
    if text.contains('\0') {
        return Err(garde::Error::new("must not contain zero characters"));
    }
    Ok(())
}

const fn yes() -> bool {
    true
}

impl From<EndpointBody> for EndpointDraft {
    fn from(EndpointBody { url, description, enabled }: EndpointBody) -> Self {
        Self { url, description, enabled }
    }
}

/// Where messages go. Its secret is not shown.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = WebhookEndpointView)]
pub struct EndpointView {
    pub id: Uuid,
    pub url: String,
    pub description: String,
    pub enabled: bool,
    /// Why the platform disabled it.
    pub disabled_reason: Option<DisabledReason>,
    /// Since when every attempt has failed.
    pub failing_since: Option<Timestamp>,
    /// Until when the secret before this one signs too.
    pub old_secret_until: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl From<Endpoint> for EndpointView {
    fn from(endpoint: Endpoint) -> Self {
        Self {
            id: endpoint.id.uuid(),
            url: endpoint.url,
            description: endpoint.description,
            enabled: endpoint.enabled,
            disabled_reason: endpoint.disabled_reason,
            failing_since: endpoint.failing_since,
            old_secret_until: endpoint.old_secret_until,
            created_at: endpoint.created_at,
            updated_at: endpoint.updated_at,
        }
    }
}

/// An endpoint with its secret, which is shown this once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = WebhookSecretView)]
pub struct EndpointSecretView {
    pub endpoint: EndpointView,
    /// As Standard Webhooks writes it: `whsec_` and base64.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: String,
}

impl From<(Endpoint, String)> for EndpointSecretView {
    fn from((endpoint, secret): (Endpoint, String)) -> Self {
        Self { endpoint: endpoint.into(), secret }
    }
}

/// One message and what became of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = WebhookDeliveryView)]
pub struct DeliveryView {
    pub id: Uuid,
    /// The message's `webhook-id`, the same for every attempt.
    #[schema(example = "msg_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b")]
    pub message_id: String,
    /// The automation that sends it; null of a test.
    pub automation_id: Option<Uuid>,
    /// `type` of the message: the kind of the event.
    #[schema(example = "execution.finished")]
    pub kind: String,
    pub state: DeliveryState,
    pub attempts: u32,
    /// When it is tried next.
    pub due_at: Option<Timestamp>,
    /// HTTP status of the last answer.
    pub status: Option<u16>,
    /// Why the last attempt failed.
    pub error: Option<String>,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        let waits = delivery.state == DeliveryState::Pending;
        Self {
            id: delivery.id.uuid(),
            message_id: delivery.message_id(),
            automation_id: delivery.automation.map(Id::uuid),
            kind: delivery.kind,
            state: delivery.state,
            attempts: delivery.attempts,
            due_at: waits.then_some(delivery.due_at),
            status: delivery.status,
            error: delivery.error,
            created_at: delivery.created_at,
            ended_at: delivery.ended_at,
        }
    }
}

/// One attempt of a delivery.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = WebhookAttemptView)]
pub struct AttemptView {
    /// From 1.
    pub number: u32,
    pub at: Timestamp,
    pub elapsed_ms: u64,
    /// HTTP status; null when nobody answered.
    pub status: Option<u16>,
    /// Why it failed.
    pub error: Option<String>,
    /// The beginning of the answer, 4 KiB.
    pub answer: Option<String>,
}

impl From<Attempt> for AttemptView {
    fn from(attempt: Attempt) -> Self {
        Self {
            number: attempt.number,
            at: attempt.at,
            elapsed_ms: u64::try_from(attempt.elapsed.as_millis()).unwrap_or(u64::MAX),
            status: attempt.status,
            error: attempt.error,
            answer: attempt.answer,
        }
    }
}

/// One message with its body and its latest attempts.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = WebhookDeliveryDetailView)]
pub struct DeliveryDetailView {
    pub delivery: DeliveryView,
    /// As it is sent.
    pub body: String,
    /// The latest 100, the newest first.
    pub attempts: Vec<AttemptView>,
}

impl From<(Delivery, Vec<Attempt>)> for DeliveryDetailView {
    fn from((delivery, attempts): (Delivery, Vec<Attempt>)) -> Self {
        Self {
            body: delivery.body.clone(),
            delivery: delivery.into(),
            attempts: attempts.into_iter().map(Into::into).collect(),
        }
    }
}
