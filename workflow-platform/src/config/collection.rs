//! How pages are collected and kept.

use std::net::{IpAddr, SocketAddr};

use super::read::Reader;

/// Collection.
#[derive(Debug, Clone)]
pub struct CollectionConfig {
    /// What sites see; its first word is the name that robots.txt calls us by.
    pub user_agent: String,
    pub archive_days: u32,
    pub archive_mib_per_user: u64,
    /// Asked instead of the machine's own resolver.
    pub dns_servers: Vec<SocketAddr>,
}

/// Where DNS servers listen.
const DNS_PORT: u16 = 53;

fn own_user_agent() -> String {
    format!("workflow-platform/{}", env!("CARGO_PKG_VERSION"))
}

impl CollectionConfig {
    /// The name in robots.txt: letters, `_` and `-` at the start of the User-Agent.
    pub fn agent(&self) -> &str {
        let end = self.user_agent.find(|c: char| !(c.is_ascii_alphabetic() || "_-".contains(c)));
        &self.user_agent[..end.unwrap_or(self.user_agent.len())]
    }
}

impl Reader<'_> {
    pub(super) fn collection(&mut self) -> CollectionConfig {
        let user_agent = self.source.get("COLLECTION_USER_AGENT").map(str::to_owned);
        let config = CollectionConfig {
            user_agent: user_agent.unwrap_or_else(own_user_agent),
            archive_days: self.between("COLLECTION_ARCHIVE_DAYS", 30, 1, 3650),
            archive_mib_per_user: self.between(
                "COLLECTION_ARCHIVE_MIB_PER_USER",
                2048,
                1,
                1024 * 1024 * 1024,
            ),
            dns_servers: self.dns_servers(),
        };
        let plain = config.user_agent.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        if config.agent().is_empty() || !plain {
            let message = "must begin with a name of letters and hold printable characters alone";
            self.fault("COLLECTION_USER_AGENT", message);
        }
        config
    }

    fn dns_servers(&mut self) -> Vec<SocketAddr> {
        let text = self.source.get("DNS_SERVERS").unwrap_or_default().to_owned();
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let mut servers = Vec::new();
        for entry in entries {
            let alone = || entry.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, DNS_PORT));
            match entry.parse::<SocketAddr>().or_else(|_| alone()) {
                Ok(server) => servers.push(server),
                Err(_) => self.fault("DNS_SERVERS", format!("{entry:?} is no address[:port]")),
            }
        }
        servers
    }
}
