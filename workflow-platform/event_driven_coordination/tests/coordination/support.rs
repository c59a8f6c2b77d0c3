//! A database with events in it, and handlers that note what they are told.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use event_driven_coordination::{Handlers, Relay, RelaySettings};
use parking_lot::Mutex;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use shared_kernel::{
    application::{EffectHandler, EventHandler, HandlerError, Principal, Proof, SessionProof},
    domain::{Ambient, DomainEvent, Id, Locale, Role},
    infrastructure::db::{Database, UnitOfWork},
};
use testkit::{MovableClock, TestDatabase};

pub struct World {
    pub test: TestDatabase,
    pub ambient: Ambient,
    pub clock: Arc<MovableClock>,
}

/// One world per engine at hand.
pub async fn worlds() -> Vec<World> {
    let databases = testkit::databases(&[event_driven_coordination::migrations]).await;
    databases
        .into_iter()
        .map(|test| {
            let (ambient, clock) = testkit::ambient();
            World { test, ambient, clock }
        })
        .collect()
}

impl World {
    pub fn database(&self) -> &Database {
        &self.test.database
    }

    pub fn event(&self, aggregate: &str, kind: &str, payload: Value) -> DomainEvent {
        DomainEvent {
            id: self.ambient.id(),
            kind: kind.to_owned(),
            version: 1,
            aggregate: "thing".to_owned(),
            aggregate_id: aggregate.to_owned(),
            user: None,
            payload,
            occurred_at: self.ambient.now(),
            request_id: Some("req_1".to_owned()),
        }
    }

    pub async fn record(&self, events: &[DomainEvent]) {
        let mut work = self.database().begin().await.unwrap();
        for event in events {
            work.record(event).await.unwrap();
        }
        work.commit().await.unwrap();
    }

    /// `count` numbered events of one aggregate.
    pub async fn record_numbered(&self, aggregate: &str, count: u32) {
        let event = |n| self.event(aggregate, "thing.happened", json!({ "n": n }));
        self.record(&(0..count).map(event).collect::<Vec<_>>()).await;
    }

    pub fn relay(&self, handlers: Handlers) -> Relay {
        self.relay_with(handlers, RelaySettings::default())
    }

    pub fn relay_with(&self, handlers: Handlers, settings: RelaySettings) -> Relay {
        Relay::new(self.database().clone(), self.ambient.clone(), handlers, settings)
    }

    pub async fn count(&self, condition: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) AS n FROM {condition}");
        let statement = self.database().statement(sql, []);
        let row = self.database().read().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not today")]
pub struct NotToday;

/// Notes `aggregate:n` of each event in the order it was handled.
#[derive(Default)]
pub struct Notes {
    pub seen: Mutex<Vec<String>>,
    pub calls: AtomicU32,
    /// Calls that fail before one succeeds, for the events whose note is in `failing`.
    pub failures: AtomicU32,
    pub failing: Mutex<Option<String>>,
    pub pause: Option<Duration>,
}

impl Notes {
    async fn note(&self, event: &DomainEvent) -> Result<(), HandlerError> {
        let note = format!("{}:{}", event.aggregate_id, event.payload["n"]);
        if let Some(pause) = self.pause {
            tokio::time::sleep(pause).await;
        }
        let fails = self.failing.lock().as_ref() == Some(&note);
        let left = |left: u32| left.checked_sub(1);
        if fails && self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_ok() {
            return Err(HandlerError::new(NotToday));
        }
        self.seen.lock().push(note);
        Ok(())
    }

    pub fn fail(&self, note: &str, times: u32) {
        *self.failing.lock() = Some(note.to_owned());
        self.failures.store(times, Ordering::SeqCst);
    }
}

/// A handler outside the database.
pub struct Effect(pub Arc<Notes>);

#[async_trait]
impl EffectHandler for Effect {
    fn name(&self) -> &'static str {
        "test.effect"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "thing.happened"
    }

    async fn concerned(&self, events: &[DomainEvent]) -> Result<Vec<bool>, HandlerError> {
        Ok(events.iter().map(|event| event.aggregate_id != "nobody's").collect())
    }

    async fn perform(&self, event: &DomainEvent) -> Result<(), HandlerError> {
        self.0.note(event).await
    }
}

/// A handler that records another event, and may then fail.
pub struct Echo(pub Arc<Notes>);

#[async_trait]
impl EventHandler for Echo {
    fn name(&self) -> &'static str {
        "test.echo"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "thing.happened"
    }

    async fn handle(&self, event: &DomainEvent, work: &mut UnitOfWork) -> Result<(), HandlerError> {
        // A new id each time: nothing but the inbox keeps a second echo away.
        let calls = u128::from(self.0.calls.fetch_add(1, Ordering::SeqCst)) + 1;
        let echo = DomainEvent {
            id: Id::from(uuid::Uuid::from_u128(event.id.uuid().as_u128() ^ calls)),
            kind: "thing.echoed".to_owned(),
            ..event.clone()
        };
        work.record(&echo).await.map_err(HandlerError::new)?;
        self.0.note(event).await
    }
}

/// Somebody of the rank, signed in.
pub fn principal(world: &World, role: Role) -> Principal {
    let session = SessionProof {
        id: world.ambient.uuid(),
        token: world.ambient.uuid(),
        expires_at: i64::MAX,
    };
    let (user, locale) = (world.ambient.id(), Locale::En);
    Principal { user, role, locale, proof: Proof::Session(session) }
}

pub fn effect(notes: &Arc<Notes>) -> Handlers {
    Handlers::new([], [Arc::new(Effect(Arc::clone(notes))) as Arc<dyn EffectHandler>])
}

pub fn echo(notes: &Arc<Notes>) -> Handlers {
    Handlers::new([Arc::new(Echo(Arc::clone(notes))) as Arc<dyn EventHandler>], [])
}

/// A handler that writes and then goes wrong in the worst ways.
#[derive(Debug, Clone, Copy)]
pub enum Trouble {
    Panics,
    Hangs,
}

impl Trouble {
    /// What stands in the event's error.
    pub fn error(self) -> &'static str {
        match self {
            Self::Panics => "panicked",
            Self::Hangs => "too long",
        }
    }
}

#[async_trait]
impl EventHandler for Trouble {
    fn name(&self) -> &'static str {
        "test.trouble"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "thing.troubled"
    }

    async fn handle(&self, _: &DomainEvent, _: &mut UnitOfWork) -> Result<(), HandlerError> {
        match self {
            Self::Panics => panic!("on purpose"),
            Self::Hangs => std::future::pending().await,
        }
    }
}
