//! What whoever registers finds.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use event_driven_coordination::{
    Accounts, Handlers, PortError, ProxyPoolGifts, Relay, WelcomeRegistered, WorkflowGifts,
};
use parking_lot::Mutex;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use shared_kernel::{
    application::EffectHandler,
    domain::{DomainEvent, Owner},
};
use uuid::Uuid;

use crate::{
    faults::{Faults, Process, ends_the_same_whichever_call_fails},
    support::{World, worlds},
};

/// Neighbours whose calls may fail.
#[derive(Default)]
struct Neighbours {
    gone: bool,
    /// What everybody has, and how often something was made.
    has: Mutex<BTreeSet<(Uuid, String)>>,
    made: Mutex<u32>,
    faults: Arc<Faults>,
}

impl Neighbours {
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
        self.0.faults.call(|| !self.0.gone)
    }
}

#[async_trait]
impl ProxyPoolGifts for Ports {
    async fn give_pool(&self, owner: Owner, name: &str) -> Result<(), PortError> {
        self.0.faults.call(|| self.0.give(owner, format!("pool {name}")))
    }
}

#[async_trait]
impl WorkflowGifts for Ports {
    async fn give_workflow(&self, owner: Owner, source: &str) -> Result<(), PortError> {
        let title = source.split(':').next().unwrap_or_default();
        self.0.faults.call(|| self.0.give(owner, format!("workflow {title}")))
    }
}

fn process(neighbours: &Arc<Neighbours>) -> Arc<dyn EffectHandler> {
    let ports = || Arc::new(Ports(Arc::clone(neighbours)));
    Arc::new(WelcomeRegistered::new(ports(), ports(), ports()))
}

impl Process for Neighbours {
    const KIND: &'static str = "user.registered";

    fn payload() -> Value {
        json!({ "locale": "en" })
    }

    fn start(faults: Arc<Faults>) -> Arc<Self> {
        Arc::new(Self { faults, ..Self::default() })
    }

    fn handler(self: &Arc<Self>) -> Arc<dyn EffectHandler> {
        process(self)
    }

    fn state(&self, owner: Owner) -> Vec<String> {
        let has = self.has.lock();
        let hers = has.iter().filter(|(whose, _)| *whose == owner.uuid());
        let made = format!("{} made", self.made.lock());
        hers.map(|(_, what)| what.clone()).chain([made]).collect()
    }
}

#[tokio::test]
async fn whoever_registers_finds_a_pool_and_a_workflow_whichever_step_fails() {
    ends_the_same_whichever_call_fails::<Neighbours>(3).await;
    for world in worlds().await {
        let neighbours = Arc::new(Neighbours::default());
        let owner = register(&world, "en").await;
        settle(&world, &relay(&world, &neighbours)).await;
        let found = neighbours.state(owner);
        assert_eq!(found, ["pool default", "workflow # A first workflow", "2 made"]);
    }
}

fn relay(world: &World, neighbours: &Arc<Neighbours>) -> Relay {
    world.relay(Handlers::new([], [process(neighbours)]))
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
