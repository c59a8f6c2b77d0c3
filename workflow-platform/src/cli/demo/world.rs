//! What the demo visits: a site and three proxies on loopback.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
};

use anyhow::Context as _;
use tokio::net::TcpListener;

use super::{
    proxies::{DemoProxy, Manner},
    site::DemoSite,
};

/// Where the ports of the last demo stand, so that what was saved then still leads somewhere.
const PORTS: &str = "demo-ports.json";

/// The running site and proxies. All stop when dropped.
#[derive(Debug)]
pub struct DemoWorld {
    pub site: DemoSite,
    /// Two that work and one, in their middle, that does not.
    pub proxies: [DemoProxy; 3],
}

impl DemoWorld {
    /// Starts everything on free ports, the same as last time where they are still free.
    pub async fn start(data_dir: &Path) -> anyhow::Result<Self> {
        let known = remembered(data_dir);
        let mut listeners = Vec::new();
        for place in 0..4 {
            listeners.push(bind(known.get(place).copied().unwrap_or(0)).await?);
        }
        let ports = listeners.iter().map(|listener| Ok(listener.local_addr()?.port()));
        remember(data_dir, &ports.collect::<std::io::Result<Vec<u16>>>()?)?;
        let mut listeners = listeners.into_iter();
        let mut next = || listeners.next().context("a listener for each");
        let site = DemoSite::start(next()?)?;
        let at = site.address();
        let proxies = [
            DemoProxy::start(next()?, Manner::Works, at)?,
            DemoProxy::start(next()?, Manner::Bad, at)?,
            DemoProxy::start(next()?, Manner::Works, at)?,
        ];
        Ok(Self { site, proxies })
    }

    /// What the operator must allow for users to get here.
    pub fn addresses(&self) -> Vec<String> {
        let proxies = self.proxies.iter().map(DemoProxy::address);
        std::iter::once(self.site.address())
            .chain(proxies)
            .map(|address| address.to_string())
            .collect()
    }

    /// One proxy a line, as a user would paste them.
    pub fn proxy_lines(&self) -> String {
        self.proxies.iter().map(|proxy| format!("http://{}\n", proxy.address())).collect()
    }

    /// The address of the proxy that fails.
    pub fn bad_proxy(&self) -> Option<SocketAddr> {
        let bad = self.proxies.iter().find(|proxy| proxy.manner() == Manner::Bad);
        bad.map(DemoProxy::address)
    }
}

fn remembered(data_dir: &Path) -> Vec<u16> {
    let text = std::fs::read_to_string(data_dir.join(PORTS)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn remember(data_dir: &Path, ports: &[u16]) -> anyhow::Result<()> {
    std::fs::create_dir_all(data_dir)?;
    std::fs::write(data_dir.join(PORTS), serde_json::to_string(ports)?)?;
    Ok(())
}

async fn bind(port: u16) -> std::io::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Err(_) if port != 0 => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await,
        bound => bound,
    }
}
