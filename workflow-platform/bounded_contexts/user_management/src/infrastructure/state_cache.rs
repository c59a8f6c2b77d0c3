//! States of sessions and keys in the process's own memory, forgotten when any process says so.

use std::{
    marker::PhantomData,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures::StreamExt as _;
use moka::sync::Cache;
use parking_lot::Mutex;
use shared_kernel::{
    application::{Bus, BusError, Subscription},
    domain::Id,
};
use uuid::Uuid;

use crate::application::ports::{Heard, StateCache};

/// What to forget, as ids with commas between them.
pub const SESSIONS: &str = "user.sessions";
pub const API_KEYS: &str = "user.api_keys";
pub const PEOPLE: &str = "user.people";
/// Ids in one message.
const AT_ONCE: usize = 100;
/// Should a message be lost, a state is believed for this long.
pub const BELIEVED: Duration = Duration::from_secs(5);
const MOST: u64 = 50_000;

/// Remembers while the bus hears the other processes.
pub struct BusCache<M, S> {
    bus: Arc<dyn Bus>,
    topic: &'static str,
    states: Cache<Uuid, (S, u64)>,
    /// How often something was forgotten. Held while a state is kept, so that none slips in that
    /// was read before.
    forgotten: Mutex<u64>,
    listening: AtomicBool,
    marker: PhantomData<fn() -> M>,
}

impl<M, S: Clone + Send + Sync + 'static> BusCache<M, S> {
    /// A state is believed for `life` at most.
    pub fn new(bus: Arc<dyn Bus>, topic: &'static str, life: Duration) -> Self {
        let states = Cache::builder().max_capacity(MOST).time_to_live(life).build();
        Self {
            bus,
            topic,
            states,
            forgotten: Mutex::new(0),
            listening: AtomicBool::new(false),
            marker: PhantomData,
        }
    }

    fn connection(&self) -> Option<u64> {
        self.bus.connection().filter(|_| self.listening.load(Ordering::SeqCst))
    }

    fn drop_states(&self, which: impl Iterator<Item = Uuid>) {
        let mut forgotten = self.forgotten.lock();
        *forgotten += 1;
        for one in which {
            self.states.invalidate(&one);
        }
    }
}

#[async_trait]
impl<M: 'static, S: Clone + Send + Sync + 'static> StateCache<M, S> for BusCache<M, S> {
    fn get(&self, of: Id<M>) -> Option<S> {
        let now = self.connection()?;
        let (state, connection) = self.states.get(&of.uuid())?;
        (connection == now).then_some(state)
    }

    fn heard(&self) -> Option<Heard> {
        let connection = self.connection()?;
        Some(Heard { connection, forgotten: *self.forgotten.lock() })
    }

    fn keep(&self, of: Id<M>, state: S, heard: Heard) {
        let forgotten = self.forgotten.lock();
        if *forgotten == heard.forgotten {
            self.states.insert(of.uuid(), (state, heard.connection));
        }
    }

    async fn forget(&self, which: &[Id<M>]) -> Result<(), BusError> {
        self.drop_states(which.iter().map(|one| one.uuid()));
        for some in which.chunks(AT_ONCE) {
            let ids: Vec<_> = some.iter().map(|one| one.uuid().simple().to_string()).collect();
            self.bus.publish(self.topic, &ids.join(",")).await?;
        }
        Ok(())
    }

    async fn listen(&self) -> Result<(), BusError> {
        let mut messages = self.bus.subscribe(Subscription::Topic(self.topic.to_owned())).await?;
        self.listening.store(true, Ordering::SeqCst);
        while let Some(message) = messages.next().await {
            self.drop_states(message.payload.split(',').filter_map(|id| id.parse().ok()));
        }
        self.listening.store(false, Ordering::SeqCst);
        Ok(())
    }
}
