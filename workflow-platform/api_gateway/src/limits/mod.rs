//! How often somebody may call.
//!
//! Three things are counted: every request of the API by where it comes from, those of somebody
//! signed in by who they are, and the routes that attackers like by themselves ([`table`]). IPv6
//! callers are counted by their network of 64 bits, which is theirs as a whole.
//!
//! **One question a request.** Where anybody may call, the counts are asked before the handler
//! runs. Where a token is wanted, they are asked when it was checked ([`gate`]), together with
//! the user's. With Redis a question is one script, so that processes share what they count.
//!
//! **When Redis is away** routes of the table are closed, since nobody counts the guesses there;
//! the others go on, uncounted.

mod fault;
mod gate;
mod headers;
mod layer;
mod table;

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use shared_kernel::{
    application::{RateCheck, RateLimiter, RateLimiterError},
    domain::{Ambient, Id, Quota, User, Verdict, site_of},
};
use tracing::warn;

pub use headers::{POLICY as POLICY_HEADER, STATE as STATE_HEADER};

use fault::LimitFault;

/// While the counts are away it is said so this often.
const SAID_EVERY: Duration = Duration::from_secs(30);

/// How often somebody may call, in a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitSettings {
    pub enabled: bool,
    /// From one address, everything together.
    pub per_address: u32,
    /// By one user, from wherever.
    pub per_user: u32,
    /// From one address, each sensitive route by itself.
    pub sensitive: u32,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self { enabled: true, per_address: 600, per_user: 1200, sensitive: 20 }
    }
}

/// One thing counted for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Counted {
    /// Name of the policy, in headers and metrics.
    policy: &'static str,
    check: RateCheck,
}

/// Counts requests.
pub struct Limits {
    settings: LimitSettings,
    limiter: Arc<dyn RateLimiter>,
    ambient: Ambient,
    /// Microseconds since the epoch.
    said_at: AtomicI64,
}

impl Limits {
    pub fn new(settings: LimitSettings, limiter: Arc<dyn RateLimiter>, ambient: Ambient) -> Self {
        Self { settings, limiter, ambient, said_at: AtomicI64::new(0) }
    }

    fn by_address(&self, client: Option<IpAddr>) -> Counted {
        let quota = Quota::per_minute(self.settings.per_address);
        Counted { policy: "ip", check: RateCheck { key: format!("ip:{}", place(client)), quota } }
    }

    fn by_user(&self, user: Id<User>) -> Counted {
        let quota = Quota::per_minute(self.settings.per_user);
        Counted { policy: "user", check: RateCheck { key: format!("user:{user}"), quota } }
    }

    async fn ask(&self, counted: &[Counted]) -> Result<Vec<Verdict>, RateLimiterError> {
        let checks: Vec<_> = counted.iter().map(|one| one.check.clone()).collect();
        let now = self.ambient.now();
        let answer = self.limiter.check(&checks, now).await;
        if let Err(error) = &answer {
            metrics::counter!("rate_limiter_unavailable_total").increment(1);
            let said = self.said_at.load(Ordering::Relaxed);
            if now.micros().saturating_sub(said)
                > i64::try_from(SAID_EVERY.as_micros()).unwrap_or(0)
            {
                self.said_at.store(now.micros(), Ordering::Relaxed);
                warn!(%error, "requests cannot be counted, sensitive routes are closed");
            }
        }
        answer
    }
}

/// Callers without an address share one count.
fn place(client: Option<IpAddr>) -> String {
    client.map_or_else(|| "unknown".to_owned(), |address| site_of(address).to_string())
}
