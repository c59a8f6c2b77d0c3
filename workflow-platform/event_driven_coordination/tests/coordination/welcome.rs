//! What whoever registers finds.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use event_driven_coordination::{
    Accounts, Handlers, PortError, ProxyPoolGifts, Relay, WelcomeRegistered, WorkflowGifts,
};
use parking_lot::Mutex;
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use shared_kernel::{
    application::EffectHandler,
    domain::{DomainEvent, Owner},
};

use uuid::Uuid;

use crate::support::{NotToday, World, worlds};

/// Neighbours whose calls fail as planned: the step of the next failures, in order.
#[derive(Default)]
struct Neighbours {
    gone: bool,
    /// What everybody has, and how often something was made.
    has: Mutex<BTreeSet<(Uuid, String)>>,
    made: Mutex<u32>,
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

    fn give(&self, owner: Owner, what: String) {
        if self.has.lock().insert((owner.uuid(), what)) {
            *self.made.lock() += 1;
        }
    }
}

struct Ports(Arc<Neighbours>);

#[async_trait]
impl Accounts for Ports {
    async fn is_served(&self, _: Owner) -> Result<bool, PortError> {
        self.0.step("asked")?;
        Ok(!self.0.gone)
    }
}

#[async_trait]
impl ProxyPoolGifts for Ports {
    async fn give_pool(&self, owner: Owner, name: &str) -> Result<(), PortError> {
        self.0.step("before the pool")?;
        self.0.give(owner, format!("pool {name}"));
        self.0.step("after the pool")
    }
}

#[async_trait]
impl WorkflowGifts for Ports {
    async fn give_workflow(&self, owner: Owner, source: &str) -> Result<(), PortError> {
        self.0.step("before the workflow")?;
        self.0.give(owner, format!("workflow {}", source.lines().next().unwrap_or_default()));
        self.0.step("after the workflow")
    }
}

fn relay(world: &World, neighbours: &Arc<Neighbours>) -> Relay {
    let ports = || Arc::new(Ports(Arc::clone(neighbours)));
    let process = WelcomeRegistered::new(ports(), ports(), ports());
    world.relay(Handlers::new([], [Arc::new(process) as Arc<dyn EffectHandler>]))
}

async fn register(world: &World, locale: &str) -> Owner {
    let user = world.ambient.id();
    let event = world.event("u", "user.registered", json!({ "locale": locale }));
    world.record(&[DomainEvent { user: Some(user), ..event }]).await;
    Owner::new(user)
}

async fn settle(world: &World, relay: &Relay) {
    for _ in 0..8 {
        relay.drain().await.unwrap();
        world.clock.advance(Duration::from_mins(10));
    }
}

#[tokio::test]
async fn whoever_registers_finds_a_pool_and_a_workflow_whichever_step_fails() {
    for world in worlds().await {
        for failing in [
            vec![],
            vec!["asked"],
            vec!["before the pool"],
            vec!["after the pool"],
            vec!["before the workflow"],
            vec!["after the workflow"],
            vec!["asked", "after the pool", "after the workflow"],
        ] {
            let neighbours = Arc::new(Neighbours {
                failing: Mutex::new(failing.clone().into()),
                ..Neighbours::default()
            });
            let owner = register(&world, "en").await;
            settle(&world, &relay(&world, &neighbours)).await;
            let has: Vec<_> = neighbours.has.lock().iter().cloned().collect();
            let [(first, pool), (second, workflow)] = has.as_slice() else { panic!("{has:?}") };
            assert_eq!(
                (*first, *second),
                (owner.uuid(), owner.uuid()),
                "{} {failing:?}",
                world.test.name
            );
            assert_eq!(pool, "pool default");
            assert!(workflow.starts_with("workflow # A first workflow"), "{workflow}");
            assert_eq!(*neighbours.made.lock(), 2);
            assert!(neighbours.failing.lock().is_empty());
        }
    }
}

#[tokio::test]
async fn an_event_that_comes_twice_gives_nothing_more_and_the_language_is_theirs() {
    for world in worlds().await {
        let neighbours = Arc::new(Neighbours::default());
        let relay = relay(&world, &neighbours);
        register(&world, "zh-CN").await;
        settle(&world, &relay).await;
        // Thrown away: it does not come back.
        neighbours.has.lock().retain(|(_, what)| what.starts_with("workflow # 第一个工作流"));
        assert_eq!(neighbours.has.lock().len(), 1, "{}", world.test.name);
        let again = "UPDATE outbox SET delivered_at = NULL, due_at = 0";
        world.database().write().execute_unprepared(again).await.unwrap();
        settle(&world, &relay).await;
        assert_eq!(*neighbours.made.lock(), 2);
    }
}

#[tokio::test]
async fn who_left_meanwhile_is_given_nothing() {
    for world in worlds().await {
        let neighbours = Arc::new(Neighbours { gone: true, ..Neighbours::default() });
        register(&world, "en").await;
        world.record(&[world.event("u2", "user.registered", json!({}))]).await;
        settle(&world, &relay(&world, &neighbours)).await;
        assert_eq!(*neighbours.made.lock(), 0, "{}", world.test.name);
        assert_eq!(world.count("outbox WHERE delivered_at IS NULL").await, 0);
    }
}
