//! What deliveries need from elsewhere.

use std::time::Duration;

use async_trait::async_trait;
use shared_kernel::domain::{Id, Owner, Page, PageRequest, Timestamp};

use crate::{
    application::StoreError,
    domain::{Attempt, Delivery, DeliveryState, DisabledReason, Endpoint, Notification},
};

/// Sealed.
#[derive(Debug, Clone)]
pub struct WebhookSecrets {
    pub present: String,
    /// The one before, and until when it signs.
    pub old: Option<(String, Timestamp)>,
}

/// A delivery that is ours to try, for as long as its lease.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub delivery: Delivery,
    pub endpoint: Endpoint,
    pub secrets: WebhookSecrets,
}

/// Which deliveries of an endpoint.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeliveryQuery {
    pub state: Option<DeliveryState>,
    pub page: PageRequest,
}

/// What came of an attempt, or of none.
#[derive(Debug, Clone)]
pub struct Settled {
    pub delivery: Delivery,
    /// Whoever tried, unless the endpoint was disabled.
    pub attempt: Option<Attempt>,
    /// Why the endpoint is to be disabled, with the note about it for the owner.
    pub disabled: Option<(DisabledReason, Notification)>,
}

/// Endpoints and their deliveries. Somebody else's do not exist.
#[async_trait]
pub trait WebhookStore: Send + Sync {
    /// False when the owner has as many as `most` already.
    async fn insert(
        &self,
        endpoint: &Endpoint,
        sealed: &str,
        most: u32,
    ) -> Result<bool, StoreError>;
    /// Writes what its owner says of it; false when it is gone.
    async fn replace(&self, endpoint: &Endpoint) -> Result<bool, StoreError>;
    /// The present secret becomes the old one; false when the endpoint is gone.
    async fn rotate(
        &self,
        owner: Owner,
        id: Id<Endpoint>,
        sealed: &str,
        old_until: Timestamp,
    ) -> Result<bool, StoreError>;
    async fn delete(&self, owner: Owner, id: Id<Endpoint>) -> Result<bool, StoreError>;
    async fn find(&self, owner: Owner, id: Id<Endpoint>) -> Result<Option<Endpoint>, StoreError>;
    /// The newest first.
    async fn list(&self, owner: Owner, page: PageRequest) -> Result<Page<Endpoint>, StoreError>;

    /// Notes a delivery to be made, once; false when `most` of the endpoint wait already.
    async fn put(&self, delivery: &Delivery, most: u32) -> Result<bool, StoreError>;
    async fn delivery(
        &self,
        owner: Owner,
        endpoint: Id<Endpoint>,
        id: Id<Delivery>,
    ) -> Result<Option<Delivery>, StoreError>;
    /// Of one endpoint, the newest first.
    async fn deliveries(
        &self,
        owner: Owner,
        endpoint: Id<Endpoint>,
        query: DeliveryQuery,
    ) -> Result<Page<Delivery>, StoreError>;
    /// Of one delivery, the latest `most`, the newest first.
    async fn attempts(&self, id: Id<Delivery>, most: u32) -> Result<Vec<Attempt>, StoreError>;
    /// Has an ended delivery tried from the beginning; false when it has not ended.
    async fn again(&self, delivery: &Delivery, now: Timestamp) -> Result<bool, StoreError>;

    /// Takes some that are due, few of each endpoint, and counts the attempt; nobody else gets
    /// them before `until`.
    async fn claim(
        &self,
        now: Timestamp,
        until: Timestamp,
        most: u32,
    ) -> Result<Vec<Claimed>, StoreError>;
    /// Since when all attempts of the endpoint have failed.
    async fn failing_since(&self, id: Id<Endpoint>) -> Result<Option<Timestamp>, StoreError>;
    /// Writes what came of an attempt, in one transaction, unless a later one was begun.
    async fn settle(&self, settled: &Settled) -> Result<(), StoreError>;
    /// Removes some deliveries and attempts that are older; tells how many rows.
    async fn prune(&self, before: Timestamp, most: u32) -> Result<u64, StoreError>;
}

/// A message on its way.
#[derive(Debug, Clone)]
pub struct Message {
    pub owner: Owner,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub timeout: Duration,
    /// Bytes of the answer that are read.
    pub max_answer: u64,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub status: u16,
    /// How long the endpoint asks to be left alone.
    pub retry_after: Option<Duration>,
    pub answer: String,
}

/// Nobody answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MessageError(pub String);

/// Sends messages, and never to an address that users must not reach.
#[async_trait]
pub trait WebhookSender: Send + Sync {
    /// Why nothing may go to the address, as far as it alone tells.
    fn check(&self, url: &str) -> Result<(), String>;
    async fn send(&self, message: Message) -> Result<Answered, MessageError>;
}
