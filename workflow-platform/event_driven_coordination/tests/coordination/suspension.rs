//! What becomes of work whose owner is suspended.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use event_driven_coordination::{Accounts, Handlers, PortError, Relay, RunningWork, StopSuspended};
use parking_lot::Mutex;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use shared_kernel::{
    application::EffectHandler,
    domain::{DomainEvent, Owner},
};

use crate::{
    faults::{Faults, Process, ends_the_same_whichever_call_fails},
    support::{World, worlds},
};

const DONE: &str = "outbox WHERE delivered_at IS NOT NULL";

/// Neighbours whose calls may fail.
#[derive(Default)]
struct Neighbours {
    served: Mutex<bool>,
    running: Mutex<u64>,
    told: Mutex<Vec<Owner>>,
    faults: Arc<Faults>,
}

struct Ports(Arc<Neighbours>);

#[async_trait]
impl Accounts for Ports {
    async fn is_served(&self, _: Owner) -> Result<bool, PortError> {
        self.0.faults.call(|| *self.0.served.lock())
    }
}

#[async_trait]
impl RunningWork for Ports {
    async fn stop(&self, owner: Owner) -> Result<u64, PortError> {
        self.0.faults.call(|| {
            let asked = std::mem::take(&mut *self.0.running.lock());
            self.0.told.lock().extend((0..asked).map(|_| owner));
            asked
        })
    }
}

fn process(neighbours: &Arc<Neighbours>) -> Arc<dyn EffectHandler> {
    let ports = || Arc::new(Ports(Arc::clone(neighbours)));
    Arc::new(StopSuspended::new(ports(), ports()))
}

fn relay(world: &World, neighbours: &Arc<Neighbours>) -> Relay {
    world.relay(Handlers::new([], [process(neighbours)]))
}

impl Process for Neighbours {
    const KIND: &'static str = "user.status_changed";

    fn payload() -> Value {
        json!({ "status": "suspended" })
    }

    fn start(faults: Arc<Faults>) -> Arc<Self> {
        Arc::new(Self { running: 3.into(), faults, ..Self::default() })
    }

    fn handler(self: &Arc<Self>) -> Arc<dyn EffectHandler> {
        process(self)
    }

    fn state(&self, owner: Owner) -> Vec<String> {
        let told = self.told.lock();
        let hers = told.iter().filter(|whose| **whose == owner).count();
        vec![
            format!("{hers} of {} told are hers", told.len()),
            format!("{} run", self.running.lock()),
        ]
    }
}

async fn suspend(world: &World) -> Owner {
    let user = world.ambient.id();
    let event = world.event("u", "user.status_changed", json!({ "status": "suspended" }));
    world.record(&[DomainEvent { user: Some(user), ..event }]).await;
    Owner::new(user)
}

/// Until the event is done with, or given up.
async fn settle(world: &World, relay: &Relay) {
    for _ in 0..8 {
        relay.drain().await.unwrap();
        world.clock.advance(Duration::from_mins(10));
    }
}

#[tokio::test]
async fn work_is_stopped_once_whichever_step_fails() {
    // Twice: what was stopped makes it look once more for what was just starting.
    ends_the_same_whichever_call_fails::<Neighbours>(4).await;
    for world in worlds().await {
        let neighbours = Neighbours::start(Arc::default());
        let owner = suspend(&world).await;
        settle(&world, &relay(&world, &neighbours)).await;
        assert_eq!(*neighbours.told.lock(), [owner; 3], "{}", world.test.name);
    }
}

#[tokio::test]
async fn an_event_that_comes_twice_stops_nothing_more() {
    for world in worlds().await {
        let neighbours = Arc::new(Neighbours { running: 1.into(), ..Neighbours::default() });
        let relay = relay(&world, &neighbours);
        suspend(&world).await;
        settle(&world, &relay).await;
        *neighbours.running.lock() = 1;
        let again = "UPDATE outbox SET delivered_at = NULL, due_at = 0";
        world.database().write().execute_unprepared(again).await.unwrap();
        settle(&world, &relay).await;
        assert_eq!(neighbours.told.lock().len(), 1, "{}", world.test.name);
    }
}

#[tokio::test]
async fn somebody_who_was_let_in_again_meanwhile_keeps_what_runs() {
    for world in worlds().await {
        let neighbours = Arc::new(Neighbours {
            running: 1.into(),
            served: true.into(),
            ..Neighbours::default()
        });
        suspend(&world).await;
        settle(&world, &relay(&world, &neighbours)).await;
        assert_eq!(world.count(DONE).await, 1, "{}", world.test.name);
        assert!(neighbours.told.lock().is_empty());
    }
}

#[tokio::test]
async fn an_event_of_nobody_is_done_at_once() {
    for world in worlds().await {
        let neighbours = Arc::new(Neighbours::default());
        world.record(&[world.event("u", "user.status_changed", json!({}))]).await;
        assert_eq!(relay(&world, &neighbours).drain().await.unwrap(), 1);
        assert!(neighbours.told.lock().is_empty());
        assert_eq!(world.count(DONE).await, 1, "{}", world.test.name);
    }
}
