//! What the fetcher is made of.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use shared_kernel::{
    application::{Bus, Cache, ProxyPools},
    domain::Ambient,
    infrastructure::outbound::OutboundPolicy,
};

use super::{gate::Manners, turns::SharedTurns};
use crate::application::{archive::PageArchive, hosts::HostRules};

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct FetcherSettings {
    /// Product token in robots.txt, and the first word of the `User-Agent`.
    pub agent: String,
    pub user_agent: String,
    pub manners: Manners,
    /// For hosts that the operator listed: they are the operator's own.
    pub own_manners: Manners,
    /// Longest wait for a host's turn.
    pub patience: Duration,
    pub max_redirects: u32,
    /// DNS servers to ask instead of the machine's own resolver.
    pub dns_servers: Vec<SocketAddr>,
    /// PEM of authorities that sites and HTTPS proxies are checked by beside those of the system.
    pub authorities: Option<Vec<u8>>,
}

impl Default for FetcherSettings {
    fn default() -> Self {
        let version = env!("CARGO_PKG_VERSION");
        Self {
            agent: "workflow-platform".to_owned(),
            user_agent: format!("workflow-platform/{version}"),
            manners: Manners { parallel: 4, interval: Duration::from_millis(200) },
            own_manners: Manners { parallel: 64, interval: Duration::ZERO },
            patience: Duration::from_mins(1),
            max_redirects: 10,
            dns_servers: Vec::new(),
            authorities: None,
        }
    }
}

/// What the fetcher works with.
#[derive(Clone)]
pub struct FetcherParts {
    pub policy: Arc<OutboundPolicy>,
    pub pools: Arc<dyn ProxyPools>,
    pub ambient: Ambient,
    /// Where robots.txt of sites is kept for all processes.
    pub cache: Arc<dyn Cache>,
    /// Turns counted with other processes; `None` for a process alone.
    pub turns: Option<Arc<dyn SharedTurns>>,
    /// What the operator decided about hosts.
    pub rules: Option<Arc<dyn HostRules>>,
    /// Where pages are kept.
    pub archive: Option<Arc<dyn PageArchive>>,
    /// Over which pauses of hosts are told to other processes.
    pub bus: Option<Arc<dyn Bus>>,
}

impl FetcherParts {
    /// For a process alone, without operator and archive.
    pub fn alone(
        policy: Arc<OutboundPolicy>,
        pools: Arc<dyn ProxyPools>,
        ambient: Ambient,
        cache: Arc<dyn Cache>,
    ) -> Self {
        Self { policy, pools, ambient, cache, turns: None, rules: None, archive: None, bus: None }
    }
}
