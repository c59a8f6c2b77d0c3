//! Has messages sent: those of rules, and one that says it is a test.

use serde_json::{Value, json};
use shared_kernel::{
    application::Principal,
    domain::{Id, Owner, Permission},
};
use uuid::Uuid;

use crate::{
    application::{AutomationError, AutomationService, Refusal, StoreError},
    domain::{Automation, Delivery, DeliveryState, Endpoint, body_of},
};

/// Most deliveries of one endpoint that wait.
pub const MOST_WAITING: u32 = 1000;
/// Largest message, bytes.
const LARGEST: usize = 256 * 1024;
/// `type` of a message that somebody tries an endpoint with.
const TEST: &str = "webhook.test";

/// What a rule says to an endpoint.
#[derive(Debug)]
pub(in crate::application) struct Said<'a> {
    /// Of the delivery, the same for every attempt of the rule.
    pub id: Uuid,
    pub owner: Owner,
    pub automation: Id<Automation>,
    pub endpoint: Uuid,
    /// `kind`, `at` and `payload`.
    pub event: &'a Value,
    /// The payload unless given.
    pub data: &'a Value,
}

impl AutomationService {
    /// Sends a message that says it is a test.
    pub async fn test_endpoint(
        &self,
        who: &Principal,
        id: Id<Endpoint>,
    ) -> Result<Delivery, AutomationError> {
        who.require(Permission::AutomationWrite)?;
        let endpoint = self.owned_endpoint(who.owner(), id).await?;
        if !endpoint.enabled {
            return Err(AutomationError::EndpointDisabled);
        }
        let now = json!(self.ports.ambient.now());
        let body = body_of(TEST, &now, &json!({ "message": "This is a test" }));
        let delivery = self.waiting(self.ports.ambient.uuid(), &endpoint, TEST, body);
        if self.ports.webhooks.put(&delivery, MOST_WAITING).await? {
            Ok(delivery)
        } else {
            Err(AutomationError::TooManyWaiting)
        }
    }

    /// Notes a message of a rule for delivery, once.
    pub(in crate::application) async fn say(&self, said: Said<'_>) -> Result<Value, Refusal> {
        let passing = |error: StoreError| Refusal::Passing(Box::new(error));
        let lasting = |message: String| Err(Refusal::Lasting(message));
        let found = self.ports.webhooks.find(said.owner, said.endpoint.into()).await;
        let Some(endpoint) = found.map_err(passing)? else {
            return lasting("there is no such webhook endpoint".to_owned());
        };
        if !endpoint.enabled {
            return lasting("the webhook endpoint is disabled".to_owned());
        }
        let kind = said.event["kind"].as_str().unwrap_or_default();
        let data = if said.data.is_null() { &said.event["payload"] } else { said.data };
        let body = body_of(kind, &said.event["at"], data);
        if body.len() > LARGEST {
            return lasting(format!("the message is larger than {} KiB", LARGEST / 1024));
        }
        let delivery = self.waiting(said.id, &endpoint, kind, body);
        let delivery = Delivery { automation: Some(said.automation), ..delivery };
        let put = self.ports.webhooks.put(&delivery, MOST_WAITING).await;
        if put.map_err(passing)? {
            Ok(json!({ "delivery_id": delivery.id, "endpoint_id": endpoint.id }))
        } else {
            lasting(format!("{MOST_WAITING} messages wait for the endpoint already"))
        }
    }

    fn waiting(&self, id: Uuid, endpoint: &Endpoint, kind: &str, body: String) -> Delivery {
        let now = self.ports.ambient.now();
        Delivery {
            id: id.into(),
            endpoint: endpoint.id,
            owner: endpoint.owner,
            automation: None,
            kind: kind.to_owned(),
            body,
            state: DeliveryState::Pending,
            attempts: 0,
            tries: 0,
            due_at: now,
            status: None,
            error: None,
            created_at: now,
            ended_at: None,
        }
    }
}
