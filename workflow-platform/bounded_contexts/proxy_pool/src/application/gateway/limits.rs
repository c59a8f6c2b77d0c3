//! How much of the gateway one user gets, and how often somebody may guess.

use std::{collections::HashMap, net::IpAddr, time::Duration};

use shared_kernel::{
    application::RateCheck,
    domain::{Id, Quota, Timestamp, User, site_of},
};
use tracing::warn;

use super::{Gateway, Seat};
use crate::domain::gateway::Refusal;

/// Addresses that failed too often, until then.
pub(super) type Blocked = HashMap<IpAddr, Timestamp>;

/// Addresses remembered as blocked.
const MOST_BLOCKED: usize = 10_000;

impl Gateway {
    /// A place for one connection of the user.
    pub fn seat(&self, user: Id<User>) -> Result<Seat, Refusal> {
        self.seats.take(user).ok_or(Refusal::TooManyConnections)
    }

    /// Counts a request of the user. While the counts are away nothing is refused.
    pub(super) async fn count(&self, user: Id<User>) -> Result<(), Refusal> {
        let Some(most) = self.settings.requests_per_minute else { return Ok(()) };
        match self.over(format!("gateway:user:{user}"), most).await {
            Some(wait) => Err(Refusal::TooManyRequests(wait)),
            None => Ok(()),
        }
    }

    /// Refuses those who guessed too often, before anything is looked up for them.
    pub(super) fn may_guess(&self, peer: IpAddr) -> Result<(), Refusal> {
        let now = self.ports.ambient.now();
        let blocked = self.blocked.lock();
        match blocked.get(&site_of(peer)) {
            Some(until) if *until > now => Err(Refusal::TooManyRequests(until.since(now))),
            _ => Ok(()),
        }
    }

    /// Somebody guessed wrong.
    pub(super) async fn guessed(&self, peer: IpAddr) {
        let Some(most) = self.settings.failures_per_minute else { return };
        let site = site_of(peer);
        if let Some(wait) = self.over(format!("gateway:guess:{site}"), most).await {
            let now = self.ports.ambient.now();
            let mut blocked = self.blocked.lock();
            blocked.retain(|_, until| *until > now);
            if blocked.len() < MOST_BLOCKED {
                blocked.insert(site, now.plus(wait));
            }
        }
    }

    /// How long to wait, when there was too much of it.
    async fn over(&self, key: String, most: u32) -> Option<Duration> {
        let check = RateCheck { key, quota: Quota::per_minute(most) };
        match self.ports.limiter.check(&[check], self.ports.ambient.now()).await {
            Ok(verdicts) => {
                let verdict = verdicts.first()?;
                (!verdict.is_allowed()).then(|| verdict.retry_after())
            }
            Err(error) => {
                metrics::counter!("rate_limiter_unavailable_total").increment(1);
                warn!(%error, "requests of the proxy gateway cannot be counted");
                None
            }
        }
    }
}
