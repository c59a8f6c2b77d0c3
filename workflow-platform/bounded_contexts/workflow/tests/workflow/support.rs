//! A module on a database of its own, with a clock that tests move and actions that they watch.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use parking_lot::Mutex;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use shared_kernel::{
    application::{
        Action, ActionContext, ActionDescriptor, ActionError, ActionRegistry, Allowance,
        Entitlements, EntitlementsError, Limit, LogLevel, Principal, Proof, Reservation,
        SessionProof, Spent,
    },
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
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use tracing::Level;
use uuid::Uuid;
use workflow::{
    ExecutionDetails, StartExecution, Surroundings, UserDirectory, UserDirectoryError, UserProfile,
    WorkerSettings, WorkflowModule, WorkflowSettings, domain::execution::Status,
};

/// One run of a step: its id, item, attempt and idempotency key.
type Run = (String, Option<u32>, u32, String);

/// What the test's actions saw.
#[derive(Default)]
pub struct Seen {
    pub runs: Mutex<Vec<Run>>,
    pub now_running: AtomicU32,
    pub most_running: AtomicU32,
    pub cancelled: AtomicU32,
    /// `test.flaky` fails so many times per step.
    pub failures: AtomicU32,
}

impl Seen {
    fn note(&self, ctx: &ActionContext) {
        let key = ctx.idempotency_key.clone();
        self.runs.lock().push((ctx.step.clone(), ctx.item, ctx.attempt, key));
    }

    /// How often a step was run.
    pub fn count(&self, step: &str) -> usize {
        self.runs.lock().iter().filter(|(name, ..)| name == step).count()
    }
}

/// `test.echo` gives its input back; `test.slow` takes `millis`; `test.hang` ends when told to,
/// `test.deaf` never; `test.flaky` fails first; `test.fail` fails for good; `test.panic` panics;
/// `test.count` checkpoints numbers up to `to`; `test.spend` has a cost and fails first.
struct TestAction {
    name: &'static str,
    seen: Arc<Seen>,
}

#[async_trait]
impl Action for TestAction {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: self.name.to_owned(),
            title: self.name.to_owned(),
            description: String::new(),
            input_schema: json!({}),
            output_schema: json!({}),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        self.seen.note(ctx);
        match self.name {
            "test.slow" => self.slow(ctx, &input).await,
            "test.hang" => {
                ctx.cancel.cancelled().await;
                self.seen.cancelled.fetch_add(1, Ordering::SeqCst);
                Err(ActionError::cancelled())
            }
            "test.deaf" => std::future::pending().await,
            "test.flaky" if ctx.attempt <= self.seen.failures.load(Ordering::SeqCst) => {
                Err(ActionError::retryable("FLAKY", "not this time"))
            }
            "test.fail" => Err(ActionError::permanent("BROKEN", "it is broken")),
            "test.panic" => panic!("an action of the tests panics"),
            "test.count" => count(ctx, &input).await,
            "test.spend" => {
                Spent::current().unwrap().answer(true, 7, false);
                Spent::current().unwrap().calculated(Duration::from_millis(3));
                if ctx.attempt == 1 {
                    Err(ActionError::retryable("FLAKY", "again"))
                } else {
                    Ok(input)
                }
            }
            _ => {
                ctx.log(LogLevel::Info, "echo");
                Ok(input)
            }
        }
    }
}

impl TestAction {
    async fn slow(&self, ctx: &ActionContext, input: &Value) -> Result<Value, ActionError> {
        let running = self.seen.now_running.fetch_add(1, Ordering::SeqCst) + 1;
        self.seen.most_running.fetch_max(running, Ordering::SeqCst);
        let millis = input["millis"].as_u64().unwrap_or(50);
        ctx.progress(1, Some(2), "half way");
        tokio::time::sleep(Duration::from_millis(millis)).await;
        self.seen.now_running.fetch_sub(1, Ordering::SeqCst);
        Ok(input.clone())
    }
}

/// Goes on after what an earlier run recorded.
async fn count(ctx: &ActionContext, input: &Value) -> Result<Value, ActionError> {
    let done = u64::try_from(ctx.records.len()).unwrap_or(0);
    for number in done..input["to"].as_u64().unwrap_or(0) {
        ctx.record(number.to_string(), json!(number)).await?;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(json!({ "resumed_at": done }))
}

fn registry(seen: &Arc<Seen>) -> ActionRegistry {
    let names = [
        "test.echo",
        "test.slow",
        "test.hang",
        "test.deaf",
        "test.flaky",
        "test.fail",
        "test.panic",
        "test.count",
        "test.spend",
    ];
    ActionRegistry::new(names.map(|name| {
        let seen = Arc::clone(seen);
        Arc::new(TestAction { name, seen }) as Arc<dyn Action>
    }))
}

struct Users;

#[async_trait]
impl UserDirectory for Users {
    async fn profile(&self, _: Id<User>) -> Result<Option<UserProfile>, UserDirectoryError> {
        Ok(Some(UserProfile { username: "ada".into(), email: "ada@example.com".into() }))
    }
}

/// A plan that allows so many executions at once, and keeps history for so many days and bytes.
pub struct Plan {
    pub concurrent: AtomicU64,
    pub days: AtomicU64,
    pub bytes: AtomicU64,
    /// Executions that the month still has.
    pub units: Arc<AtomicU64>,
}

#[async_trait]
impl Entitlements for Plan {
    async fn allowance(&self, _: Owner, limit: Limit) -> Result<Allowance, EntitlementsError> {
        let allowed = match limit {
            Limit::ConcurrentExecutions => self.concurrent.load(Ordering::SeqCst),
            Limit::HistoryDays => self.days.load(Ordering::SeqCst),
            Limit::HistoryBytes => self.bytes.load(Ordering::SeqCst),
            _ => u64::MAX,
        };
        Ok(Allowance { limit, allowed: (allowed < u64::MAX).then_some(allowed), resets_at: None })
    }

    async fn reserve(
        &self,
        _: Owner,
        limit: Limit,
        wanted: u64,
    ) -> Result<Reservation, EntitlementsError> {
        let take = |left: u64| left.checked_sub(wanted);
        let taken = self.units.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take);
        if let Err(left) = taken {
            let allowance = Allowance { limit, allowed: Some(left), resets_at: None };
            allowance.include(0, wanted)?;
        }
        let units = Arc::clone(&self.units);
        Ok(Reservation::new(wanted, move |back| {
            units.fetch_add(back, Ordering::SeqCst);
        }))
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
        users: Arc::new(Users),
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

/// A process of the test's own.
pub struct Here {
    pub module: Arc<WorkflowModule>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Here {
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

/// A worker with threads and connections of its own, which can be stopped, or killed in its middle.
pub struct Process {
    stop: CancellationToken,
    task: JoinHandle<()>,
    runtime: Runtime,
}

impl Process {
    /// As `kill -9`: tasks vanish where they stand, connections break.
    pub async fn kill(self) {
        let runtime = self.runtime;
        let gone = move || runtime.shutdown_timeout(Duration::from_secs(5));
        tokio::task::spawn_blocking(gone).await.unwrap();
    }

    /// As an operator stops it.
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
        self.runtime.shutdown_background();
    }
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
