//! A module on a database of its own, with a clock that tests move and actions that they watch.

mod actions;
mod plan;
mod processes;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;
use shared_kernel::{
    application::{Entitlements, Principal, Proof, SessionProof},
    domain::{Ambient, DomainEvent, Execution, Id, Locale, Owner, Role, User},
    infrastructure::{
        blob_folder::BlobFolder,
        cpu::CpuPool,
        db::{Database, DatabaseSettings},
        local_bus::LocalBus,
        seal::Sealer,
    },
};
use testkit::{MovableClock, TestDatabase};
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;
use tracing::Level;
use uuid::Uuid;
use workflow::{
    ExecutionDetails, StartExecution, Surroundings, UserDirectory, UserDirectoryError, UserProfile,
    WorkerSettings, WorkflowModule, WorkflowSettings, domain::execution::Status,
};

pub use actions::Seen;
use actions::registry;
pub use plan::Plan;
pub use processes::{Here, Process};

struct Users(Arc<Seen>);

#[async_trait]
impl UserDirectory for Users {
    async fn profile(&self, _: Id<User>) -> Result<Option<UserProfile>, UserDirectoryError> {
        let left = |count: u32| count.checked_sub(1);
        let broken = self.0.broken_profiles.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left);
        assert!(broken.is_err(), "this reading breaks off, as the test wants it");
        Ok(Some(UserProfile { username: "ada".into(), email: "ada@example.com".into() }))
    }
}

/// One database and what belongs to it.
pub struct World {
    pub name: &'static str,
    pub database: Database,
    pub clock: Arc<MovableClock>,
    pub ambient: Ambient,
    pub seen: Arc<Seen>,
    pub owner: Owner,
    pub plan: Arc<Plan>,
    /// A module without worker, for asking.
    pub module: Arc<WorkflowModule>,
    pub bus: LocalBus,
    pub folder: tempfile::TempDir,
    opened: TestDatabase,
}

/// Executions that have not ended, and what is known of them.
const OPEN: &str = "SELECT 'status ' || status || ', created ' || created_at || ', ready ' || \
     COALESCE(CAST(ready_at AS text), '-') || ', wakes ' || COALESCE(CAST(wake_at AS text), '-') || \
     ', leased ' || CASE WHEN worker_id IS NULL THEN 'no' ELSE 'yes' END || ', epoch ' || epoch || \
     ', letters ' || letters || '/' || letters_taken || ', events ' || \
     (SELECT count(*) FROM execution_events j WHERE j.execution_id = e.id) || \
     ', child ' || CASE WHEN parent_id IS NULL THEN 'no' ELSE 'yes' END \
     FROM workflow_executions e WHERE finished_at IS NULL ORDER BY id LIMIT 50";
const WORKERS: &str = "SELECT name || ', beats ' || beats || \
     CASE WHEN dead_at IS NULL THEN '' ELSE ', dead' END FROM workflow_workers ORDER BY started_at";

/// One world per engine at hand. What is logged as a warning stands with a failed test.
pub async fn worlds() -> Vec<World> {
    let log = tracing_subscriber::fmt().with_max_level(Level::WARN).with_test_writer();
    let _ = log.try_init();
    let found = testkit::databases(&[workflow::migrations as fn() -> _]).await;
    found.into_iter().map(World::new).collect()
}

/// Quick settings: the tests' time is real where the engine sleeps.
pub fn quick() -> WorkerSettings {
    WorkerSettings {
        poll_every: Duration::from_millis(20),
        heartbeat_every: Duration::from_millis(40),
        announce_after: Duration::from_millis(30),
        cancel_grace: Duration::from_millis(100),
        stop_grace: Duration::from_millis(300),
        load_again_after: Duration::ZERO,
        ..WorkerSettings::default()
    }
}

