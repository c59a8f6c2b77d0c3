//! Short-lived messages between parts and processes: wake-ups and live progress. Nothing that
//! must not be lost goes this way; whoever listens also looks at the database now and then.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;

/// A message on a topic.
#[derive(Debug, Clone)]
pub struct BusMessage {
    pub topic: Arc<str>,
    pub payload: Arc<str>,
}

/// Messages of one subscription, from its start on.
pub type BusStream = BoxStream<'static, BusMessage>;

/// The bus is out of reach.
#[derive(Debug, thiserror::Error)]
#[error("message bus failed")]
pub struct BusError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Which topics to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subscription {
    Topic(String),
    /// Every topic that starts with the text.
    Prefix(String),
}

impl Subscription {
    pub fn matches(&self, topic: &str) -> bool {
        match self {
            Self::Topic(name) => name == topic,
            Self::Prefix(prefix) => topic.starts_with(prefix.as_str()),
        }
    }
}

/// In process with SQLite, over Redis publish/subscribe when there is a Redis, and over LISTEN and
/// NOTIFY on PostgreSQL alone.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Never waits for listeners.
    async fn publish(&self, topic: &str, payload: &str) -> Result<(), BusError>;

    /// Hears messages published after this returned; a slow listener may miss some.
    async fn subscribe(&self, what: Subscription) -> Result<BusStream, BusError>;

    /// The connection over which other processes are heard; `None` while there is none. Between
    /// two connections messages may have been missed: who remembers what a message would have
    /// changed forgets it when the number is another.
    fn connection(&self) -> Option<u64>;
}
