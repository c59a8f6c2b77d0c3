//! The bus between processes, over Redis publish/subscribe.

use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt as _;
use redis::{AsyncCommands as _, Client, RedisResult, aio::ConnectionManager};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{hearing::Hearing, local_bus::LocalBus};
use crate::application::{Bus, BusError, BusStream, Subscription};

const PREFIX: &str = "wp:bus:";
const RECONNECT_AFTER: Duration = Duration::from_millis(500);

/// One receiving connection per process hears everything and hands it on inside the process.
#[derive(Clone)]
pub struct RedisBus {
    local: LocalBus,
    hearing: Hearing,
    connection: ConnectionManager,
}

impl RedisBus {
    /// Connects and starts to listen; the listener ends with `stop`.
    pub async fn connect(
        client: &Client,
        connection: ConnectionManager,
        stop: CancellationToken,
    ) -> RedisResult<Self> {
        let bus = Self { local: LocalBus::default(), hearing: Hearing::default(), connection };
        let pubsub = subscribed(client).await?;
        bus.hearing.begins();
        tokio::spawn(stop.run_until_cancelled_owned(bus.clone().listen(client.clone(), pubsub)));
        Ok(bus)
    }

    /// Hears until the process stops; connects again whenever the connection is lost.
    async fn listen(self, client: Client, mut pubsub: redis::aio::PubSub) {
        loop {
            let mut messages = pubsub.into_on_message();
            while let Some(message) = messages.next().await {
                let Ok(payload) = message.get_payload::<String>() else { continue };
                if let Some(topic) = message.get_channel_name().strip_prefix(PREFIX) {
                    self.local.deliver(topic, &payload);
                }
            }
            drop(messages);
            self.hearing.ends();
            warn!("connection to the message bus was lost");
            pubsub = loop {
                tokio::time::sleep(RECONNECT_AFTER).await;
                match subscribed(&client).await {
                    Ok(pubsub) => break pubsub,
                    Err(error) => warn!(%error, "message bus is still away"),
                }
            };
            self.hearing.begins();
        }
    }
}

async fn subscribed(client: &Client) -> RedisResult<redis::aio::PubSub> {
    let mut pubsub = client.get_async_pubsub().await?;
    pubsub.psubscribe(format!("{PREFIX}*")).await?;
    Ok(pubsub)
}

#[async_trait]
impl Bus for RedisBus {
    async fn publish(&self, topic: &str, payload: &str) -> Result<(), BusError> {
        let mut connection = self.connection.clone();
        connection
            .publish::<_, _, ()>(format!("{PREFIX}{topic}"), payload)
            .await
            .map_err(|error| BusError(Box::new(error)))
    }

    async fn subscribe(&self, what: Subscription) -> Result<BusStream, BusError> {
        Ok(self.local.listen(what))
    }

    fn connection(&self) -> Option<u64> {
        self.hearing.connection()
    }
}
