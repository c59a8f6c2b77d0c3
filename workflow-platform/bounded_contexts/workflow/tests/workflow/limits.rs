//! Concurrency keys under random starts, claims of two workers at once, ends, pauses and deaths.

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::json;
use shared_kernel::domain::Timestamp;
use uuid::Uuid;
use workflow::{
    StartExecution,
    domain::execution::Status,
    infrastructure::{
        announce::Announcer,
        journal::{Append, AppendError, Awaits, JournalWriter, Lease, Projection},
        queue::{Claimed, Queue, WorkerWatch},
    },
};

use crate::support::{World, worlds};

/// What happens in one history, one thing after the other.
const TURNS: u32 = 250;
const SEEDS: [u64; 2] = [20_261_126, 7];

/// How many of a key may run at once; the last workflow has no key.
const LIMITS: [Option<u32>; 4] = [Some(1), Some(2), Some(5), None];

/// Keys of which more have begun and not ended than may.
const ABOVE: &str = "SELECT count(*) FROM (SELECT 1 FROM workflow_executions \
     WHERE started_at IS NOT NULL AND finished_at IS NULL AND concurrency_key IS NOT NULL \
     GROUP BY user_id, concurrency_key HAVING count(*) > max(concurrency_limit)) AS above";
const LEFT: &str = "SELECT count(*) FROM workflow_executions WHERE finished_at IS NULL";

/// A worker and what it holds.
struct Worker {
    id: Uuid,
    watch: WorkerWatch,
    writer: JournalWriter,
    held: Vec<Claimed>,
}

impl Worker {
    async fn begin(world: &World) -> Self {
        let (id, now) = (world.ambient.uuid(), world.ambient.now());
        let watch = WorkerWatch::register(world.database.clone(), id, "random", now);
        let announcer = Announcer::start(std::sync::Arc::new(world.bus.clone()));
        let writer = JournalWriter::start(&world.database, id, &announcer);
        Self { id, watch: watch.await.unwrap(), writer, held: Vec::new() }
    }

    /// Leaves one of what it holds, if it holds anything.
    async fn leave_one(&mut self, random: &mut StdRng, now: Timestamp) {
        if self.held.is_empty() {
            return;
        }
        let claimed = self.held.swap_remove(random.random_range(0..self.held.len()));
        let (status, lease) = match random.random_range(0..6) {
            0 => (Status::Waiting, Lease::Park(Some(now.plus(std::time::Duration::from_secs(3))))),
            1 => (Status::Running, Lease::Yield),
            2 => (Status::Failed, Lease::End),
            _ => (Status::Succeeded, Lease::End),
        };
        self.append(&claimed, status, lease, now).await.unwrap();
    }

    async fn append(
        &self,
        claimed: &Claimed,
        status: Status,
        lease: Lease,
        at: Timestamp,
    ) -> Result<(), AppendError> {
        let letters_taken = claimed.letters_taken;
        let projection = Projection {
            status,
            lease,
            awaits: Awaits::Now(None),
            error: None,
            cancel_taken: false,
            letters_taken,
            bytes: 0,
            at,
        };
        let append = Append::of_lease(claimed.id, claimed.epoch, projection);
        self.writer.append(append).await
    }
}

/// One history on one database.
struct History<'a> {
    world: &'a World,
    queue: Queue,
    definitions: Vec<Uuid>,
    workers: [Worker; 2],
    random: StdRng,
    /// The most that was held at once, to see that the history did anything.
    most: usize,
}

impl<'a> History<'a> {
    async fn begin(world: &'a World, seed: u64) -> Self {
        let mut definitions = Vec::new();
        for (number, limit) in LIMITS.iter().enumerate() {
            let mut source = json!({
                "name": format!("limited-{seed}-{number}"),
                "params": { "properties": { "k": { "type": "string", "default": "a" } } },
                "steps": [{ "id": "a", "uses": "test.echo", "with": {} }],
            });
            if let Some(limit) = limit {
                source["concurrency"] = json!({ "key": "${{ params.k }}", "limit": limit });
            }
            definitions.push(world.define(&source.to_string()).await);
        }
        Self {
            world,
            queue: Queue::new(world.database.clone()),
            definitions,
            workers: [Worker::begin(world).await, Worker::begin(world).await],
            random: StdRng::seed_from_u64(seed),
            most: 0,
        }
    }

    async fn start(&mut self) {
        let number = self.random.random_range(0..self.definitions.len());
        let key = ["a", "b"][self.random.random_range(0..2)];
        let wanted = StartExecution {
            definition_id: self.definitions[number],
            params: json!({ "k": format!("{number}{key}") }),
            ..StartExecution::default()
        };
        self.world.module.start(self.world.owner, wanted).await.unwrap();
    }

    /// Both workers ask at the same time.
    async fn claim(&mut self) {
        let now = self.world.ambient.now();
        let limits = [self.random.random_range(1..6), self.random.random_range(1..6)];
        let [one, two] = &mut self.workers;
        let (first, second) = tokio::join!(
            self.queue.claim(one.id, limits[0], now),
            self.queue.claim(two.id, limits[1], now),
        );
        one.held.extend(first.unwrap());
        two.held.extend(second.unwrap());
        self.most = self.most.max(one.held.len() + two.held.len());
    }

    /// A worker dies with all that it holds; its heir goes on, and what it still writes is refused.
    async fn die(&mut self) {
        let which = self.random.random_range(0..2);
        let heir = Worker::begin(self.world).await;
        let dead = std::mem::replace(&mut self.workers[which], heir);
        let now = self.world.ambient.now();
        dead.watch.leave(now).await.unwrap();
        if let Some(held) = dead.held.first() {
            let late = dead.append(held, Status::Succeeded, Lease::End, now).await;
            assert!(matches!(late, Err(AppendError::Fenced)), "{late:?}");
        }
    }

    async fn turn(&mut self) {
        match self.random.random_range(0..20) {
            0..=7 => self.start().await,
            8..=12 => self.claim().await,
            13..=17 => {
                let which = self.random.random_range(0..2);
                let now = self.world.ambient.now();
                self.workers[which].leave_one(&mut self.random, now).await;
            }
            18 => {
                self.world.clock.advance(std::time::Duration::from_secs(1));
                self.queue.fire_timers(self.world.ambient.now()).await.unwrap();
            }
            _ => self.die().await,
        }
        assert_eq!(self.world.number(ABOVE).await, 0, "more than a key's limit run");
    }

    /// Everything that is left is done, and nothing is held for ever.
    async fn drain(&mut self) {
        for _ in 0..10 * TURNS {
            if self.world.number(LEFT).await == 0 {
                return;
            }
            self.world.clock.advance(std::time::Duration::from_secs(3));
            let now = self.world.ambient.now();
            self.queue.fire_timers(now).await.unwrap();
            self.claim().await;
            for worker in &mut self.workers {
                for claimed in std::mem::take(&mut worker.held) {
                    worker.append(&claimed, Status::Succeeded, Lease::End, now).await.unwrap();
                }
            }
        }
        panic!("{} executions never get their turn", self.world.number(LEFT).await);
    }
}

#[tokio::test]
async fn no_more_of_a_key_run_than_may_whatever_happens() {
    for world in worlds().await {
        for seed in SEEDS {
            let mut history = History::begin(&world, seed).await;
            for _ in 0..TURNS {
                history.turn().await;
            }
            assert!(history.most > 5, "{}: too little happened", world.name);
            history.drain().await;
            for worker in &history.workers {
                worker.watch.leave(world.ambient.now()).await.unwrap();
            }
        }
    }
}
