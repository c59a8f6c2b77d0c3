//! What the demo visits: a site and three proxies on loopback.

use std::{net::Ipv4Addr, path::Path};

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
    /// Starts everything on free ports of loopback, the same as last time on this data folder
    /// where they are still free.
    pub async fn start(data_dir: &Path) -> anyhow::Result<Self> {
        let known = remembered(data_dir);
        let mut listeners = Vec::new();
        for place in 0..4 {
            listeners.push(bind(known.get(place).copied().unwrap_or(0)).await?);
        }
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

    /// The address of each proxy as the platform writes it, and whether it works.
    pub fn expected_proxies(&self) -> impl Iterator<Item = (String, bool)> {
        self.proxies
            .iter()
            .map(|proxy| (format!("http://{}", proxy.address()), proxy.manner() == Manner::Works))
    }

    /// Requests that the working proxies were asked for.
    pub fn forwarded(&self) -> u64 {
        let works = self.proxies.iter().filter(|proxy| proxy.manner() == Manner::Works);
        works.map(DemoProxy::requests).sum()
    }

    /// Keeps the ports for the next time.
    pub fn remember(&self, data_dir: &Path) -> anyhow::Result<()> {
        let proxies = self.proxies.iter().map(DemoProxy::address);
        let all = std::iter::once(self.site.address()).chain(proxies);
        let ports: Vec<u16> = all.map(|address| address.port()).collect();
        std::fs::create_dir_all(data_dir)?;
        std::fs::write(data_dir.join(PORTS), serde_json::to_string(&ports)?)?;
        Ok(())
    }
}

fn remembered(data_dir: &Path) -> Vec<u16> {
    let text = std::fs::read_to_string(data_dir.join(PORTS)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

async fn bind(port: u16) -> std::io::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Err(_) if port != 0 => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await,
        bound => bound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn ports_are_kept_until_somebody_else_has_them() {
        let folder = tempfile::tempdir().unwrap();
        let first = DemoWorld::start(folder.path()).await.unwrap();
        first.remember(folder.path()).unwrap();
        // the first world still has its ports
        let second = DemoWorld::start(folder.path()).await.unwrap();
        assert!(second.addresses().iter().all(|address| !first.addresses().contains(address)));
        assert_eq!(second.expected_proxies().filter(|(_, works)| !works).count(), 1);
    }
}
