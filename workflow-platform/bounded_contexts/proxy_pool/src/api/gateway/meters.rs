//! What operators see of the gateway.

use metrics::{Counter, Gauge, counter, gauge};

/// Figures of this process.
pub(super) struct Meters {
    /// Bytes from clients and to them.
    pub up: Counter,
    pub down: Counter,
    pub requests: Counter,
    pub tunnels: Counter,
}

impl Meters {
    pub fn new() -> Self {
        metrics::describe_counter!(
            "proxy_gateway_connections_total",
            "Connections of clients by protocol."
        );
        metrics::describe_gauge!("proxy_gateway_connections", "Open connections of clients.");
        metrics::describe_counter!(
            "proxy_gateway_requests_total",
            "Requests and tunnels that a proxy carried."
        );
        metrics::describe_counter!(
            "proxy_gateway_bytes_total",
            "Bytes of bodies and tunnels, from clients (up) and to them (down)."
        );
        metrics::describe_counter!("proxy_gateway_refusals_total", "Refusals by code.");
        Self {
            up: counter!("proxy_gateway_bytes_total", "direction" => "up"),
            down: counter!("proxy_gateway_bytes_total", "direction" => "down"),
            requests: counter!("proxy_gateway_requests_total", "kind" => "request"),
            tunnels: counter!("proxy_gateway_requests_total", "kind" => "tunnel"),
        }
    }

    /// Counts a connection for as long as the answer lives.
    pub fn open(protocol: &'static str) -> Open {
        counter!("proxy_gateway_connections_total", "protocol" => protocol).increment(1);
        let gauge = gauge!("proxy_gateway_connections", "protocol" => protocol);
        gauge.increment(1.0);
        Open(gauge)
    }

    pub fn refused(code: &'static str) {
        counter!("proxy_gateway_refusals_total", "code" => code).increment(1);
    }
}

/// An open connection.
pub(super) struct Open(Gauge);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}