impl World {
    fn new(test: TestDatabase) -> Self {
        let (ambient, clock) = testkit::ambient();
        let folder = tempfile::tempdir().unwrap();
        let (seen, bus) = (Arc::new(Seen::default()), LocalBus::default());
        let database = test.database.clone();
        let plan = Arc::new(Plan {
            concurrent: AtomicU64::new(1000),
            days: AtomicU64::new(u64::MAX),
            bytes: AtomicU64::new(u64::MAX),
            apart: AtomicU64::new(0),
            units: Arc::new(AtomicU64::new(1_000_000)),
        });
        let module = build(&database, &bus, folder.path(), &ambient, &seen, &plan, quick());
        Self {
            name: test.name,
            database,
            clock,
            owner: Owner::new(ambient.id()),
            ambient,
            seen,
            plan,
            module,
            bus,
            folder,
            opened: test,
        }
    }

    /// A process beside the others that drives executions.
    pub fn worker(&self, settings: WorkerSettings) -> Process {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (opened, bus) = (self.opened.settings.clone(), self.bus.clone());
        let folder = self.folder.path().to_owned();
        let (ambient, seen, plan) = (self.ambient.clone(), self.seen.clone(), self.plan.clone());
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = runtime.spawn(async move {
            let database = Database::open(&opened).await.unwrap();
            let module = build(&database, &bus, &folder, &ambient, &seen, &plan, settings);
            module.run_worker(stopped).await;
            database.close().await.unwrap();
        });
        Process { stop, task, runtime }
    }

    /// A process that both starts executions and drives them.
    pub fn here(&self, settings: WorkerSettings) -> Here {
        let (database, bus, folder) = (&self.database, &self.bus, self.folder.path());
        let module = build(database, bus, folder, &self.ambient, &self.seen, &self.plan, settings);
        let (stop, worker) = (CancellationToken::new(), Arc::clone(&module));
        let stopped = stop.clone();
        let task = tokio::spawn(async move { worker.run_worker(stopped).await });
        Here { module, stop, task }
    }

    /// A process without worker that has its own idea of the time.
    pub fn beside(&self, ambient: &Ambient) -> Arc<WorkflowModule> {
        let (database, bus, folder) = (&self.database, &self.bus, self.folder.path());
        build(database, bus, folder, ambient, &self.seen, &self.plan, quick())
    }

    /// As another process has it, whose open transactions the server ends after that long.
    pub async fn connect(&self, abandoned_after: Duration) -> Database {
        let mut settings = self.opened.settings.clone();
        if let DatabaseSettings::Postgres(postgres) = &mut settings {
            postgres.abandoned_after = abandoned_after;
        }
        Database::open(&settings).await.unwrap()
    }

    pub async fn define(&self, source: &str) -> Uuid {
        self.module.define(self.owner, source.to_owned()).await.unwrap().id
    }

    pub async fn start(&self, definition: Uuid) -> Id<Execution> {
        let wanted = StartExecution { definition_id: definition, ..StartExecution::default() };
        self.module.start(self.owner, wanted).await.unwrap().id
    }

    pub async fn run(&self, source: &str) -> Id<Execution> {
        let definition = self.define(source).await;
        self.start(definition).await
    }

    pub async fn show(&self, id: Id<Execution>) -> ExecutionDetails {
        self.module.show(self.owner, id).await.unwrap()
    }

    /// Waits until the execution is in this state.
    pub async fn until(&self, id: Id<Execution>, status: Status) -> ExecutionDetails {
        let what = format!("{} on {}", status.as_str(), self.name);
        let found = soon(async || {
            let details = self.show(id).await;
            let over = details.row.status.is_final() && details.row.status != status;
            assert!(!over, "{what}: {:?}", details.row);
            (details.row.status == status).then_some(details)
        });
        match found.await {
            Some(details) => details,
            None => self.give_up(&what).await,
        }
    }

    pub async fn ended(&self, id: Id<Execution>) -> ExecutionDetails {
        let found = soon(async || {
            let details = self.show(id).await;
            details.row.status.is_final().then_some(details)
        });
        match found.await {
            Some(details) => details,
            None => self.give_up(&format!("an end on {}", self.name)).await,
        }
    }

