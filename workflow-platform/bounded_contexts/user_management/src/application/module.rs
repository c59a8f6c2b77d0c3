//! The context's working parts, put together once per process.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;
use shared_kernel::{
    application::Cache,
    domain::Ambient,
    infrastructure::{db::Database, seal::Sealer},
};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::ports::{
    AccountStore, CodeStore, Passwords, SessionCache, SessionStore, StoreError, Tokens,
};

/// How often old codes and sessions are removed, and how many at most.
const SWEEP_EVERY: Duration = Duration::from_mins(30);
const SWEPT_AT_ONCE: u32 = 1000;
/// Sessions are kept this long after their end, for the curious.
const KEPT_AFTER_END: Duration = Duration::from_hours(30 * 24);

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct UserSettings {
    /// Signs access tokens; 32 bytes or more.
    pub secret: SecretString,
    /// Signed before and still accepted.
    pub older_secrets: Vec<SecretString>,
    /// Life of an access token.
    pub access: Duration,
    /// Life of a refresh token.
    pub refresh: Duration,
}

impl UserSettings {
    /// 30 minutes and 7 days.
    pub fn new(secret: SecretString) -> Self {
        Self {
            secret,
            older_secrets: Vec::new(),
            access: Duration::from_mins(30),
            refresh: Duration::from_hours(7 * 24),
        }
    }
}

/// The adapters the context works with.
#[derive(Clone)]
pub struct UserPorts {
    pub accounts: Arc<dyn AccountStore>,
    pub sessions: Arc<dyn SessionStore>,
    pub session_cache: Arc<dyn SessionCache>,
    pub codes: Arc<dyn CodeStore>,
    pub passwords: Arc<dyn Passwords>,
    pub tokens: Arc<dyn Tokens>,
    pub database: Database,
    pub cache: Arc<dyn Cache>,
    pub sealer: Sealer,
    pub ambient: Ambient,
}

/// Use cases of the context, and its side of the `Authenticator` port.
pub struct UserModule {
    pub(super) ports: UserPorts,
    pub(super) settings: UserSettings,
}

impl UserModule {
    pub fn new(ports: UserPorts, settings: UserSettings) -> Self {
        Self { ports, settings }
    }

    /// Removes codes and sessions that are long over, a bounded number; gives how many.
    pub async fn sweep(&self) -> Result<u64, StoreError> {
        let before = self.ports.ambient.now().minus(KEPT_AFTER_END);
        let now = self.ports.ambient.now();
        let revoked = self.ports.sessions.remove_revoked(now, SWEPT_AT_ONCE).await?;
        let codes = self.ports.codes.remove_old(before, SWEPT_AT_ONCE).await?;
        let sessions = self.ports.sessions.remove_old(before, SWEPT_AT_ONCE).await?;
        Ok(codes + sessions + revoked)
    }

    /// Hears of changed sessions, and sweeps now and then, until told to stop. One task per
    /// process.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        tokio::join!(self.sweep_now_and_then(&stop), self.hear(&stop));
    }

    async fn hear(&self, stop: &CancellationToken) {
        let heard = stop.run_until_cancelled(self.ports.session_cache.listen()).await;
        if let Some(Err(error)) = heard {
            warn!(%error, "changes of sessions are not heard, the database is asked every time");
        }
    }

    async fn sweep_now_and_then(&self, stop: &CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(SWEEP_EVERY) => {
                    if let Err(error) = self.sweep().await {
                        warn!(%error, "old codes and sessions could not be removed");
                    }
                }
            }
        }
    }
}
