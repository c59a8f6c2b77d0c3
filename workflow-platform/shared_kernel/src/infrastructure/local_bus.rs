//! The bus within one process.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use futures::StreamExt as _;
use parking_lot::Mutex;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

use crate::application::{Bus, BusError, BusMessage, BusStream, Subscription};

/// Messages kept for a listener that lags; older ones are dropped for it.
const KEPT: usize = 4096;
/// The same for the listeners of one topic.
const KEPT_OF_TOPIC: usize = 64;

/// Hands messages to listeners of this process. Who listens to one topic costs the others nothing.
#[derive(Debug, Clone)]
pub struct LocalBus {
    /// For those who listen to a prefix.
    all: broadcast::Sender<BusMessage>,
    topics: Arc<Mutex<HashMap<Arc<str>, broadcast::Sender<BusMessage>>>>,
}

impl Default for LocalBus {
    fn default() -> Self {
        let (all, _) = broadcast::channel(KEPT);
        Self { all, topics: Arc::default() }
    }
}

impl LocalBus {
    pub(super) fn deliver(&self, topic: &str, payload: &str) {
        let message = BusMessage { topic: Arc::from(topic), payload: Arc::from(payload) };
        let mut topics = self.topics.lock();
        if let Some(listeners) = topics.get(topic)
            && listeners.send(message.clone()).is_err()
        {
            topics.remove(topic);
        }
        drop(topics);
        // An error only says that nobody listens.
        let _ = self.all.send(message);
    }

    pub(super) fn listen(&self, what: Subscription) -> BusStream {
        let heard = match &what {
            Subscription::Topic(topic) => self.topic(topic),
            Subscription::Prefix(_) => self.all.subscribe(),
        };
        BroadcastStream::new(heard)
            .filter_map(|message| async { message.ok() })
            .filter(move |message| futures::future::ready(what.matches(&message.topic)))
            .boxed()
    }

    /// Topics that nobody listens to any more are swept out along the way.
    fn topic(&self, topic: &str) -> broadcast::Receiver<BusMessage> {
        let mut topics = self.topics.lock();
        if topics.len() == topics.capacity() {
            topics.retain(|_, listeners| listeners.receiver_count() > 0);
        }
        let listeners =
            topics.entry(Arc::from(topic)).or_insert_with(|| broadcast::channel(KEPT_OF_TOPIC).0);
        listeners.subscribe()
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

    fn connection(&self) -> Option<u64> {
        Some(0)
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

    #[tokio::test]
    async fn a_topic_goes_with_its_last_listener() {
        let bus = LocalBus::default();
        for number in 0..100 {
            let topic = format!("execution.{number}");
            let mut heard = bus.subscribe(Subscription::Topic(topic.clone())).await.unwrap();
            bus.publish("execution.other", "no").await.unwrap();
            bus.publish(&topic, "yes").await.unwrap();
            assert_eq!(&*heard.next().await.unwrap().payload, "yes");
        }
        assert!(bus.topics.lock().len() < 20, "{} topics are kept", bus.topics.lock().len());
    }
}
