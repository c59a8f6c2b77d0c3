//! Requests that are done once, however often they are sent.

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use super::Proof;
use crate::domain::{ErrorKind, Fault, IdempotencyKey, Owner, Text};

/// A request under a key of its caller's.
#[derive(Debug, Clone)]
pub struct KeyedRequest {
    pub owner: Owner,
    /// What the owner showed: a program's key must not read what was answered to the person.
    pub proof: KeyedProof,
    pub key: IdempotencyKey,
    /// Method and pattern of the path, for people who look at the table.
    pub route: String,
    /// The path with its ids, and the query.
    pub target: String,
    pub body: Bytes,
}

/// Any session of a person, or one API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyedProof {
    Session,
    ApiKey(Uuid),
}

impl From<Proof> for KeyedProof {
    fn from(proof: Proof) -> Self {
        match proof {
            Proof::Session(_) => Self::Session,
            Proof::ApiKey { id, .. } => Self::ApiKey(id),
        }
    }
}

/// Whoever holds it does the work of a key; of two, only the later may say what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyLease(pub Uuid);

/// An answer as it was given the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// HTTP status, below 400.
    pub status: u16,
    /// The JSON text.
    pub body: Bytes,
}

/// What became of a request whose work is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyedOutcome {
    Answered(KeptAnswer),
    /// Done, but what was answered is too large to keep, or a stream.
    Unkept,
    /// Nothing was done: the key is free again.
    Refused,
}

/// What a key stands for when a request comes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyState {
    /// Yours to do, and to settle.
    Fresh(KeyLease),
    Answered(KeptAnswer),
    Unkept,
    InProgress,
    /// It belongs to another request.
    Taken,
}

/// The table of keys. They are remembered for 24 hours; a key whose process died before it could
/// settle is free for the same request once its lease has ended.
#[async_trait]
pub trait IdempotencyKeys: Send + Sync {
    async fn claim(&self, request: &KeyedRequest) -> Result<KeyState, IdempotencyError>;

    async fn settle(
        &self,
        request: &KeyedRequest,
        lease: KeyLease,
        outcome: KeyedOutcome,
    ) -> Result<(), IdempotencyError>;
}

/// The table cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("idempotency keys cannot be kept")]
pub struct IdempotencyError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

impl Fault for IdempotencyError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Bug
    }

    fn code(&self) -> &'static str {
        "INTERNAL_ERROR"
    }

    fn text(&self) -> Text {
        Text::new("服务器内部错误", "Something went wrong on our side")
    }
}
