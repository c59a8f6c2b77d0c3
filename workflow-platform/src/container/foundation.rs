//! Database, cache, bus and mailer: embedded, or real servers.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use event_driven_coordination::{FolderMailer, SmtpMailer, SmtpSecurity, SmtpSettings};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use sea_orm::ConnectionTrait as _;
use secrecy::ExposeSecret as _;
use shared_kernel::{
    application::{BlobStore, Bus, Cache, Mailer, RateLimiter},
    domain::Ambient,
    infrastructure::{
        blob_bucket::BlobBucket,
        blob_folder::BlobFolder,
        cache::{LocalCache, RedisCache},
        db::{Backend, Database, UnitOfWork},
        local_bus::LocalBus,
        local_limiter::LocalLimiter,
        postgres_bus::PostgresBus,
        redis_bus::RedisBus,
        redis_limiter::RedisLimiter,
        redis_streams::RedisStreams,
        system,
    },
};
use tokio_util::sync::CancellationToken;

use crate::config::{Config, MailConfig};

/// Sender of mails that are written to a folder.
const FOLDER_SENDER: &str = "workflow-platform@localhost";
/// Between two attempts to connect to Redis.
const RECONNECT_AFTER: Duration = Duration::from_millis(200);
/// Any number, the same in all processes: who migrates holds this lock of PostgreSQL.
pub const MIGRATION_LOCK: i64 = 0x776f_726b_666c_6f77;
/// How long who found it taken waits before asking again.
const ASK_AGAIN: Duration = Duration::from_millis(200);

/// What every context stands on.
#[derive(Clone)]
pub struct Foundation {
    pub database: Database,
    pub cache: Arc<dyn Cache>,
    pub bus: Arc<dyn Bus>,
    pub limiter: Arc<dyn RateLimiter>,
    pub ambient: Ambient,
    pub blobs: Arc<dyn BlobStore>,
    /// What processes share directly; behind `cache`, `bus` and `limiter` too.
    pub redis: Option<ConnectionManager>,
    /// Carry events between processes.
    pub streams: Option<RedisStreams>,
}

impl Foundation {
    pub async fn open(config: &Config, stop: CancellationToken) -> anyhow::Result<Self> {
        let database = Database::open(&config.database).await?;
        let ambient = system::ambient();
        let Shared { cache, bus, limiter, redis, streams } =
            shared(config, &database, &ambient, stop).await?;
        Ok(Self { database, cache, bus, limiter, ambient, blobs: blobs(config)?, redis, streams })
    }
}

/// What processes share.
struct Shared {
    cache: Arc<dyn Cache>,
    bus: Arc<dyn Bus>,
    limiter: Arc<dyn RateLimiter>,
    redis: Option<ConnectionManager>,
    streams: Option<RedisStreams>,
}

/// What processes share: Redis when there is one. PostgreSQL alone carries messages too.
async fn shared(
    config: &Config,
    database: &Database,
    ambient: &Ambient,
    stop: CancellationToken,
) -> anyhow::Result<Shared> {
    let Some(url) = &config.redis_url else {
        let bus: Arc<dyn Bus> = match database.backend() {
            Backend::Sqlite => Arc::new(LocalBus::default()),
            Backend::Postgres => {
                Arc::new(PostgresBus::connect(database, ambient.uuid(), stop).await?)
            }
        };
        let (cache, limiter) = (LocalCache::default(), LocalLimiter::default());
        let (cache, limiter) = (Arc::new(cache), Arc::new(limiter));
        return Ok(Shared { cache, bus, limiter, redis: None, streams: None });
    };
    let client = redis::Client::open(url.expose_secret()).context("REDIS_URL cannot be used")?;
    let connection = client.get_connection_manager_with_config(manners()).await;
    let connection = connection.context("Redis cannot be reached")?;
    let bus = RedisBus::connect(&client, connection.clone(), stop).await;
    let bus = bus.context("Redis cannot be listened to")?;
    Ok(Shared {
        cache: Arc::new(RedisCache::new(connection.clone())),
        bus: Arc::new(bus),
        limiter: Arc::new(RedisLimiter::new(connection.clone())),
        redis: Some(connection.clone()),
        streams: Some(RedisStreams::new(client, connection)),
    })
}

/// Commands to a Redis that is away fail soon; each that comes later tries to connect anew.
fn manners() -> ConnectionManagerConfig {
    ConnectionManagerConfig::new().set_number_of_retries(1).set_max_delay(RECONNECT_AFTER)
}

/// Brings the schema up to date. Several processes that start together take turns.
pub async fn migrate(database: &Database) -> anyhow::Result<()> {
    if database.backend() == Backend::Sqlite {
        super::migrations().up(database).await?;
        return Ok(());
    }
    let lock = loop {
        match turn(database).await? {
            Some(lock) => break lock,
            None => tokio::time::sleep(ASK_AGAIN).await,
        }
    };
    super::migrations().up(database).await?;
    Ok(lock.commit().await?)
}

/// A transaction that holds the lock, or `None` when somebody else does. Whoever waited inside a
/// statement would keep an index from being created concurrently, and the lock from them.
async fn turn(database: &Database) -> anyhow::Result<Option<UnitOfWork>> {
    let work = database.begin().await?;
    // It is idle for as long as the migrations take.
    work.conn().execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
    let sql = "SELECT pg_try_advisory_xact_lock($1) AS mine";
    let statement = database.statement(sql, [MIGRATION_LOCK.into()]);
    let row = work.conn().query_one_raw(statement).await?;
    let mine = row.map(|row| row.try_get("", "mine")).transpose()?;
    if mine == Some(true) {
        return Ok(Some(work));
    }
    work.roll_back().await?;
    Ok(None)
}

/// A bucket, or the data folder.
pub fn blobs(config: &Config) -> anyhow::Result<Arc<dyn BlobStore>> {
    Ok(match &config.bucket {
        Some(bucket) => Arc::new(BlobBucket::new(bucket)?),
        None => Arc::new(BlobFolder::new(config.data_dir.join("blobs"))),
    })
}

pub(super) fn read_authority(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("SMTP_CA_FILE {} cannot be read", file.display()))
}

/// An SMTP server, or the data folder.
pub fn mailer(config: &Config, ambient: &Ambient) -> anyhow::Result<Arc<dyn Mailer>> {
    Ok(match &config.mail {
        MailConfig::Folder(folder) => {
            Arc::new(FolderMailer::new(folder.clone(), FOLDER_SENDER.to_owned(), ambient.clone()))
        }
        MailConfig::Smtp(smtp) => {
            let settings = SmtpSettings {
                host: smtp.host.clone(),
                port: smtp.port,
                credentials: smtp.credentials.clone(),
                from: smtp.from.clone(),
                security: SmtpSecurity::for_server(&smtp.host, smtp.port),
                authority: smtp.ca_file.as_deref().map(read_authority).transpose()?,
            };
            Arc::new(SmtpMailer::new(&settings, ambient.clone())?)
        }
    })
}
