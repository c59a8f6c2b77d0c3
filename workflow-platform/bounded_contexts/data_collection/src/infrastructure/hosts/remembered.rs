//! Decisions as this process remembers them: read again when told of a change, and now and then.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::StreamExt as _;
use parking_lot::RwLock;
use shared_kernel::application::{Bus, Subscription};
use tokio::{sync::Mutex, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{
    application::hosts::{HostRuleStore, HostRules},
    domain::host::{HostName, HostRule},
};

/// Where changes are told.
const TOPIC: &str = "collection.hosts";
/// A message may be lost: after so long it is read again all the same.
const BELIEVED: Duration = Duration::from_secs(10);
/// Before the bus is listened to anew.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

type Rules = Arc<HashMap<String, Arc<HostRule>>>;

#[derive(Default)]
struct State {
    rules: Rules,
    read_at: Option<Instant>,
    /// Counts the changes that were told, so that one during a reading is not lost.
    changes: u64,
}

impl State {
    fn forget(&mut self) {
        self.changes += 1;
        self.read_at = None;
    }
}

/// The decisions of the store.
pub struct RememberedRules {
    store: Arc<dyn HostRuleStore>,
    bus: Arc<dyn Bus>,
    state: RwLock<State>,
    /// One at a time reads.
    reading: Mutex<()>,
}

impl RememberedRules {
    pub fn new(store: Arc<dyn HostRuleStore>, bus: Arc<dyn Bus>) -> Self {
        Self { store, bus, state: RwLock::default(), reading: Mutex::default() }
    }

    fn fresh(&self) -> Option<Rules> {
        let state = self.state.read();
        let fresh = state.read_at.is_some_and(|at| at.elapsed() < BELIEVED);
        fresh.then(|| Arc::clone(&state.rules))
    }

    async fn rules(&self) -> Rules {
        if let Some(rules) = self.fresh() {
            return rules;
        }
        let _reading = self.reading.lock().await;
        if let Some(rules) = self.fresh() {
            return rules;
        }
        let changes = self.state.read().changes;
        let read = self.store.all().await;
        let mut state = self.state.write();
        match read {
            Ok(rules) => {
                let by_host = rules.into_iter().map(|rule| (rule.host.clone(), Arc::new(rule)));
                state.rules = Arc::new(by_host.collect());
            }
            // What was decided before holds on while the database is away.
            Err(error) => tracing::warn!(%error, "decisions about hosts cannot be read"),
        }
        if state.changes == changes {
            state.read_at = Some(Instant::now());
        }
        Arc::clone(&state.rules)
    }

    /// Hears of changes until told to stop.
    pub async fn listen(self: Arc<Self>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = self.hear() => {}
                () = stop.cancelled() => return,
            }
            tokio::select! {
                () = tokio::time::sleep(LISTEN_AGAIN) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    async fn hear(&self) {
        let topic = Subscription::Topic(TOPIC.to_owned());
        let Ok(mut messages) = self.bus.subscribe(topic).await else { return };
        self.state.write().forget();
        while messages.next().await.is_some() {
            self.state.write().forget();
        }
    }
}

#[async_trait]
impl HostRules for RememberedRules {
    async fn of(&self, host: &str, port: u16) -> Option<Arc<HostRule>> {
        let rules = self.rules().await;
        if rules.is_empty() {
            return None;
        }
        HostName::candidates(host, port).iter().find_map(|name| rules.get(name).cloned())
    }

    async fn changed(&self) {
        self.state.write().forget();
        if let Err(error) = self.bus.publish(TOPIC, "").await {
            tracing::warn!(%error, "other processes learn of a decision within ten seconds");
        }
    }
}
