//! What becomes of work whose owner is suspended.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use async_trait::async_trait;
use event_driven_coordination::{Accounts, Handlers, PortError, Relay, RunningWork, StopSuspended};
use parking_lot::Mutex;
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use shared_kernel::{
    application::EffectHandler,
    domain::{DomainEvent, Owner},
};

use crate::support::{NotToday, World, worlds};

const DONE: &str = "outbox WHERE delivered_at IS NOT NULL";

/// Neighbours whose calls fail as planned: the step of the next failures, in order.
#[derive(Default)]
struct Neighbours {
    served: Mutex<bool>,
    running: Mutex<u64>,
    told: Mutex<Vec<Owner>>,
    failing: Mutex<VecDeque<&'static str>>,
}

impl Neighbours {
    fn step(&self, name: &'static str) -> Result<(), PortError> {
        let mut failing = self.failing.lock();
        if failing.front() == Some(&name) {
            failing.pop_front();
            return Err(PortError(Box::new(NotToday)));
        }
        Ok(())
    }
}

struct Ports(Arc<Neighbours>);

#[async_trait]
impl Accounts for Ports {
    async fn is_served(&self, _: Owner) -> Result<bool, PortError> {
        self.0.step("asked")?;
        Ok(*self.0.served.lock())
    }
}

#[async_trait]
impl RunningWork for Ports {
    async fn stop(&self, owner: Owner) -> Result<u64, PortError> {
        self.0.step("before")?;
        let asked = std::mem::take(&mut *self.0.running.lock());
        self.0.told.lock().extend((0..asked).map(|_| owner));
        self.0.step("after")?;
        Ok(asked)
    }
}

fn relay(world: &World, neighbours: &Arc<Neighbours>) -> Relay {
    let ports = || Arc::new(Ports(Arc::clone(neighbours)));
    let process = Arc::new(StopSuspended::new(ports(), ports())) as Arc<dyn EffectHandler>;
    world.relay(Handlers::new([], [process]))
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
    for world in worlds().await {
        for failing in
            [vec![], vec!["asked"], vec!["before"], vec!["after"], vec!["asked", "after"]]
        {
            let running = 3.into();
            let neighbours = Arc::new(Neighbours {
                running,
                failing: Mutex::new(failing.clone().into()),
                ..Neighbours::default()
            });
            let owner = suspend(&world).await;
            settle(&world, &relay(&world, &neighbours)).await;
            assert_eq!(*neighbours.told.lock(), [owner; 3], "{} {failing:?}", world.test.name);
            assert!(neighbours.failing.lock().is_empty());
        }
        assert_eq!(world.count(DONE).await, 5, "{}", world.test.name);
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
