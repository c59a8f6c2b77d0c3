//! States of sessions in the process's own memory, forgotten when any process says so.

use std::{
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
use shared_kernel::application::{Bus, BusError, Subscription};
use uuid::Uuid;

use crate::{
    application::ports::{Heard, SessionCache, SessionState},
    domain::SessionId,
};

/// Sessions to forget, as ids with commas between them.
const TOPIC: &str = "user.sessions";
/// Ids in one message.
const AT_ONCE: usize = 100;
/// Should a message be lost, a state is believed for this long.
pub const BELIEVED: Duration = Duration::from_secs(5);
const MOST: u64 = 50_000;

/// Remembers while the bus hears the other processes.
pub struct BusSessionCache {
    bus: Arc<dyn Bus>,
    states: Cache<Uuid, (SessionState, u64)>,
    /// How often something was forgotten. Held while a state is kept, so that none slips in that
    /// was read before.
    forgotten: Mutex<u64>,
    listening: AtomicBool,
}

impl BusSessionCache {
    /// A state is believed for `life` at most.
    pub fn new(bus: Arc<dyn Bus>, life: Duration) -> Self {
        let states = Cache::builder().max_capacity(MOST).time_to_live(life).build();
        Self { bus, states, forgotten: Mutex::new(0), listening: AtomicBool::new(false) }
    }

    fn connection(&self) -> Option<u64> {
        self.bus.connection().filter(|_| self.listening.load(Ordering::SeqCst))
    }

    fn drop_states(&self, sessions: impl Iterator<Item = Uuid>) {
        let mut forgotten = self.forgotten.lock();
        *forgotten += 1;
        for session in sessions {
            self.states.invalidate(&session);
        }
    }
}

#[async_trait]
impl SessionCache for BusSessionCache {
    fn get(&self, session: SessionId) -> Option<SessionState> {
        let now = self.connection()?;
        let (state, connection) = self.states.get(&session.uuid())?;
        (connection == now).then_some(state)
    }

    fn heard(&self) -> Option<Heard> {
        let connection = self.connection()?;
        Some(Heard { connection, forgotten: *self.forgotten.lock() })
    }

    fn keep(&self, session: SessionId, state: SessionState, heard: Heard) {
        let forgotten = self.forgotten.lock();
        if *forgotten == heard.forgotten {
            self.states.insert(session.uuid(), (state, heard.connection));
        }
    }

    async fn forget(&self, sessions: &[SessionId]) -> Result<(), BusError> {
        self.drop_states(sessions.iter().map(|session| session.uuid()));
        for some in sessions.chunks(AT_ONCE) {
            let ids: Vec<_> = some.iter().map(|one| one.uuid().simple().to_string()).collect();
            self.bus.publish(TOPIC, &ids.join(",")).await?;
        }
        Ok(())
    }

    async fn listen(&self) -> Result<(), BusError> {
        let mut messages = self.bus.subscribe(Subscription::Topic(TOPIC.to_owned())).await?;
        self.listening.store(true, Ordering::SeqCst);
        while let Some(message) = messages.next().await {
            self.drop_states(message.payload.split(',').filter_map(|id| id.parse().ok()));
        }
        self.listening.store(false, Ordering::SeqCst);
        Ok(())
    }
}
