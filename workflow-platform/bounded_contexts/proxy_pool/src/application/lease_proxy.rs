//! The context's side of the kernel's `ProxyPools` port: what the fetcher and the gateway use.

use std::pin::pin;

use async_trait::async_trait;
use shared_kernel::{
    application::{
        FetchOutcome, PoolRef, ProxyError, ProxyFeedback, ProxyLease, ProxyPools, ProxyWish,
    },
    domain::{Owner, Timestamp},
};
use tokio::time::{Duration, timeout};
use uuid::Uuid;

use super::{
    ProxyPoolModule,
    choices::chosen,
    live::{LivePool, Setback, Taken},
    ports::{Admission, LeaseClaim, SharedLeases, StoreError},
};

/// Proxies asked for at what processes share, before the request waits.
const TRIES: usize = 4;
/// Leases also end silently, by expiry, and elsewhere: who waits looks again after this.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

fn unavailable(error: StoreError) -> ProxyError {
    ProxyError::Unavailable(Box::new(error))
}

/// Why there is nothing to lease.
enum Nothing {
    HostRests(Timestamp),
    Exhausted,
}

#[async_trait]
impl ProxyPools for ProxyPoolModule {
    async fn lease(
        &self,
        owner: Owner,
        pool: &PoolRef,
        host: &str,
        avoid: &[Uuid],
    ) -> Result<ProxyLease, ProxyError> {
        self.lease_for(owner, pool, ProxyWish { host, session: None, avoid }).await
    }

    /// While every usable proxy is at its parallel limit this waits for one to come free; when
    /// none is usable at all it says so at once.
    async fn lease_for(
        &self,
        owner: Owner,
        pool: &PoolRef,
        wish: ProxyWish<'_>,
    ) -> Result<ProxyLease, ProxyError> {
        let live = self.live.find(owner, &pool.0).await.map_err(unavailable)?;
        let live = live.ok_or_else(|| ProxyError::UnknownPool(pool.0.clone()))?;
        self.live.meet(&live, wish.host).await.map_err(unavailable)?;
        let waited = timeout(self.settings.lease_wait, self.take(&live, &wish)).await;
        let taken = match waited {
            Ok(taken) => taken,
            // those to be avoided are better than none
            Err(_) => self.take_once(&live, &ProxyWish { avoid: &[], ..wish }).await,
        };
        let outcome = match &taken {
            Ok(_) => "leased",
            Err(Nothing::HostRests(_)) => "host_rests",
            Err(Nothing::Exhausted) => "exhausted",
        };
        chosen(live.pool().terms.strategy, outcome, 1);
        taken.map_err(|nothing| match nothing {
            Nothing::HostRests(retry_at) => {
                ProxyError::HostRests { host: wish.host.to_owned(), retry_at }
            }
            Nothing::Exhausted => ProxyError::Exhausted(pool.0.clone()),
        })
    }

    async fn give_back(&self, lease: ProxyLease, host: &str, feedback: ProxyFeedback) {
        if let Some(live) = self.live.known(lease.pool.into()) {
            live.give_back(&lease, host, &feedback, &self.ports.ambient);
        }
        if let Some(shared) = &self.ports.leases {
            shared.release(lease.proxy.into(), lease.id).await;
        }
    }

    async fn report(&self, pool: Uuid, proxy: Uuid, host: &str, outcome: FetchOutcome) {
        if let Some(live) = self.live.known(pool.into()) {
            live.reconsider(proxy.into(), host, outcome, self.ports.ambient.now());
        }
    }
}

impl ProxyPoolModule {
    async fn take(&self, live: &LivePool, wish: &ProxyWish<'_>) -> Result<ProxyLease, Nothing> {
        loop {
            let mut freed = pin!(live.freed().notified());
            freed.as_mut().enable();
            if let Some(ended) = self.try_take(live, wish).await {
                return ended;
            }
            let _ = timeout(LOOK_AGAIN, freed).await;
        }
    }

    async fn take_once(
        &self,
        live: &LivePool,
        wish: &ProxyWish<'_>,
    ) -> Result<ProxyLease, Nothing> {
        self.try_take(live, wish).await.unwrap_or(Err(Nothing::Exhausted))
    }

    /// None while all are busy.
    async fn try_take(
        &self,
        live: &LivePool,
        wish: &ProxyWish<'_>,
    ) -> Option<Result<ProxyLease, Nothing>> {
        for _ in 0..TRIES {
            match live.take(wish, &self.ports.ambient) {
                Taken::Lease(given) => {
                    let (lease, claim) = *given;
                    if self.granted(live, wish, &lease, &claim).await {
                        return Some(Ok(lease));
                    }
                }
                Taken::Busy => return None,
                Taken::HostRests(until) => return Some(Err(Nothing::HostRests(until))),
                Taken::None => return Some(Err(Nothing::Exhausted)),
            }
        }
        None
    }

    /// Asks what all processes share, where there is such a thing.
    async fn granted(
        &self,
        live: &LivePool,
        wish: &ProxyWish<'_>,
        lease: &ProxyLease,
        claim: &LeaseClaim,
    ) -> bool {
        let Some(shared) = &self.ports.leases else { return true };
        let setback = match shared.acquire(claim).await {
            Admission::Granted if self.keeps_session(live, wish, shared.as_ref(), claim).await => {
                return true;
            }
            Admission::Granted => {
                shared.release(claim.proxy, claim.lease).await;
                Setback::OtherSession
            }
            Admission::Full => Setback::Full,
            Admission::Probed => Setback::Probed,
        };
        live.not_granted(lease, wish.host, setback, self.ports.ambient.now());
        false
    }

    /// Whether the session may go through this proxy, as far as other processes are concerned.
    async fn keeps_session(
        &self,
        live: &LivePool,
        wish: &ProxyWish<'_>,
        shared: &dyn SharedLeases,
        claim: &LeaseClaim,
    ) -> bool {
        let Some(session) = live.session(wish) else { return true };
        let pool = live.pool();
        let (name, terms) = (format!("{}:{session}", pool.id), pool.terms.sticky);
        match shared.bind(&name, claim.proxy, wish.avoid, &terms).await {
            Some(other) if other != claim.proxy => {
                if live.bound_elsewhere(session, other, self.ports.ambient.now()) {
                    return false;
                }
                // it cannot be used here: the session moves on everywhere
                shared.bind(&name, claim.proxy, &[other.uuid()], &terms).await;
                true
            }
            _ => true,
        }
    }
}
