//! robots.txt of sites: fetched once for everybody who asks at the same time, kept in this
//! process and in the cache that all processes share.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use moka::future::Cache as Moka;
use shared_kernel::application::{Cache, FetchError};

use crate::domain::robots::Robots;

/// How long a robots.txt is believed: in this process, and, before that, in the shared cache.
/// Together at most the day that RFC 9309 allows (section 2.4).
const KEPT_HERE: Duration = Duration::from_mins(30);
const KEPT: Duration = Duration::from_mins(23 * 60 + 30);
/// How long a site without a readable robots.txt is left alone.
const CLOSED: Duration = Duration::from_mins(5);

/// What a site's file came to.
#[derive(Debug)]
pub(super) enum Found {
    Rules(Robots),
    /// The site has trouble, or does not show its rules.
    Closed,
    /// It could not be asked.
    Failed(FetchError),
}

/// Files by origin.
pub(super) struct RobotsFiles {
    here: Moka<String, Arc<Robots>>,
    /// Sites that are left alone for a while.
    closed: Moka<String, ()>,
    shared: Arc<dyn Cache>,
    agent: String,
}

/// Why a file could not be got. `None`: the site is closed.
#[derive(Debug, Clone)]
struct NotGot(Option<Arc<FetchError>>);

impl RobotsFiles {
    pub fn new(shared: Arc<dyn Cache>, agent: String) -> Self {
        let cache = |kept| Moka::builder().max_capacity(10_000).time_to_live(kept);
        Self {
            here: cache(KEPT_HERE).build(),
            closed: Moka::builder().max_capacity(10_000).time_to_live(CLOSED).build(),
            shared,
            agent,
        }
    }

    /// The site's rules. `load` fetches the file when nobody has it.
    pub async fn of(
        &self,
        origin: String,
        load: impl Future<Output = Found>,
    ) -> Result<Arc<Robots>, FetchError> {
        if self.closed.get(&origin).await.is_some() {
            return Ok(Arc::new(Robots::nothing_allowed()));
        }
        let found = self.here.try_get_with(origin.clone(), self.shared_or(&origin, load)).await;
        match found.map_err(Arc::unwrap_or_clone) {
            Ok(robots) => Ok(robots),
            Err(NotGot(None)) => {
                self.closed.insert(origin, ()).await;
                Ok(Arc::new(Robots::nothing_allowed()))
            }
            Err(NotGot(Some(error))) => Err(unshared(error)),
        }
    }

    async fn shared_or(
        &self,
        origin: &str,
        load: impl Future<Output = Found>,
    ) -> Result<Arc<Robots>, NotGot> {
        // The rules of the file depend on who reads it.
        let key = format!("robots:{}:{origin}", self.agent);
        if let Ok(Some(kept)) = self.shared.get(&key).await {
            match serde_json::from_slice::<Option<Robots>>(&kept) {
                Ok(Some(robots)) => return Ok(Arc::new(robots)),
                Ok(None) => return Err(NotGot(None)),
                Err(_) => {}
            }
        }
        let (found, kept) = match load.await {
            Found::Rules(robots) => (Some(robots), KEPT),
            Found::Closed => (None, CLOSED),
            Found::Failed(error) => return Err(NotGot(Some(Arc::new(error)))),
        };
        if let Ok(text) = serde_json::to_vec(&found)
            && let Err(error) = self.shared.put(&key, Bytes::from(text), kept).await
        {
            tracing::debug!(%error, "robots.txt of {origin} is kept in this process alone");
        }
        found.map(Arc::new).ok_or(NotGot(None))
    }
}

/// The error for one of several who waited for the same file.
fn unshared(error: Arc<FetchError>) -> FetchError {
    match Arc::try_unwrap(error) {
        Ok(error) => error,
        Err(shared) => copy_of(&shared),
    }
}

fn copy_of(error: &FetchError) -> FetchError {
    match error {
        FetchError::Forbidden { address } => FetchError::Forbidden { address: address.clone() },
        FetchError::Dns(host) => FetchError::Dns(host.clone()),
        FetchError::Timeout(limit) => FetchError::Timeout(*limit),
        FetchError::NoProxy(text) => FetchError::NoProxy(text.clone()),
        FetchError::Throttled { host, retry_at } => {
            FetchError::Throttled { host: host.clone(), retry_at: *retry_at }
        }
        FetchError::Cancelled => {
            FetchError::Transport("robots.txt was not read to its end".to_owned())
        }
        other => FetchError::Transport(other.to_string()),
    }
}
