//! A module on a database of its own, with an action that does nothing but tell when it ran.

use std::sync::Arc;

use async_trait::async_trait;
use axum::{Extension, Router};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use shared_kernel::{
    api::AuthLayerState,
    application::{
        Action, ActionContext, ActionDescriptor, ActionError, ActionRegistry, Allowance,
        AuthenticationError, Authenticator, Bus, Entitlements, EntitlementsError, Limit, Principal,
        Proof, SessionProof,
    },
    domain::{Ambient, Execution, Id, Locale, Owner, Role, Timestamp, User},
    infrastructure::{
        blob_folder::BlobFolder,
        cpu::CpuPool,
        db::{Backend, Database},
        local_bus::LocalBus,
        seal::Sealer,
        system,
    },
};
use testkit::TestDatabase;
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use workflow::{
    StartExecution, Surroundings, UserDirectory, UserDirectoryError, UserProfile, WorkerSettings,
    WorkflowModule, WorkflowSettings,
};

/// A run of `bench.tell`.
pub type Told = (Id<Execution>, Timestamp);

/// Of an execution's row, all that a copy shares with it.
const COPIED: &str = "definition_id, definition_name, definition_version, status, priority, \
     labels, started_at, finished_at, wake_at, epoch";

pub struct Place {
    pub database: Database,
    pub ambient: Ambient,
    pub bus: Arc<dyn Bus>,
    pub owner: Owner,
    pub module: Arc<WorkflowModule>,
    pub told: tokio::sync::Mutex<mpsc::UnboundedReceiver<Told>>,
    settings: WorkerSettings,
    actions: ActionRegistry,
    folder: tempfile::TempDir,
    _test: TestDatabase,
}

/// `bench.step` does nothing; `bench.tell` says when it ran.
struct BenchAction {
    name: &'static str,
    tell: mpsc::UnboundedSender<Told>,
}

#[async_trait]
impl Action for BenchAction {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: self.name.to_owned(),
            title: self.name.to_owned(),
            description: String::new(),
            input_schema: json!({}),
            output_schema: json!({}),
        }
    }

    async fn run(&self, ctx: &ActionContext, _: Value) -> Result<Value, ActionError> {
        if self.name == "bench.tell" {
            // Nobody listens in other scenarios.
            let _ = self.tell.send((ctx.execution, ctx.ambient.now()));
        }
        Ok(json!({ "done": true }))
    }
}

struct Users;

#[async_trait]
impl UserDirectory for Users {
    async fn profile(&self, _: Id<User>) -> Result<Option<UserProfile>, UserDirectoryError> {
        Ok(Some(UserProfile { username: "ada".into(), email: "ada@example.com".into() }))
    }
}

struct OneOwner(Owner);

#[async_trait]
impl Authenticator for OneOwner {
    async fn authenticate(&self, _: &str) -> Result<Principal, AuthenticationError> {
        Ok(Principal {
            user: self.0.user(),
            role: Role::User,
            locale: Locale::En,
            proof: Proof::Session(SessionProof {
                id: Uuid::nil(),
                token: Uuid::nil(),
                expires_at: i64::MAX,
            }),
        })
    }
}

struct NoLimits;

#[async_trait]
impl Entitlements for NoLimits {
    async fn allowance(&self, _: Owner, limit: Limit) -> Result<Allowance, EntitlementsError> {
        Ok(Allowance { limit, allowed: None, resets_at: None })
    }
}

impl Place {
    pub fn new(test: TestDatabase) -> Self {
        let ambient = system::ambient();
        let folder = tempfile::tempdir().unwrap();
        let (tell, told) = mpsc::unbounded_channel();
        let actions = ActionRegistry::new(["bench.step", "bench.tell"].map(|name| {
            let tell = tell.clone();
            Arc::new(BenchAction { name, tell }) as Arc<dyn Action>
        }));
        let bus: Arc<dyn Bus> = Arc::new(LocalBus::default());
        let settings = WorkerSettings { parallel: 256, ..WorkerSettings::default() };
        let database = test.database.clone();
        let owner = Owner::new(ambient.id());
        let module = build(&database, &bus, &folder, &ambient, &actions, settings.clone());
        Self {
            database,
            ambient,
            bus,
            owner,
            module,
            told: told.into(),
            settings,
            actions,
            folder,
            _test: test,
        }
    }

    /// The worker of the process that starts, as in the one binary.
    pub fn own_worker(&self) -> Working {
        work(Arc::clone(&self.module))
    }

