//! The context's working parts, put together once per process.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use shared_kernel::{
    application::{AuditTrail, Cache, RateLimiter},
    domain::Ambient,
    infrastructure::{db::Database, seal::Sealer},
};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{
    KeyUses, UserSettings,
    ports::{
        AccountStore, ApiKeyStore, AuditStore, CodeStore, KeyCache, LeavingStore, OversightStore,
        Passwords, PeopleCache, SavedViewStore, SecondFactorStore, SessionCache, SessionStore,
        StoreError, Tokens,
    },
};

/// How often the last uses of API keys are written.
const WRITE_USES_EVERY: Duration = Duration::from_mins(1);
/// How often old codes and sessions are removed, and how many at most.
const SWEEP_EVERY: Duration = Duration::from_mins(30);
const SWEPT_AT_ONCE: u32 = 1000;
/// Sessions are kept this long after their end, for the curious.
const KEPT_AFTER_END: Duration = Duration::from_hours(30 * 24);

/// The adapters the context works with.
#[derive(Clone)]
pub struct UserPorts {
    pub accounts: Arc<dyn AccountStore>,
    pub oversight: Arc<dyn OversightStore>,
    pub sessions: Arc<dyn SessionStore>,
    pub session_cache: Arc<SessionCache>,
    pub key_cache: Arc<KeyCache>,
    pub people: Arc<PeopleCache>,
    pub codes: Arc<dyn CodeStore>,
    pub second_factors: Arc<dyn SecondFactorStore>,
    pub leaving: Arc<dyn LeavingStore>,
    pub api_keys: Arc<dyn ApiKeyStore>,
    pub saved_views: Arc<dyn SavedViewStore>,
    pub audit: Arc<dyn AuditStore>,
    /// Where failures are told.
    pub trail: Arc<dyn AuditTrail>,
    pub passwords: Arc<dyn Passwords>,
    pub tokens: Arc<dyn Tokens>,
    pub database: Database,
    pub cache: Arc<dyn Cache>,
    pub limiter: Arc<dyn RateLimiter>,
    pub sealer: Sealer,
    pub ambient: Ambient,
}

/// Use cases of the context, and its side of the `Authenticator` port.
pub struct UserModule {
    pub(super) ports: UserPorts,
    pub(super) settings: UserSettings,
    pub(super) key_uses: KeyUses,
}

impl UserModule {
    pub fn new(ports: UserPorts, settings: UserSettings) -> Self {
        Self { ports, settings, key_uses: KeyUses::default() }
    }

    /// The keys that others may check access tokens with, as a JSON Web Key Set.
    pub fn public_keys(&self) -> Value {
        self.ports.tokens.public_keys()
    }

    /// Removes codes, sessions and keys that are long over, a bounded number; gives how many.
    pub async fn sweep(&self) -> Result<u64, StoreError> {
        let before = self.ports.ambient.now().minus(KEPT_AFTER_END);
        let now = self.ports.ambient.now();
        let revoked = self.ports.sessions.remove_revoked(now, SWEPT_AT_ONCE).await?;
        let codes = self.ports.codes.remove_old(before, SWEPT_AT_ONCE).await?;
        let sessions = self.ports.sessions.remove_old(before, SWEPT_AT_ONCE).await?;
        let keys = self.ports.api_keys.remove_old_keys(before, SWEPT_AT_ONCE).await?;
        let too_old = now.minus(self.settings.audit_kept);
        let entries = self.ports.audit.remove_old_entries(too_old, SWEPT_AT_ONCE).await?;
        Ok(codes + sessions + revoked + keys + entries)
    }

    /// Hears of changed sessions, and sweeps now and then, until told to stop. One task per
    /// process.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        tokio::join!(self.work_now_and_then(&stop), self.hear(&stop));
    }

    async fn hear(&self, stop: &CancellationToken) {
        let (sessions, keys) = (self.ports.session_cache.listen(), self.ports.key_cache.listen());
        let all = async { tokio::try_join!(sessions, keys, self.ports.people.listen()) };
        if let Some(Err(error)) = stop.run_until_cancelled(all).await {
            warn!(%error, "changes of sessions are not heard, the database is asked every time");
        }
    }

    async fn work_now_and_then(&self, stop: &CancellationToken) {
        let mut sweeps = tokio::time::interval(SWEEP_EVERY);
        let mut writes = tokio::time::interval(WRITE_USES_EVERY);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = sweeps.tick() => {
                    if let Err(error) = self.sweep().await {
                        warn!(%error, "old codes, sessions and keys could not be removed");
                    }
                    if let Err(error) = self.delete_due().await {
                        warn!(%error, "accounts whose time has come could not be deleted");
                    }
                }
                _ = writes.tick() => self.write_or_warn().await,
            }
        }
        self.write_or_warn().await;
    }

    async fn write_or_warn(&self) {
        if let Err(error) = self.write_key_uses().await {
            warn!(%error, "the last uses of API keys could not be written");
        }
    }
}
