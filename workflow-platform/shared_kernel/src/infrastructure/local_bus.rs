//! The bus within one process.

use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt as _;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

use crate::application::{Bus, BusError, BusMessage, BusStream, Subscription};

/// Messages kept for a listener that lags; older ones are dropped for it.
const KEPT: usize = 4096;

/// Hands messages to listeners of this process.
#[derive(Debug, Clone)]
pub struct LocalBus {
    sender: broadcast::Sender<BusMessage>,
}

impl Default for LocalBus {
    fn default() -> Self {
        let (sender, _) = broadcast::channel(KEPT);
        Self { sender }
    }
}

impl LocalBus {
    pub(super) fn deliver(&self, topic: &str, payload: &str) {
        let message = BusMessage { topic: Arc::from(topic), payload: Arc::from(payload) };
        // An error only says that nobody listens.
        let _ = self.sender.send(message);
    }

    pub(super) fn listen(&self, what: Subscription) -> BusStream {
        BroadcastStream::new(self.sender.subscribe())
            .filter_map(|message| async { message.ok() })
            .filter(move |message| futures::future::ready(what.matches(&message.topic)))
            .boxed()
    }
}

#[async_trait]
impl Bus for LocalBus {
    async fn publish(&self, topic: &str, payload: &str) -> Result<(), BusError> {
        self.deliver(topic, payload);
        Ok(())
    }

    async fn subscribe(&self, what: Subscription) -> Result<BusStream, BusError> {
        Ok(self.listen(what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_listener_hears_its_topics_only() {
        let bus = LocalBus::default();
        let mut heard = bus.subscribe(Subscription::Prefix("execution.".into())).await.unwrap();
        bus.publish("other", "no").await.unwrap();
        bus.publish("execution.1", "yes").await.unwrap();
        assert_eq!(&*heard.next().await.unwrap().payload, "yes");
    }
}
