//! Checks proxies that nobody uses, in the background, each by one process.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::{StreamExt as _, stream};
use shared_kernel::domain::Timestamp;
use tokio_util::sync::CancellationToken;
use tracing::warn;
use url::Url;

use super::{
    ProxyPoolModule,
    drive_test::{Questions, TargetVerdict, Tested},
    ports::{DueCheck, StoreError},
};
use crate::domain::{Health, Pool, PoolId, ProxyId, Sight};

/// Proxies claimed at a time.
const CLAIMED: u32 = 64;
/// Checked at once.
const PARALLEL: usize = 16;
/// Nobody else gets a claimed proxy before this.
const CLAIM: Duration = Duration::from_mins(5);
/// Between two looks when nothing was due.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// Proxies of pools without checks are looked at again after this.
const NOT_CHECKED: Duration = Duration::from_hours(1);
/// A new proxy is checked after this and up to twice of it.
const FIRST: Duration = Duration::from_mins(1);

impl ProxyPoolModule {
    /// When a proxy that is added now is checked for the first time.
    pub(super) fn first_check(&self, now: Timestamp) -> Timestamp {
        now.plus(FIRST).plus(self.drawn(FIRST))
    }

    /// A fifth more or less, so that proxies added together are not checked together for ever.
    fn next_check(&self, now: Timestamp, every: Duration) -> Timestamp {
        now.plus(every.mul_f64(0.8)).plus(self.drawn(every.mul_f64(0.4)))
    }

    /// Anything up to this.
    fn drawn(&self, most: Duration) -> Duration {
        let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(self.ports.ambient.below(micros))
    }

    /// Checks what is due until told to stop. One task per process.
    pub(super) async fn check(self: Arc<Self>, stop: CancellationToken) {
        let mut pause = LOOK_EVERY;
        while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
            let Some(checked) = stop.run_until_cancelled(self.check_due()).await else { return };
            let full = checked.as_ref().is_ok_and(|checked| *checked >= CLAIMED as usize);
            pause = if full { Duration::ZERO } else { LOOK_EVERY };
            if let Err(error) = checked {
                warn!(error = &error as &dyn std::error::Error, "proxies could not be checked");
            }
        }
    }

    /// Checks some that are due; tells how many were claimed.
    pub async fn check_due(&self) -> Result<usize, StoreError> {
        let now = self.ports.ambient.now();
        let due = self.ports.checks.claim_checks(now, now.plus(CLAIM), CLAIMED).await?;
        let claimed = due.len();
        let mut next = Vec::with_capacity(claimed);
        let mut by_pool: HashMap<PoolId, (Pool, Vec<DueCheck>)> = HashMap::new();
        for check in due {
            if let Some(at) = self.put_off(&check, now) {
                next.push((check.proxy.id, at));
                continue;
            }
            let pool = check.pool.clone();
            by_pool.entry(pool.id).or_insert((pool, Vec::new())).1.push(check);
        }
        for (pool, checks) in by_pool.into_values() {
            let every = pool.terms.check_every.unwrap_or(NOT_CHECKED);
            next.extend(checks.iter().map(|one| (one.proxy.id, self.next_check(now, every))));
            self.check_pool(&pool, checks).await?;
        }
        self.ports.checks.schedule_checks(&next).await?;
        Ok(claimed)
    }

    /// When a proxy that need not be checked now is due again.
    fn put_off(&self, check: &DueCheck, now: Timestamp) -> Option<Timestamp> {
        let Some(every) = check.pool.terms.check_every else { return Some(now.plus(NOT_CHECKED)) };
        if !check.proxy.manual.enabled || self.usual_target(&check.pool).is_none() {
            return Some(now.plus(NOT_CHECKED));
        }
        match check.proxy.health {
            Health::Quarantined { until, .. } => Some(until).filter(|until| *until > now),
            // what requests say is better than any check
            Health::Healthy => check
                .last_used_at
                .filter(|used| used.plus(every) > now)
                .map(|_| self.next_check(now, every)),
            _ => None,
        }
    }

    async fn check_pool(&self, pool: &Pool, checks: Vec<DueCheck>) -> Result<(), StoreError> {
        let Some(target) = self.usual_target(pool) else { return Ok(()) };
        let judge = pool.terms.judge.as_deref().and_then(|address| Url::parse(address).ok());
        let own = match &judge {
            Some(judge) => self.own_address(judge).await,
            None => None,
        };
        let questions = Questions { target, judge, own };
        let results: Vec<Tested> = stream::iter(checks)
            .map(|check| self.ask(check.proxy, &questions))
            .buffer_unordered(PARALLEL)
            .collect()
            .await;
        let live = self.live.get(pool).await?;
        let (now, mut verdict) = (self.ports.ambient.now(), TargetVerdict::default());
        let mut sights: HashMap<ProxyId, Sight> = HashMap::new();
        for tested in &results {
            if tested.sight != Sight::default() {
                sights.insert(tested.proxy, tested.sight.clone());
            }
            for (proxy, outcome) in verdict.take(tested) {
                live.tested(proxy, &outcome, sights.remove(&proxy), now);
            }
        }
        Ok(())
    }
}
