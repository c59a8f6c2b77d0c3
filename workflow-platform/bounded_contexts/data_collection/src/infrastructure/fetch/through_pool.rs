//! One hop through a pool: another proxy is tried when one fails.

use std::{sync::Arc, time::Duration};

use shared_kernel::application::{
    FetchError, FetchMethod, FetchOutcome, PoolRef, ProxyFeedback, ProxyLease, ProxyPools,
};

use super::{
    clients::Clients,
    exchange::{Answer, Hop, class, exchange},
};

/// Proxies tried for one hop.
const TRIES: usize = 3;

/// What carries requests through pools.
pub(super) struct Pooled<'a> {
    pub pools: &'a dyn ProxyPools,
    pub clients: &'a Clients,
}

/// An answer and the proxy it came through.
pub(super) type Carried = (Answer, Arc<str>);

impl Pooled<'_> {
    /// A failing proxy is told so; one that answers for the site that it cannot be reached is
    /// judged by what the next one finds.
    pub async fn exchange(
        &self,
        pool: &PoolRef,
        host: &str,
        hop: &Hop<'_>,
        limit: Duration,
    ) -> Result<Carried, FetchError> {
        let repeatable =
            matches!(hop.method, FetchMethod::Get | FetchMethod::Head | FetchMethod::Options);
        let tries = if repeatable { TRIES } else { 1 };
        let mut avoid = Vec::new();
        let mut doubtful: Vec<(ProxyLease, Answer)> = Vec::new();
        let mut last = None;
        for _ in 0..tries {
            let lease = match self.pools.lease(hop.request.owner, pool, host, &avoid).await {
                Ok(lease) if avoid.contains(&lease.proxy) => {
                    self.give_back(lease, host, FetchOutcome::Ok, Duration::ZERO, 0).await;
                    break;
                }
                Ok(lease) => lease,
                Err(error) => {
                    last.get_or_insert(FetchError::NoProxy(error.to_string()));
                    break;
                }
            };
            avoid.push(lease.proxy);
            let sent = match self.clients.through(&lease.address) {
                Ok(client) => exchange(&client, hop, limit, Some(lease.proxy)).await,
                Err(error) => Err(error),
            };
            match sent {
                Ok(answer) if is_doubtful(&answer) => doubtful.push((lease, answer)),
                Ok(answer) => {
                    self.judge(doubtful, host, FetchOutcome::Transport).await;
                    return Ok(self.accept(lease, host, hop, answer).await);
                }
                Err(error) => {
                    let outcome = outcome_of(&error);
                    self.give_back(lease, host, outcome, Duration::ZERO, 0).await;
                    if outcome != FetchOutcome::Transport {
                        self.judge(doubtful, host, FetchOutcome::Ok).await;
                        return Err(error);
                    }
                    last = Some(error);
                }
            }
        }
        self.conclude(doubtful, host, last).await
    }

    /// All proxies that answered said the same: then it is the site.
    async fn conclude(
        &self,
        mut doubtful: Vec<(ProxyLease, Answer)>,
        host: &str,
        last: Option<FetchError>,
    ) -> Result<Carried, FetchError> {
        let alone = doubtful.len() == 1 && last.is_some();
        match doubtful.pop() {
            None => {
                Err(last.unwrap_or_else(|| FetchError::NoProxy("no proxy was tried".to_owned())))
            }
            Some((lease, answer)) => {
                let outcome = if alone || refuses(&answer) {
                    FetchOutcome::Transport
                } else {
                    FetchOutcome::Ok
                };
                self.judge(doubtful, host, outcome).await;
                let through = Arc::from(lease.address.to_string());
                let refused = refuses(&answer);
                let bytes = answer.body.len() as u64;
                self.give_back(lease, host, outcome, answer.elapsed, bytes).await;
                if refused {
                    Err(FetchError::NoProxy("the proxy wants other credentials".to_owned()))
                } else {
                    Ok((answer, through))
                }
            }
        }
    }

    async fn accept(
        &self,
        lease: ProxyLease,
        host: &str,
        hop: &Hop<'_>,
        answer: Answer,
    ) -> Carried {
        let outcome = match class(&answer, hop.url, hop.url) {
            FetchOutcome::Challenge => FetchOutcome::Challenge,
            _ if matches!(answer.status, 429 | 503) => FetchOutcome::Throttled,
            _ => FetchOutcome::Ok,
        };
        let through = Arc::from(lease.address.to_string());
        let bytes = answer.body.len() as u64;
        self.give_back(lease, host, outcome, answer.elapsed, bytes).await;
        (answer, through)
    }

    async fn judge(&self, doubtful: Vec<(ProxyLease, Answer)>, host: &str, outcome: FetchOutcome) {
        for (lease, answer) in doubtful {
            self.give_back(lease, host, outcome, answer.elapsed, 0).await;
        }
    }

    async fn give_back(
        &self,
        lease: ProxyLease,
        host: &str,
        outcome: FetchOutcome,
        elapsed: Duration,
        bytes: u64,
    ) {
        self.pools.give_back(lease, host, ProxyFeedback { outcome, elapsed, bytes }).await;
    }
}

/// Statuses that a proxy gives when it is the one that failed; a site may give them too.
fn is_doubtful(answer: &Answer) -> bool {
    matches!(answer.status, 407 | 502 | 504)
}

/// Only a proxy asks for a proxy's credentials.
fn refuses(answer: &Answer) -> bool {
    answer.status == 407
}

fn outcome_of(error: &FetchError) -> FetchOutcome {
    match error {
        FetchError::Transport(_)
        | FetchError::Timeout(_)
        | FetchError::Dns(_)
        | FetchError::NoProxy(_) => FetchOutcome::Transport,
        _ => FetchOutcome::Ok,
    }
}
