//! The guard at the two places where addresses are known: the URL, and the resolver.

use std::{net::SocketAddr, sync::Arc};

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

/// Resolves names and keeps only addresses that may be reached, so that what was judged is what
/// is connected to.
#[derive(Debug, Clone)]
pub(super) struct GuardedResolver(pub Arc<OutboundPolicy>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = Arc::clone(&self.0);
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found
                .iter()
                .copied()
                .filter(|found| policy.allows_resolved(found.ip(), &host))
                .collect();
            match (allowed.is_empty(), found.first()) {
                (true, Some(first)) => {
                    Err(Refused { host, address: first.ip().to_string() }.into())
                }
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

/// Judges the address of one hop, as far as it can be told before connecting.
pub(super) async fn judge(
    policy: &OutboundPolicy,
    url: &Url,
    through_proxy: bool,
) -> Result<(), FetchError> {
    let forbidden = |address: String| FetchError::Forbidden { address };
    let port = url.port_or_known_default().unwrap_or(0);
    if !policy.allows_url(url) {
        return Err(forbidden(url.host_str().unwrap_or_default().to_owned()));
    }
    let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
    // A name that is listed for some port must be public on the others; and a proxy resolves by
    // itself, so that the best that can be done is to look first.
    let look = through_proxy || !policy.lists_name(name, port);
    if !look {
        return Ok(());
    }
    let Ok(addresses) = tokio::net::lookup_host((name, port)).await else { return Ok(()) };
    for address in addresses {
        if !policy.allows_ip(address.ip(), name, port) {
            return Err(forbidden(format!("{name} ({})", address.ip())));
        }
    }
    Ok(())
}
