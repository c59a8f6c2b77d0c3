//! A queue between processes: one Redis stream, read by one group of consumers. What a consumer
//! has in hand is its own while it says so now and then; what a dead one had is claimed by others.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use redis::{
    AsyncConnectionConfig, AsyncTypedCommands as _, Client, RedisError, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig, MultiplexedConnection},
    streams::{
        StreamAutoClaimOptions, StreamClaimOptions, StreamId, StreamMaxlen, StreamReadOptions,
    },
};

const PREFIX: &str = "wp:events:";
const GROUP: &str = "relay";
/// The one field of an entry.
const BODY: &str = "body";
/// Entries kept at most, whatever becomes of their readers. Senders stop far below.
const LONGEST: usize = 100_000;
/// Between two attempts to connect.
const RECONNECT_AFTER: Duration = Duration::from_millis(200);
/// Beside the time that a read waits in Redis.
const PATIENCE: Duration = Duration::from_secs(2);

/// Redis could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("event stream cannot be reached")]
pub struct StreamError(#[from] RedisError);

/// Where streams are.
#[derive(Clone)]
pub struct RedisStreams {
    client: Client,
    connection: ConnectionManager,
}

impl RedisStreams {
    pub fn new(client: Client, connection: ConnectionManager) -> Self {
        Self { client, connection }
    }

    /// Those of the server at this address. While it is away, commands fail soon.
    pub async fn open(url: &str) -> Result<Self, StreamError> {
        let client = Client::open(url)?;
        let manners =
            ConnectionManagerConfig::new().set_number_of_retries(1).set_max_delay(RECONNECT_AFTER);
        let connection = client.get_connection_manager_with_config(manners).await?;
        Ok(Self { client, connection })
    }

    /// The stream of that name, which is made with its first entry.
    pub fn stream(&self, name: &str) -> RedisStream {
        let (client, connection) = (self.client.clone(), self.connection.clone());
        RedisStream { client, connection, key: format!("{PREFIX}{name}") }
    }
}

/// One stream, to send to.
#[derive(Clone)]
pub struct RedisStream {
    client: Client,
    connection: ConnectionManager,
    key: String,
}

/// An entry that is in a consumer's hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: String,
    pub body: String,
}

impl RedisStream {
    /// Entries nobody is done with.
    pub async fn length(&self) -> Result<usize, StreamError> {
        Ok(self.connection.clone().xlen(&self.key).await?)
    }

    /// Adds entries, in one trip. A failure leaves open how many of them arrived.
    pub async fn send(&self, bodies: &[String]) -> Result<(), StreamError> {
        let mut pipe = redis::pipe();
        for body in bodies {
            let longest = StreamMaxlen::Approx(LONGEST);
            pipe.xadd_maxlen(&self.key, longest, "*", &[(BODY, body.as_str())]).ignore();
        }
        Ok(pipe.query_async(&mut self.connection.clone()).await?)
    }

    /// A reader under a name of its own, with a connection of its own, since reads wait in Redis.
    pub async fn consumer(&self, name: String, wait: Duration) -> Result<Consumer, StreamError> {
        let config = AsyncConnectionConfig::new().set_response_timeout(Some(wait + PATIENCE));
        let reading = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        let founded = Arc::default();
        let consumer = Consumer { stream: self.clone(), reading, name, wait, founded };
        consumer.make_group().await?;
        Ok(consumer)
    }
}

/// One reader of the group.
#[derive(Clone)]
pub struct Consumer {
    stream: RedisStream,
    reading: MultiplexedConnection,
    name: String,
    /// How long a read waits for entries.
    wait: Duration,
    founded: Arc<AtomicBool>,
}

impl Consumer {
    /// Whether this reader found no group and made it, since it was last asked: what was sent
    /// before is not in Redis any more.
    pub fn has_founded(&self) -> bool {
        self.founded.swap(false, Ordering::Relaxed)
    }

    /// Entries that nobody has in hand, at most so many; waits a while for the first.
    pub async fn next(&self, most: usize) -> Result<Vec<Entry>, StreamError> {
        match self.read(most).await {
            // Redis came back empty.
            Err(error) if error.code() == Some("NOGROUP") => {
                self.make_group().await?;
                Ok(Vec::new())
            }
            read => Ok(read?),
        }
    }

