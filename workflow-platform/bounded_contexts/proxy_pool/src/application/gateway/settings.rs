//! What an operator may set.

use std::{net::IpAddr, time::Duration};

use shared_kernel::domain::Networks;

/// Bounds of the gateway port. Times are for one thing each, unless they say otherwise.
#[derive(Debug, Clone)]
pub struct GatewaySettings {
    /// Nobody else comes in, when there are any.
    pub allow: Networks,
    /// These do not come in.
    pub deny: Networks,
    /// Connections at once, of everybody together.
    pub connections: usize,
    /// Connections at once of one user, in this process.
    pub connections_per_user: u32,
    /// Requests and tunnels of one user in a minute, over all processes; none is no limit.
    pub requests_per_minute: Option<u32>,
    /// Failed sign-ins from one address in a minute; none is no limit.
    pub failures_per_minute: Option<u32>,
    /// Bytes of a head, of requests and of answers.
    pub head_bytes: usize,
    /// For the first request of a connection to be whole, sign-in included.
    pub handshake: Duration,
    /// For a proxy to be reached and to open a tunnel.
    pub dial: Duration,
    /// For an answer to begin.
    pub answer: Duration,
    /// Without a byte in either direction.
    pub idle: Duration,
    /// Between two requests of a connection.
    pub between: Duration,
    /// The longest life of a tunnel.
    pub tunnel: Duration,
    /// How often an open tunnel asks whether its key is still good.
    pub check_every: Duration,
    /// How long a connection to a proxy is kept for the next request.
    pub keep_idle: Duration,
    /// For what is under way, once told to stop.
    pub drain: Duration,
    /// Proxies tried for one request.
    pub tries: usize,
}

impl Default for GatewaySettings {
    fn default() -> Self {
        Self {
            allow: Networks::default(),
            deny: Networks::default(),
            connections: 4096,
            connections_per_user: 256,
            requests_per_minute: Some(6000),
            failures_per_minute: Some(20),
            head_bytes: 64 * 1024,
            handshake: Duration::from_secs(10),
            dial: Duration::from_secs(10),
            answer: Duration::from_mins(1),
            idle: Duration::from_mins(2),
            between: Duration::from_mins(1),
            tunnel: Duration::from_hours(1),
            check_every: Duration::from_secs(15),
            keep_idle: Duration::from_secs(20),
            drain: Duration::from_secs(20),
            tries: 3,
        }
    }
}

impl GatewaySettings {
    /// Whether clients of this address come in at all.
    pub fn lets_in(&self, peer: IpAddr) -> bool {
        (self.allow.is_empty() || self.allow.contains(peer)) && !self.deny.contains(peer)
    }
}
