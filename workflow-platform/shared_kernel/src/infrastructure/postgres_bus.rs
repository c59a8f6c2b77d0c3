//! The bus between processes that share PostgreSQL and no Redis, over LISTEN and NOTIFY.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait as _, DbErr, RuntimeErr,
    sqlx::{
        self,
        postgres::{PgListener, PgPool, PgPoolOptions},
    },
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::warn;
use uuid::Uuid;

use super::{db::Database, hearing::Hearing, local_bus::LocalBus};
use crate::application::{Bus, BusError, BusStream, Subscription};

/// Messages that wait to be sent; what comes on top is refused.
const WAITING: usize = 10_000;
/// Sent in one statement.
const AT_ONCE: usize = 500;
/// PostgreSQL takes payloads under 8000 bytes.
const LONGEST: usize = 7_900;
const RECONNECT_AFTER: Duration = Duration::from_millis(500);

/// One connection per process listens, and one task sends what was published together.
#[derive(Clone)]
pub struct PostgresBus {
    local: LocalBus,
    hearing: Hearing,
    /// Marks messages of this process, which it hands on itself.
    own: Arc<str>,
    outgoing: mpsc::Sender<String>,
}

/// The message is longer than a notification can be, or too many wait to be sent.
#[derive(Debug, thiserror::Error)]
enum Unsent {
    #[error("message of {0} bytes is too long")]
    TooLong(usize),
    #[error("too many messages wait to be sent")]
    Full,
}

impl PostgresBus {
    /// Connects and starts to listen; its tasks end with `stop`. Schemas do not hear each other.
    pub async fn connect(
        database: &Database,
        process: Uuid,
        stop: CancellationToken,
    ) -> Result<Self, DbErr> {
        let channel = channel(database).await?;
        let pool = database.write().get_postgres_connection_pool().clone();
        let own_pool = own_pool(&pool);
        let (outgoing, waiting) = mpsc::channel(WAITING);
        let own = Arc::from(process.simple().to_string());
        let bus = Self { local: LocalBus::default(), hearing: Hearing::default(), own, outgoing };
        let listener = listener(&own_pool, &channel).await.map_err(failed)?;
        bus.hearing.begins();
        let hear = bus.clone().listen(listener, own_pool, channel.clone());
        tokio::spawn(stop.clone().run_until_cancelled_owned(hear));
        tokio::spawn(stop.run_until_cancelled_owned(send(pool, channel, waiting)));
        Ok(bus)
    }

    /// Hears until the process stops; connects again whenever the connection is lost.
    async fn listen(self, mut listener: PgListener, pool: PgPool, channel: String) {
        loop {
            while let Ok(Some(heard)) = listener.try_recv().await {
                self.deliver(heard.payload());
            }
            self.hearing.ends();
            warn!("connection to the message bus was lost");
            listener = loop {
                tokio::time::sleep(RECONNECT_AFTER).await;
                match self::listener(&pool, &channel).await {
                    Ok(listener) => break listener,
                    Err(error) => warn!(%error, "message bus is still away"),
                }
            };
            self.hearing.begins();
        }
    }

    fn deliver(&self, message: &str) {
        let mut parts = message.splitn(3, '\n');
        if let (Some(process), Some(topic), Some(payload)) =
            (parts.next(), parts.next(), parts.next())
            && process != &*self.own
        {
            self.local.deliver(topic, payload);
        }
    }
}

async fn channel(database: &Database) -> Result<String, DbErr> {
    let statement = database.statement("SELECT current_schema() AS name", []);
    let row = database.read().query_one_raw(statement).await?;
    let schema: Option<String> = row.map(|row| row.try_get("", "name")).transpose()?;
    Ok(format!("workflow_platform_bus_{}", schema.unwrap_or_default()))
}

/// Listening takes a connection for good, which should not be one of the many.
fn own_pool(pool: &PgPool) -> PgPool {
    PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_lazy_with((*pool.connect_options()).clone())
}

/// One that tells of a lost connection instead of hiding it.
async fn listener(pool: &PgPool, channel: &str) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.eager_reconnect(false);
    listener.listen(channel).await?;
    Ok(listener)
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))
}

/// Keeps what could not be sent, and tries again.
async fn send(pool: PgPool, channel: String, mut waiting: mpsc::Receiver<String>) {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, AT_ONCE).await > 0 {
        let sql = "SELECT count(pg_notify($1, line)) FROM unnest($2::text[]) AS line";
        while let Err(error) = sqlx::query(sql).bind(&channel).bind(&batch).execute(&pool).await {
            if matches!(error, sqlx::Error::PoolClosed) {
                return;
            }
            warn!(%error, "messages cannot be sent to the other processes");
            tokio::time::sleep(RECONNECT_AFTER).await;
        }
        batch.clear();
    }
}

#[async_trait]
impl Bus for PostgresBus {
    async fn publish(&self, topic: &str, payload: &str) -> Result<(), BusError> {
        self.local.deliver(topic, payload);
        let message = format!("{}\n{topic}\n{payload}", self.own);
        if message.len() > LONGEST {
            return Err(BusError(Box::new(Unsent::TooLong(message.len()))));
        }
        self.outgoing.try_send(message).map_err(|_| BusError(Box::new(Unsent::Full)))
    }

    async fn subscribe(&self, what: Subscription) -> Result<BusStream, BusError> {
        Ok(self.local.listen(what))
    }

    fn connection(&self) -> Option<u64> {
        self.hearing.connection()
    }
}
