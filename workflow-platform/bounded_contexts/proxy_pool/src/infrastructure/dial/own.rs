//! The platform's own ports, which the gateway leads nobody to.

use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    sync::Arc,
};

/// Where this process listens.
#[derive(Debug, Clone, Default)]
pub struct OwnPorts(Arc<[SocketAddr]>);

impl OwnPorts {
    pub fn new(addresses: impl IntoIterator<Item = SocketAddr>) -> Self {
        Self(addresses.into_iter().collect())
    }

    /// Whether a connection to there would come back to this process.
    pub fn has(&self, ip: IpAddr, port: u16) -> bool {
        let ip = ip.to_canonical();
        let listens = |own: &SocketAddr| {
            let own_ip = own.ip().to_canonical();
            own.port() == port && (own_ip.is_unspecified() || own_ip == ip || ip.is_unspecified())
        };
        self.0.iter().any(listens) && is_of_this_machine(ip)
    }
}

/// Only addresses of this machine can be bound.
fn is_of_this_machine(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified() || UdpSocket::bind((ip, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_own_by_every_address_that_leads_to_them() {
        let own = OwnPorts::new(["0.0.0.0:8001", "127.0.0.1:3128"].map(|at| at.parse().unwrap()));
        let has = |at: &str| {
            let at: SocketAddr = at.parse().unwrap();
            own.has(at.ip(), at.port())
        };
        for at in [
            "127.0.0.1:8001",
            "127.9.9.9:8001",
            "127.0.0.1:3128",
            "0.0.0.0:3128",
            "[::ffff:127.0.0.1]:3128",
        ] {
            assert!(has(at), "{at}");
        }
        for at in ["192.0.2.1:8001", "127.0.0.2:3128", "127.0.0.1:80"] {
            assert!(!has(at), "{at}");
        }
    }
}
