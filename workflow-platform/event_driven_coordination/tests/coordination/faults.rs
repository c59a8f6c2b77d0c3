//! Processes whose calls of neighbours fail: each in turn, before or after it did something, once or
//! until somebody mends it. However it goes, the end is that of a run without failures.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use event_driven_coordination::{Handlers, ParkedFilter, PortError, Relay, parked::ParkedEvents};
use sea_orm::ConnectionTrait as _;
use serde_json::Value;
use shared_kernel::{
    application::EffectHandler,
    domain::{Actor, DomainEvent, Owner, PageRequest},
};

use crate::support::{NotToday, World, worlds};

/// How a call fails.
#[derive(Debug, Clone, Copy)]
pub enum How {
    /// Nothing was done.
    Before,
    /// It was done, and nobody hears of it.
    After,
    /// Nothing is done by this call or any later one until it is mended.
    ForGood,
}

/// Counts the calls of a run and lets one fail.
#[derive(Default)]
pub struct Faults {
    at: Option<(u32, How)>,
    calls: AtomicU32,
    mended: AtomicBool,
}

impl Faults {
    fn at(call: u32, how: How) -> Arc<Self> {
        Arc::new(Self { at: Some((call, how)), ..Self::default() })
    }

    /// Does `act`, or fails as planned.
    pub fn call<T>(&self, act: impl FnOnce() -> T) -> Result<T, PortError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        match self.at {
            Some((at, How::Before)) if call == at => {}
            Some((at, How::ForGood)) if call >= at && !self.mended.load(Ordering::SeqCst) => {}
            Some((at, How::After)) if call == at => drop(act()),
            _ => return Ok(act()),
        }
        Err(PortError(Box::new(NotToday)))
    }
}

/// A process with neighbours of its own.
pub trait Process: Send + Sync + Sized + 'static {
    const KIND: &'static str;

    fn payload() -> Value;
    fn start(faults: Arc<Faults>) -> Arc<Self>;
    fn handler(self: &Arc<Self>) -> Arc<dyn EffectHandler>;

    /// What there is in the end, of `owner` alone.
    fn state(&self, owner: Owner) -> Vec<String>;
}

/// One run, with what failed in it.
struct Run<'a, P> {
    world: &'a World,
    owner: Owner,
    faults: Arc<Faults>,
    process: Arc<P>,
    relay: Relay,
}

impl<'a, P: Process> Run<'a, P> {
    async fn begin(world: &'a World, faults: Arc<Faults>) -> Self {
        let user = world.ambient.id();
        let event = world.event(&user.to_string(), P::KIND, P::payload());
        world.record(&[DomainEvent { user: Some(user), ..event }]).await;
        let process = P::start(Arc::clone(&faults));
        let relay = world.relay(Handlers::new([], [process.handler()]));
        Self { world, owner: Owner::new(user), faults, process, relay }
    }

    /// Until the event is done with, or given up.
    async fn settle(&self) {
        for _ in 0..12 {
            self.relay.drain().await.unwrap();
            self.world.clock.advance(Duration::from_mins(10));
        }
    }

    /// An administrator has what was parked tried again; gives how much that was.
    async fn replay(&self) -> usize {
        let parked = ParkedEvents::new(self.world.database().clone(), self.world.ambient.clone());
        let filter = ParkedFilter { user: Some(self.owner.uuid()), ..ParkedFilter::default() };
        let found = parked.list_for(&filter, PageRequest::first(50)).await.unwrap().items;
        for event in &found {
            parked.replay_for(Actor::System, event.event.id).await.unwrap();
        }
        found.len()
    }

    /// The process died before it could remember what it had done, or the event was sent twice.
    async fn once_more(&self) {
        let database = self.world.database();
        database.write().execute_unprepared("DELETE FROM inbox").await.unwrap();
        let again = "UPDATE outbox SET delivered_at = NULL, due_at = 0, attempts = 0 \
                     WHERE user_id = $1";
        let again = database.statement(again, [self.owner.into()]);
        database.write().execute_raw(again).await.unwrap();
        self.settle().await;
    }

    fn state(&self) -> Vec<String> {
        self.process.state(self.owner)
    }

    async fn is_done(&self) -> bool {
        self.world.count("outbox WHERE delivered_at IS NULL").await == 0
    }
}

/// Lets each call of the process fail in each way.
pub async fn ends_the_same_whichever_call_fails<P: Process>(calls_expected: u32) {
    for world in worlds().await {
        let smooth = Run::<P>::begin(&world, Arc::default()).await;
        smooth.settle().await;
        assert!(smooth.is_done().await);
        let (wanted, calls) = (smooth.state(), smooth.faults.calls.load(Ordering::SeqCst));
        assert_eq!(calls, calls_expected, "calls of a run in which nothing fails");
        for call in 0..calls {
            for how in [How::Before, How::After, How::ForGood] {
                let what = format!("call {call} {how:?} on {}", world.test.name);
                let run = Run::<P>::begin(&world, Faults::at(call, how)).await;
                run.settle().await;
                if matches!(how, How::ForGood) {
                    assert!(!run.is_done().await, "{what}: it ended though nothing could be done");
                    run.faults.mended.store(true, Ordering::SeqCst);
                    assert_eq!(run.replay().await, 1, "{what}: parked");
                    run.settle().await;
                }
                assert!(run.is_done().await, "{what}: it did not end");
                assert_eq!(run.state(), wanted, "{what}");
                run.once_more().await;
                assert_eq!(run.state(), wanted, "{what}, and told twice");
            }
        }
    }
}