    async fn read(&self, most: usize) -> RedisResult<Vec<Entry>> {
        let options = StreamReadOptions::default()
            .group(GROUP, &self.name)
            .count(most)
            .block(usize::try_from(self.wait.as_millis()).unwrap_or(usize::MAX));
        let mut reading = self.reading.clone();
        let reply = reading.xread_options(&[&self.stream.key], &[">"], &options).await?;
        let keys = reply.map(|reply| reply.keys).unwrap_or_default();
        Ok(keys.into_iter().flat_map(|key| key.ids).map(entry).collect())
    }

    /// Entries of consumers that have not said for so long that they are still there.
    pub async fn claim(&self, silent: Duration, most: usize) -> Result<Vec<Entry>, StreamError> {
        let options = StreamAutoClaimOptions::default().count(most);
        let (key, silent) = (&self.stream.key, millis(silent));
        let mut connection = self.stream.connection.clone();
        let reply =
            connection.xautoclaim_options(key, GROUP, &self.name, silent, "0-0", options).await;
        match reply {
            Err(error) if error.code() == Some("NOGROUP") => Ok(Vec::new()),
            reply => Ok(reply?.claimed.into_iter().map(entry).collect()),
        }
    }

    /// Says that we are still at these.
    pub async fn keep(&self, ids: &[String]) -> Result<(), StreamError> {
        let options = StreamClaimOptions::default().with_justid();
        let key = &self.stream.key;
        let mut claim = redis::cmd("XCLAIM");
        claim.arg(key).arg(GROUP).arg(&self.name).arg(0).arg(ids).arg(options);
        Ok(claim.query_async::<()>(&mut self.stream.connection.clone()).await?)
    }

    /// These are over: they leave the stream.
    pub async fn done(&self, ids: &[String]) -> Result<(), StreamError> {
        let mut pipe = redis::pipe();
        let key = &self.stream.key;
        pipe.atomic().xack(key, GROUP, ids).ignore().xdel(key, ids).ignore();
        Ok(pipe.query_async(&mut self.stream.connection.clone()).await?)
    }

    /// Takes the name out of the group, unless something is still in its hand.
    pub async fn leave(self) -> Result<(), StreamError> {
        self.forget(std::slice::from_ref(&self.name)).await
    }

    /// Takes the names of consumers that died long ago out of the group.
    pub async fn forget_dead(&self, silent: Duration) -> Result<(), StreamError> {
        let mut connection = self.stream.connection.clone();
        let known = connection.xinfo_consumers(&self.stream.key, GROUP).await?;
        let silent = usize::try_from(millis(silent)).unwrap_or(usize::MAX);
        let dead = known.consumers.into_iter().filter(|one| one.idle > silent);
        self.forget(&dead.map(|one| one.name).collect::<Vec<_>>()).await
    }

    /// What they had in hand stays for others to claim.
    async fn forget(&self, names: &[String]) -> Result<(), StreamError> {
        let mut connection = self.stream.connection.clone();
        let known = connection.xinfo_consumers(&self.stream.key, GROUP).await?;
        for one in known.consumers {
            if one.pending == 0 && names.contains(&one.name) {
                connection.xgroup_delconsumer(&self.stream.key, GROUP, &one.name).await?;
            }
        }
        Ok(())
    }

    async fn make_group(&self) -> Result<(), StreamError> {
        let mut connection = self.stream.connection.clone();
        match connection.xgroup_create_mkstream(&self.stream.key, GROUP, "0").await {
            // Another consumer was first.
            Err(error) if error.code() == Some("BUSYGROUP") => Ok(()),
            made => {
                made?;
                self.founded.store(true, Ordering::Relaxed);
                Ok(())
            }
        }
    }
}

/// An entry without a body is nobody's: it is given out empty, to be taken away.
fn entry(found: StreamId) -> Entry {
    Entry { body: found.get(BODY).unwrap_or_default(), id: found.id }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
