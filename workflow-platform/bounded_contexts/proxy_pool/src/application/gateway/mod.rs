//! The gateway port: any outside client uses a pool as if it were one proxy.
//!
//! **The way of a request.** [`Gateway::sign_in`] makes a [`Visitor`] of user name and API key and
//! counts the request; [`Gateway::seat`] gives the connection its place among those of the user;
//! [`Gateway::judge`] refuses addresses nobody may reach; a [`Route`] leases one proxy after the
//! other until one carries the request, and tells each what it was worth.
//!
//! Whether a proxy or the site is to blame cannot be told from one failure: a proxy that answers
//! for the site is judged by what the next proxy finds. A session has one proxy only; it fails
//! with it, and moves when the pool does not hand it out any more.

mod idle;
mod lease;
mod limits;
mod ports;
mod route;
mod seats;
mod settings;
mod sign_in;

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;
use shared_kernel::{
    application::{Authenticator, ProxyPools, RateLimiter},
    domain::Ambient,
};

pub use lease::Held;
pub use ports::{DialError, Dialer, Duplex, Line, TargetGuard};
pub use route::{Carried, Way};
pub use seats::Seat;
pub use settings::GatewaySettings;
pub use sign_in::Visitor;

use crate::domain::gateway::{Refusal, Target};
use idle::IdleLines;
use seats::Seats;

/// What the gateway works with.
#[derive(Clone)]
pub struct GatewayPorts {
    pub pools: Arc<dyn ProxyPools>,
    pub authenticator: Arc<dyn Authenticator>,
    pub limiter: Arc<dyn RateLimiter>,
    pub dialer: Arc<dyn Dialer>,
    pub guard: Arc<dyn TargetGuard>,
    pub ambient: Ambient,
}

/// The use cases of the gateway, once per process.
pub struct Gateway {
    ports: GatewayPorts,
    pub settings: GatewaySettings,
    seats: Arc<Seats>,
    idle: IdleLines,
    blocked: Mutex<limits::Blocked>,
}

impl Gateway {
    pub fn new(ports: GatewayPorts, settings: GatewaySettings) -> Self {
        let seats = Arc::new(Seats::new(settings.connections_per_user));
        Self { ports, settings, seats, idle: IdleLines::default(), blocked: Mutex::default() }
    }

    /// Refuses targets that nobody may reach.
    pub async fn judge(&self, target: &Target) -> Result<(), Refusal> {
        if self.ports.guard.allows(target).await { Ok(()) } else { Err(Refusal::TargetForbidden) }
    }

    /// Closes connections to proxies that nobody used for a while. Called now and then.
    pub fn sweep(&self) {
        self.idle.sweep(self.settings.keep_idle);
    }

    /// How often [`Self::sweep`] is due.
    pub fn sweep_every(&self) -> Duration {
        self.settings.keep_idle / 2
    }
}