    /// A worker as of another process, for so many executions at once: all come by the queue.
    pub fn worker(&self, parallel: usize) -> Working {
        let settings = WorkerSettings { parallel, ..self.settings.clone() };
        let (database, bus) = (&self.database, &self.bus);
        let module = build(database, bus, &self.folder, &self.ambient, &self.actions, settings);
        work(module)
    }

    pub async fn define(&self, source: String) -> Uuid {
        self.module.define(self.owner, source).await.unwrap().id
    }

    pub async fn start(&self, definition: Uuid) -> Id<Execution> {
        self.start_with(definition, Value::Null).await
    }

    pub async fn start_with(&self, definition_id: Uuid, params: Value) -> Id<Execution> {
        let wanted = StartExecution { definition_id, params, ..StartExecution::default() };
        self.module.start(self.owner, wanted).await.unwrap().id
    }

    /// Starts `count` executions, a few at a time.
    pub async fn start_many(&self, definition: Uuid, count: usize) {
        const AT_ONCE: usize = 16;
        let all = (0..count).map(|_| self.start(definition));
        let started = futures::StreamExt::buffer_unordered(futures::stream::iter(all), AT_ONCE);
        futures::StreamExt::for_each(started, async |_| ()).await;
    }

    /// The last part of the address of a definition's webhook.
    pub async fn hook_of(&self, definition: Uuid) -> String {
        let sql = "SELECT hook_token FROM workflow_triggers WHERE definition_id = $1";
        let statement = self.database.statement(sql, [definition.into()]);
        let row = self.database.read().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    pub async fn number(&self, sql: &str) -> i64 {
        let statement = self.database.statement(sql, []);
        let row = self.database.read().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    pub async fn execute(&self, sql: &str) {
        self.database.write().execute_unprepared(sql).await.unwrap();
    }

    /// So many executions more in the state of this one, without journal.
    pub async fn copy(&self, original: Id<Execution>, owner: Owner, count: i64) {
        let (fresh, numbers) = match self.database.backend() {
            Backend::Postgres => ("gen_random_uuid()", "generate_series(1, $3::bigint) AS n(i)"),
            Backend::Sqlite => (
                "randomblob(16)",
                "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $3) \
                 SELECT i FROM n) AS n",
            ),
        };
        let sql = format!(
            "INSERT INTO workflow_executions (id, user_id, created_at, {COPIED}) \
             SELECT {fresh}, $2, created_at + n.i, {COPIED} FROM {numbers}, workflow_executions \
             WHERE id = $1"
        );
        let statement = self.database.statement(sql, [original.into(), owner.into(), count.into()]);
        self.database.write().execute_raw(statement).await.unwrap();
    }

    /// Leaves nothing behind for the next scenario.
    pub async fn clear(&self) {
        let tables = [
            "workflow_executions",
            "execution_events",
            "execution_snapshots",
            "outbox",
            "workflow_versions",
            "workflow_definitions",
            "workflow_triggers",
        ];
        let empty = match self.database.backend() {
            Backend::Postgres => "TRUNCATE",
            Backend::Sqlite => "DELETE FROM",
        };
        for table in tables {
            self.execute(&format!("{empty} {table}")).await;
        }
    }

    /// The context's routes for the owner, whatever token they come with.
    pub fn router(&self) -> Router {
        let (router, _) = workflow::routes(Arc::clone(&self.module)).split_for_parts();
        router.layer(Extension(AuthLayerState(Arc::new(OneOwner(self.owner)))))
    }
}

fn build(
    database: &Database,
    bus: &Arc<dyn Bus>,
    folder: &tempfile::TempDir,
    ambient: &Ambient,
    actions: &ActionRegistry,
    worker: WorkerSettings,
) -> Arc<WorkflowModule> {
    let surroundings = Surroundings {
        templates: Vec::new(),
        database: database.clone(),
        bus: Arc::clone(bus),
        blobs: Arc::new(BlobFolder::new(folder.path())),
        ambient: ambient.clone(),
        actions: actions.clone(),
        users: Arc::new(Users),
        entitlements: Arc::new(NoLimits),
        cpu: CpuPool::new(2),
        sealer: Sealer::new(b"0123456789abcdef0123456789abcdef", ambient.clone()),
    };
    workflow::module(surroundings, WorkflowSettings { worker, ..WorkflowSettings::default() })
}

/// A running worker.
pub struct Working {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Working {
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

fn work(module: Arc<WorkflowModule>) -> Working {
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let task = tokio::spawn(async move { module.run_worker(stopped).await });
    Working { stop, task }
}
