//! A module on a database of its own, with a clock that tests move.

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use proxy_pool::{
    ProxyPoolModule, ProxyPoolSettings, Surroundings, application::PoolChange, domain::PoolId,
};
use redis::aio::ConnectionManager;
use sea_orm::ConnectionTrait as _;
use shared_kernel::{
    application::{
        Allowance, Bus, Entitlements, EntitlementsError, FetchOutcome, Limit, Principal, Proof,
        ProxyFeedback, ProxyScheme, SessionProof,
    },
    domain::{Ambient, Clock, Entropy, Locale, Owner, Role, Timestamp},
    infrastructure::{
        db::{Database, DatabaseSettings, Migrations, PostgresSettings},
        local_bus::LocalBus,
        outbound::OutboundPolicy,
        seal::Sealer,
        system::SystemEntropy,
    },
};
use uuid::Uuid;

/// A clock that stands until it is moved.
pub struct MovableClock(AtomicI64);

impl MovableClock {
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// A plan of so many proxies.
pub struct Plan(pub AtomicU64);

#[async_trait]
impl Entitlements for Plan {
    async fn allowance(&self, _: Owner, limit: Limit) -> Result<Allowance, EntitlementsError> {
        Ok(Allowance { limit, allowed: Some(self.0.load(Ordering::SeqCst)), resets_at: None })
    }
}

/// What is taken for public here, beside what is: loopback and addresses of documentation.
pub const OUTSIDE: [&str; 3] = ["127.0.0.0/8", "203.0.113.0/24", "198.51.100.0/24"];

fn policy(allowed: &[&str]) -> Arc<OutboundPolicy> {
    Arc::new(OutboundPolicy::new(allowed).unwrap())
}

pub struct World {
    pub database: Database,
    pub clock: Arc<MovableClock>,
    pub ambient: Ambient,
    pub plan: Arc<Plan>,
    pub bus: Arc<dyn Bus>,
    pub module: Arc<ProxyPoolModule>,
    opened: DatabaseSettings,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new(settings: &DatabaseSettings, folder: tempfile::TempDir) -> Self {
        Self::with_entropy(settings, folder, Arc::new(SystemEntropy)).await
    }

    async fn with_entropy(
        settings: &DatabaseSettings,
        folder: tempfile::TempDir,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let database = Database::open(settings).await.unwrap();
        Migrations::new([proxy_pool::migrations as fn() -> _]).up(&database).await.unwrap();
        let clock = Arc::new(MovableClock(AtomicI64::new(1_795_000_000_000_000)));
        let ambient = Ambient::new(Arc::clone(&clock) as Arc<dyn Clock>, entropy);
        let plan = Arc::new(Plan(AtomicU64::new(1000)));
        let bus: Arc<dyn Bus> = Arc::new(LocalBus::default());
        let policy = policy(&OUTSIDE);
        let parts =
            Parts { database: &database, bus: &bus, ambient: &ambient, plan: &plan, policy };
        let module = parts.build(None, settings_of_tests());
        let opened = settings.clone();
        Self { database, clock, ambient, plan, bus, module, opened, _folder: folder }
    }

    /// Another process on the same database.
    pub fn restarted(&self) -> Arc<ProxyPoolModule> {
        self.process(None, settings_of_tests())
    }

    /// Another process with a Redis and settings of its own.
    pub fn process(
        &self,
        redis: Option<ConnectionManager>,
        settings: ProxyPoolSettings,
    ) -> Arc<ProxyPoolModule> {
        let Self { database, bus, ambient, plan, .. } = self;
        let policy = policy(&OUTSIDE);
        Parts { database, bus, ambient, plan, policy }.build(redis, settings)
    }

    /// A process whose operator allows these beside public addresses, and no others.
    pub fn allowing(&self, allowed: &[&str]) -> Arc<ProxyPoolModule> {
        let Self { database, bus, ambient, plan, .. } = self;
        let policy = policy(allowed);
        Parts { database, bus, ambient, plan, policy }.build(None, settings_of_tests())
    }

    /// Another process that can die: its connections are those of the runtime it is made in.
    pub fn apart(
        &self,
        settings: ProxyPoolSettings,
    ) -> impl Future<Output = Arc<ProxyPoolModule>> + Send + 'static {
        let (opened, bus) = (self.opened.clone(), Arc::clone(&self.bus));
        let (ambient, plan) = (self.ambient.clone(), Arc::clone(&self.plan));
        async move {
            let database = Database::open(&opened).await.unwrap();
            let policy = policy(&OUTSIDE);
            let parts =
                Parts { database: &database, bus: &bus, ambient: &ambient, plan: &plan, policy };
            parts.build(None, settings)
        }
    }

