//! The guard at the three places where addresses are known: the URL, the resolver, and the
//! connection.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolverConfig},
    net::runtime::TokioRuntimeProvider,
};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use shared_kernel::{application::FetchError, infrastructure::outbound::OutboundPolicy};
use url::{Host, Url};

/// A name resolved to addresses that are all refused.
#[derive(Debug, thiserror::Error)]
#[error("{host} resolves to {address}, which is not allowed")]
pub(super) struct Refused {
    pub host: String,
    pub address: String,
}

/// Who is asked for addresses of names.
#[derive(Clone)]
pub(super) enum Names {
    /// The machine's own resolver.
    System,
    Servers(Arc<TokioResolver>),
}

impl Names {
    /// Of the servers, or the machine's own when there are none.
    pub fn of(servers: &[SocketAddr]) -> Result<Self, FetchError> {
        if servers.is_empty() {
            return Ok(Self::System);
        }
        let server = |address: &SocketAddr| {
            let connection = |mut one: ConnectionConfig| {
                one.port = address.port();
                one
            };
            let both =
                vec![connection(ConnectionConfig::udp()), connection(ConnectionConfig::tcp())];
            NameServerConfig::new(address.ip(), true, both)
        };
        let config = ResolverConfig::from_name_servers(servers.iter().map(server).collect());
        let mut builder =
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        // What an answer says is judged each time; a cache would only hide a change.
        builder.options_mut().cache_size = 0;
        let resolver = builder.build().map_err(|error| FetchError::Dns(error.to_string()))?;
        Ok(Self::Servers(Arc::new(resolver)))
    }

    async fn lookup(
        &self,
        host: &str,
    ) -> Result<Vec<IpAddr>, Box<dyn std::error::Error + Send + Sync>> {
        match self {
            Self::System => {
                let found = tokio::net::lookup_host((host, 0)).await?;
                Ok(found.map(|address| address.ip()).collect())
            }
            Self::Servers(resolver) => {
                let found = resolver
                    .lookup_ip(host)
                    .await
                    .map_err(|error| format!("dns error: {error}"))?;
                Ok(found.iter().collect())
            }
        }
    }
}

/// Resolves names and keeps only addresses that may be reached, so that what was judged is what
/// is connected to.
#[derive(Clone)]
pub(super) struct GuardedResolver {
    pub policy: Arc<OutboundPolicy>,
    pub names: Names,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let Self { policy, names } = self.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = names.lookup(&host).await?;
            let allowed: Vec<SocketAddr> = found
                .iter()
                .filter(|ip| policy.allows_resolved(**ip, &host))
                .map(|ip| SocketAddr::new(*ip, 0))
                .collect();
            match (allowed.is_empty(), found.first()) {
                (true, Some(first)) => Err(Refused { host, address: first.to_string() }.into()),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

fn forbidden(address: impl Into<String>) -> FetchError {
    FetchError::Forbidden { address: address.into() }
}

/// Judges the address of one hop, as far as it can be told before connecting.
pub(super) async fn judge(
    policy: &OutboundPolicy,
    names: &Names,
    url: &Url,
    through_proxy: bool,
) -> Result<(), FetchError> {
    let port = url.port_or_known_default().unwrap_or(0);
    if !policy.allows_url(url) {
        return Err(forbidden(url.host_str().unwrap_or_default()));
    }
    let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
    // A name that is listed for some port must be public on the others; and a proxy resolves by
    // itself, so that the best that can be done is to look first. For the rest the resolver of
    // the connection looks.
    if !through_proxy && (!policy.names(name) || policy.lists_name(name, port)) {
        return Ok(());
    }
    let Ok(addresses) = names.lookup(name).await else { return Ok(()) };
    for ip in addresses {
        if !policy.allows_ip(ip, name, port) {
            return Err(forbidden(format!("{name} ({ip})")));
        }
    }
    Ok(())
}

/// Judges whom a direct request was in truth connected to, before anything of it is believed.
pub(super) fn judge_peer(
    policy: &OutboundPolicy,
    url: &Url,
    peer: Option<SocketAddr>,
) -> Result<(), FetchError> {
    let Some(peer) = peer else { return Ok(()) };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    if policy.allows_ip(peer.ip(), host, peer.port()) {
        Ok(())
    } else {
        Err(forbidden(format!("{host} ({})", peer.ip())))
    }
}
