//! From a target to a connection that leads there.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret as _;
use shared_kernel::{
    application::{FetchOutcome, ProxyAddress, ProxyError, ProxyScheme, ProxyWish},
    domain::{ErrorKind, Fault as _},
};
use tokio::time::{Instant, timeout};
use tracing::{debug, warn};
use uuid::Uuid;

use super::{Gateway, Held, Line, Visitor, idle::Place, ports::DialError};
use crate::domain::gateway::{Form, Refusal, Target};

/// What is wanted of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The target itself.
    Tunnel,
    /// A place to send one HTTP request to; `reuse` allows one that was used before.
    Request { reuse: bool },
}

/// A connection that leads to the target.
pub struct Carried {
    pub line: Line,
    pub held: Held,
    /// It was used before: when it breaks without an answer, that says nothing of the proxy.
    pub reused: bool,
    /// How long it took to be made.
    pub elapsed: Duration,
    place: Place,
    credentials: Option<String>,
    absolute: bool,
}

impl Carried {
    /// How requests are written on this connection.
    pub fn form(&self) -> Form<'_> {
        if self.absolute { Form::Absolute(self.credentials.as_deref()) } else { Form::Origin }
    }

    /// Whether the proxy answers requests, and not the site itself.
    pub fn is_absolute(&self) -> bool {
        self.absolute
    }
}

/// One request's way through the pool.
pub struct Route<'g> {
    gateway: &'g Gateway,
    visitor: &'g Visitor,
    target: &'g Target,
    avoid: Vec<Uuid>,
    /// Those that blamed the site.
    doubtful: Vec<Held>,
    failed: bool,
    left: usize,
}

impl Gateway {
    pub fn route<'g>(&'g self, visitor: &'g Visitor, target: &'g Target) -> Route<'g> {
        let left = if visitor.session.is_some() { 1 } else { self.settings.tries };
        Route {
            gateway: self,
            visitor,
            target,
            avoid: Vec::new(),
            doubtful: Vec::new(),
            failed: false,
            left,
        }
    }

    /// Keeps the connection for the next request, and gives the lease back.
    pub async fn keep(
        &self,
        carried: Carried,
        outcome: FetchOutcome,
        elapsed: Duration,
        bytes: u64,
    ) {
        let Carried { line, held, place, .. } = carried;
        self.idle.keep(place, held.address.clone(), line);
        held.give_back(outcome, elapsed, bytes).await;
    }
}

impl Route<'_> {
    /// The next connection that leads to the target.
    pub async fn next(&mut self, way: Way) -> Result<Carried, Refusal> {
        let mut last = None;
        while self.left > 0 {
            self.left -= 1;
            let held = match self.lease().await {
                Ok(Some(held)) => held,
                Ok(None) => break,
                Err(refusal) => {
                    last = Some(refusal);
                    break;
                }
            };
            match self.dial(&held.address, held.proxy, way).await {
                Ok((line, reused, place, elapsed)) => {
                    self.site_is_fine().await;
                    return Ok(carried(line, held, reused, place, elapsed, way));
                }
                Err(DialError::Proxy(reason)) => {
                    debug!(proxy = %held.address, reason, "proxy failed");
                    self.failed = true;
                    held.failed().await;
                }
                Err(DialError::Site(fault)) => {
                    last = Some(Refusal::Site(fault));
                    self.doubtful.push(held);
                }
            }
        }
        self.conclude(last).await
    }

    /// The connection broke before anything of an answer came. One that was used before says
    /// nothing of its proxy, which may be tried again.
    pub async fn broke(&mut self, carried: Carried) {
        if carried.reused {
            self.avoid.retain(|proxy| *proxy != carried.held.proxy);
            self.left += 1;
            carried.held.unused().await;
        } else {
            self.failed = true;
            carried.held.failed().await;
        }
    }

    /// A proxy that was not tried yet, if there is one.
    async fn lease(&mut self) -> Result<Option<Held>, Refusal> {
        let Visitor { owner, pool, session, .. } = self.visitor;
        let host = self.target.authority();
        let wish = ProxyWish { host, session: session.as_deref(), avoid: &self.avoid };
        let pools = &self.gateway.ports.pools;
        let lease = pools.lease_for(*owner, pool, wish).await.map_err(|error| refusal(&error))?;
        let held = Held::new(Arc::clone(pools), lease, host);
        if self.avoid.contains(&held.proxy) {
            held.unused().await;
            return Ok(None);
        }
        self.avoid.push(held.proxy);
        Ok(Some(held))
    }

    async fn dial(
        &self,
        address: &ProxyAddress,
        proxy: Uuid,
        way: Way,
    ) -> Result<(Line, bool, Place, Duration), DialError> {
        let absolute = is_absolute(address, way);
        let place = (proxy, (!absolute).then(|| self.target.authority().into()));
        if way == (Way::Request { reuse: true })
            && let Some(line) = self.gateway.idle.take(&place, address)
        {
            return Ok((line, true, place, Duration::ZERO));
        }
        let (begun, dialer) = (Instant::now(), &self.gateway.ports.dialer);
        let limit = self.gateway.settings.dial;
        let dialled = if absolute {
            timeout(limit, dialer.proxy(address)).await
        } else {
            timeout(limit, dialer.tunnel(address, self.target)).await
        };
        let line = dialled.map_err(|_| DialError::Proxy("it took too long".to_owned()))??;
        Ok((line, false, place, begun.elapsed()))
    }

    /// One proxy reached it, so those that did not are to blame.
    async fn site_is_fine(&mut self) {
        for held in self.doubtful.drain(..) {
            held.failed().await;
        }
    }

    /// None reached it. When several say so the site is to blame; one alone, where others failed
    /// altogether, is believed as little as they are.
    async fn conclude(&mut self, last: Option<Refusal>) -> Result<Carried, Refusal> {
        let alone = self.doubtful.len() == 1 && self.failed;
        for held in self.doubtful.drain(..) {
            if alone {
                held.failed().await;
            } else {
                held.give_back(FetchOutcome::Gone, Duration::ZERO, 0).await;
            }
        }
        Err(match last {
            Some(Refusal::NoProxy) | None if self.failed => Refusal::Upstream,
            Some(refusal) => refusal,
            None => Refusal::NoProxy,
        })
    }
}

/// Requests are sent to HTTP proxies as they are; SOCKS5 knows tunnels only.
fn is_absolute(address: &ProxyAddress, way: Way) -> bool {
    way != Way::Tunnel && address.scheme != ProxyScheme::Socks5
}

fn carried(
    line: Line,
    held: Held,
    reused: bool,
    place: Place,
    elapsed: Duration,
    way: Way,
) -> Carried {
    let absolute = is_absolute(&held.address, way);
    let credentials = held.address.credentials.as_ref().filter(|_| absolute);
    let credentials = credentials.map(|(user, password)| {
        format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.expose_secret())))
    });
    Carried { line, held, reused, elapsed, place, credentials, absolute }
}

fn refusal(error: &ProxyError) -> Refusal {
    match error.kind() {
        ErrorKind::NotFound => Refusal::UnknownPool,
        ErrorKind::RateLimited => Refusal::HostRests,
        _ if error.code() == "NO_PROXY" => Refusal::NoProxy,
        _ => {
            warn!(%error, "proxies for the gateway cannot be leased");
            Refusal::Unavailable
        }
    }
}

#[cfg(test)]
mod tests;