    pub async fn pool(&self, who: &Principal, name: &str, lines: &str) -> PoolId {
        let new = proxy_pool::application::NewPool {
            name: name.to_owned(),
            terms: PoolChange { parallel_limit: Some(2), ..PoolChange::default() },
        };
        let id = self.module.create_pool(who, new).await.unwrap().pool.id;
        self.module.import_proxies(who, id, lines, ProxyScheme::Http).await.unwrap();
        id
    }

    /// Number of events of a kind in the outbox.
    pub async fn events(&self, kind: &str) -> i64 {
        let sql = "SELECT COUNT(*) AS n FROM outbox WHERE kind = $1";
        let statement = self.database.statement(sql, [kind.into()]);
        let row = self.database.read().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }
}

struct Parts<'a> {
    database: &'a Database,
    bus: &'a Arc<dyn Bus>,
    ambient: &'a Ambient,
    plan: &'a Arc<Plan>,
    policy: Arc<OutboundPolicy>,
}

impl Parts<'_> {
    fn build(
        self,
        redis: Option<ConnectionManager>,
        settings: ProxyPoolSettings,
    ) -> Arc<ProxyPoolModule> {
        let surroundings = Surroundings {
            database: self.database.clone(),
            bus: Arc::clone(self.bus),
            redis,
            sealer: Sealer::new(b"a secret that only tests ever know", self.ambient.clone()),
            entitlements: Arc::clone(self.plan) as Arc<dyn Entitlements>,
            policy: self.policy,
            authorities: None,
            ambient: self.ambient.clone(),
            user_agent: "workflow-platform-tests".to_owned(),
        };
        proxy_pool::module(surroundings, settings)
    }
}

pub fn settings_of_tests() -> ProxyPoolSettings {
    ProxyPoolSettings {
        test_target: None,
        test_timeout: Duration::from_secs(2),
        lease_wait: Duration::from_millis(300),
        ..ProxyPoolSettings::default()
    }
}

/// A world in which chance comes the same on every run.
pub async fn worlds_with_seed(seed: u64) -> World {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = DatabaseSettings::Sqlite { file: folder.path().join("test.db"), readers: 2 };
    World::with_entropy(&sqlite, folder, Arc::new(testkit::SeededEntropy::new(seed))).await
}

/// One world per engine at hand.
pub async fn worlds() -> Vec<World> {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = DatabaseSettings::Sqlite { file: folder.path().join("test.db"), readers: 2 };
    let mut worlds = vec![World::new(&sqlite, folder).await];
    if let Some(settings) = postgres().await {
        worlds.push(World::new(&settings, tempfile::tempdir().unwrap()).await);
    }
    worlds
}

#[expect(clippy::disallowed_methods, reason = "tests are told of their PostgreSQL this way")]
async fn postgres() -> Option<DatabaseSettings> {
    let url = env::var("TEST_DATABASE_URL").ok()?;
    let schema = format!("t_{}", shared_kernel::infrastructure::system::ambient().uuid().simple());
    let settings = |schema| PostgresSettings {
        url: url.clone().into(),
        max_connections: 4,
        min_connections: 0,
        check_before_use: false,
        recycle_after: Duration::from_mins(10),
        abandoned_after: PostgresSettings::ABANDONED_AFTER,
        schema,
    };
    let admin = Database::open(&DatabaseSettings::Postgres(settings(None))).await.unwrap();
    let create = admin.statement(format!("CREATE SCHEMA {schema}"), []);
    admin.write().execute_raw(create).await.unwrap();
    admin.close().await.unwrap();
    Some(DatabaseSettings::Postgres(settings(Some(schema))))
}

pub fn somebody(ambient: &Ambient) -> Principal {
    Principal {
        user: ambient.id(),
        role: Role::User,
        locale: Locale::En,
        proof: Proof::Session(SessionProof {
            id: Uuid::nil(),
            token: Uuid::nil(),
            expires_at: i64::MAX,
        }),
    }
}

pub fn feedback(outcome: FetchOutcome) -> ProxyFeedback {
    ProxyFeedback { outcome, elapsed: Duration::from_millis(40), bytes: 1000 }
}