    /// Says why nothing happened, as far as the engine itself can tell.
    async fn give_up(&self, what: &str) -> ! {
        let audit = self.module.audit();
        let mut findings = audit.overdue().await.unwrap();
        findings.extend(audit.round(None).await.unwrap().findings);
        let rows = self.rows(OPEN).await;
        let workers = self.rows(WORKERS).await;
        panic!(
            "{what} did not happen\nfindings: {findings:#?}\nopen: {rows:#?}\nworkers: {workers:#?}"
        );
    }

    /// The rows of a query that gives one text.
    async fn rows(&self, sql: &str) -> Vec<String> {
        let rows = self.database.read().query_all_raw(self.database.statement(sql, [])).await;
        rows.unwrap().iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// What was written for others to hear, from the first after `position` on.
    pub async fn outbox(&self, position: usize) -> Vec<DomainEvent> {
        let sql = "SELECT id, kind, user_id, payload FROM outbox ORDER BY position";
        let statement = self.database.statement(sql, []);
        let rows = self.database.read().query_all_raw(statement).await.unwrap();
        let event = |row: &sea_orm::QueryResult| DomainEvent {
            id: row.try_get_by_index::<Uuid>(0).unwrap().into(),
            kind: row.try_get_by_index(1).unwrap(),
            version: 1,
            aggregate: String::new(),
            aggregate_id: String::new(),
            user: row.try_get_by_index::<Option<Uuid>>(2).unwrap().map(Into::into),
            payload: serde_json::from_str(&row.try_get_by_index::<String>(3).unwrap()).unwrap(),
            occurred_at: self.ambient.now(),
            request_id: None,
        };
        rows.iter().skip(position).map(event).collect()
    }

    pub fn principal(&self) -> Principal {
        principal(self.owner.user())
    }

    /// The number a query gives.
    pub async fn number(&self, sql: &str) -> i64 {
        let statement = self.database.statement(sql, []);
        let row = self.database.read().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// Kinds of the journal in order.
    pub async fn kinds(&self, id: Id<Execution>) -> Vec<String> {
        let sql = "SELECT kind FROM execution_events WHERE execution_id = $1 ORDER BY seq";
        let statement = self.database.statement(sql, [id.into()]);
        let rows = self.database.read().query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }
}

pub fn principal(user: Id<User>) -> Principal {
    Principal {
        user,
        role: Role::User,
        locale: Locale::En,
        proof: Proof::Session(SessionProof {
            id: Uuid::nil(),
            token: Uuid::nil(),
            expires_at: i64::MAX,
        }),
    }
}

fn build(
    database: &Database,
    bus: &LocalBus,
    folder: &Path,
    ambient: &Ambient,
    seen: &Arc<Seen>,
    plan: &Arc<Plan>,
    worker: WorkerSettings,
) -> Arc<WorkflowModule> {
    let surroundings = Surroundings {
        templates: Vec::new(),
        database: database.clone(),
        bus: Arc::new(bus.clone()),
        blobs: Arc::new(BlobFolder::new(folder)),
        ambient: ambient.clone(),
        actions: registry(seen),
        users: Arc::new(Users(Arc::clone(seen))),
        entitlements: Arc::clone(plan) as Arc<dyn Entitlements>,
        cpu: CpuPool::new(2),
        sealer: Sealer::new(b"0123456789abcdef0123456789abcdef", ambient.clone()),
    };
    let schedule_poll = Duration::from_millis(20);
    workflow::module(
        surroundings,
        WorkflowSettings { worker, schedule_poll, ..WorkflowSettings::default() },
    )
}

/// Waits for something that happens soon.
pub async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    soon(look).await.unwrap_or_else(|| panic!("{what} did not happen within 45 s"))
}

/// Looks for it for 45 s.
async fn soon<T>(mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    for _ in 0..4500 {
        if let Some(found) = look().await {
            return Some(found);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    None
}
