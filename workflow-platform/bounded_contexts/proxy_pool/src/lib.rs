//! Proxy pools: named sets of a user's forward proxies, chosen per request.
//!
//! **Vocabulary.** A *pool* has a name (unique per owner) and a *strategy*. A *proxy* is an
//! endpoint (scheme, host, port, user name) in one pool; its password is sealed at rest and never
//! shown again. A *lease* is the right to use a proxy for one request; it is given back with
//! *feedback* and ends by itself when its holder dies.
//!
//! **Invariants.**
//! * Only transport failures make a proxy worse; what a site says cools down the pair of proxy
//!   and host, or, when several proxies hear it, the host.
//! * `unknown → healthy ⇄ degraded → quarantined → half-open → …`; each failed probe doubles the
//!   cool-down, and at most one probe is out at a time.
//! * No proxy carries more requests at once than the pool's parallel limit: over all processes
//!   with Redis, in each of them without.
//! * Somebody else's pool does not exist.
//! * Proxies on private addresses are refused unless the operator allows them.
//!
//! Counts and states are kept in memory and written down in batches about once a second; what a
//! crash loses is at most that second. Processes tell each other over the bus what they wrote, and
//! look at the database now and then in any case.
//!
//! **Published events:** `proxy.quarantined`.
//!
//! **The gateway port** (`*/gateway`) lets outside clients use a pool as one proxy, over HTTP or
//! SOCKS5.
//!
//! **Not here:** the platform's own requests (the fetcher sends them, through the kernel's
//! `ProxyPools` port), limits per host, and robots.txt.

pub mod api;
pub mod application;
pub mod domain;
pub mod infrastructure;

use std::{net::SocketAddr, sync::Arc};

pub use api::{judge, routes, serve_gateway};
pub use application::{
    ProxyPoolModule, ProxyPoolPorts, ProxyPoolSettings,
    gateway::{Gateway, GatewaySettings},
    register_metrics,
};
pub use domain::EVENTS;
pub use infrastructure::{
    dial::TrustError, migrations, personal_data, readings, sealed_columns, usage,
};

use infrastructure::dial;
use shared_kernel::{
    application::{Authenticator, Bus, Entitlements, ProxyPools, RateLimiter},
    domain::Ambient,
    infrastructure::{db::Database, outbound::OutboundPolicy, seal::Sealer},
};

/// What the context needs from its surroundings.
pub struct Surroundings {
    pub database: Database,
    pub bus: Arc<dyn Bus>,
    /// Where leases count over all processes, when there is such a place.
    pub redis: Option<redis::aio::ConnectionManager>,
    pub sealer: Sealer,
    pub entitlements: Arc<dyn Entitlements>,
    /// Judges proxies, lists of them and what tests aim at.
    pub policy: Arc<OutboundPolicy>,
    /// PEM of authorities that HTTPS proxies are checked by beside those of the system.
    pub authorities: Option<Vec<u8>>,
    pub ambient: Ambient,
    /// Names the platform when proxies are tested.
    pub user_agent: String,
}

/// Puts the context together. The result is also the kernel's `ProxyPools` port; run
/// [`ProxyPoolModule::run`] in one task of the process.
pub fn module(surroundings: Surroundings, settings: ProxyPoolSettings) -> Arc<ProxyPoolModule> {
    let Surroundings { database, bus, redis, sealer, entitlements, policy, .. } = surroundings;
    let Surroundings { authorities, ambient, user_agent, .. } = surroundings;
    let leases = redis.map(|connection| {
        Arc::new(infrastructure::RedisLeases::new(connection))
            as Arc<dyn application::ports::SharedLeases>
    });
    let store = Arc::new(infrastructure::SqlPoolStore::new(database.clone(), sealer));
    let probe =
        Arc::new(infrastructure::HttpProbe::new(Arc::clone(&policy), authorities, user_agent));
    let ports = ProxyPoolPorts {
        hosts: Arc::new(infrastructure::SqlHostStore::new(database.clone())),
        tests: Arc::new(infrastructure::SqlTestStore::new(database)),
        checks: Arc::clone(&store) as _,
        sources: Arc::clone(&store) as _,
        lists: Arc::clone(&probe) as _,
        store,
        leases,
        bus,
        probe,
        rules: policy,
        entitlements,
        ambient,
    };
    Arc::new(ProxyPoolModule::new(ports, settings))
}

/// What the gateway port needs from its surroundings.
pub struct GatewaySurroundings {
    pub pools: Arc<dyn ProxyPools>,
    pub authenticator: Arc<dyn Authenticator>,
    pub limiter: Arc<dyn RateLimiter>,
    pub policy: Arc<OutboundPolicy>,
    /// Where this process listens: the gateway leads nobody there.
    pub own: Vec<SocketAddr>,
    /// PEM of authorities that HTTPS proxies are checked by beside those of the system.
    pub authorities: Option<Vec<u8>>,
    pub ambient: Ambient,
}

/// Puts the gateway together; [`serve_gateway`] lets clients in.
pub fn gateway(
    surroundings: GatewaySurroundings,
    settings: GatewaySettings,
) -> Result<Arc<Gateway>, TrustError> {
    let GatewaySurroundings { pools, authenticator, limiter, policy, own, authorities, ambient } =
        surroundings;
    let tls = dial::proxy_tls(authorities.as_deref())?;
    let own = dial::OwnPorts::new(own);
    let dialer = dial::ProxyDialer::with_tls(Arc::clone(&policy), own.clone(), tls);
    let guard = dial::NameGuard::new(policy, own);
    let (dialer, guard) = (Arc::new(dialer), Arc::new(guard));
    let ports = application::gateway::GatewayPorts {
        pools,
        authenticator,
        limiter,
        dialer,
        guard,
        ambient,
    };
    Ok(Arc::new(Gateway::new(ports, settings)))
}
