//! Where a request comes from.
//!
//! The connection says who is at its other end. Only when that is a proxy the operator trusts,
//! what it forwards is believed: `X-Forwarded-For` from the right, one trusted hop after the
//! other, up to the first address that is nobody's we trust.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, HeaderName},
};
use shared_kernel::domain::Networks;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// What is known of the other end; in the extensions of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientOrigin {
    /// Unknown without a connection.
    pub client: Option<IpAddr>,
    /// The client reached a trusted proxy over TLS.
    pub tls: bool,
}

impl ClientOrigin {
    pub fn of(request: &Request, trusted: &Networks) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let Some(peer) = peer.map(|info| info.0.ip().to_canonical()) else {
            return Self { client: None, tls: false };
        };
        if !trusted.contains(peer) {
            return Self { client: Some(peer), tls: false };
        }
        let headers = request.headers();
        Self { client: Some(walk(peer, headers, trusted)), tls: is_tls(headers) }
    }
}

/// An entry that cannot be read ends the walk at the last hop that could.
fn walk(peer: IpAddr, headers: &HeaderMap, trusted: &Networks) -> IpAddr {
    let mut client = peer;
    for line in headers.get_all(FORWARDED_FOR).into_iter().rev() {
        let Ok(line) = line.to_str() else { return client };
        for entry in line.rsplit(',') {
            let Some(address) = address_of(entry) else { return client };
            client = address;
            if !trusted.contains(client) {
                return client;
            }
        }
    }
    client
}

/// `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:443`.
fn address_of(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let plain = entry.parse::<IpAddr>().ok();
    let with_port = || entry.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    let in_brackets = || entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    plain.or_else(with_port).or_else(in_brackets).map(|address| address.to_canonical())
}

/// As the nearest proxy says, which is the last to write.
fn is_tls(headers: &HeaderMap) -> bool {
    let line = headers.get_all(FORWARDED_PROTO).into_iter().next_back();
    let scheme = line.and_then(|line| line.to_str().ok()?.rsplit(',').next());
    scheme.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn origin(peer: &str, headers: &[(&'static str, &'static str)]) -> ClientOrigin {
        let mut request = axum::http::Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
        request.extensions_mut().insert(ConnectInfo(peer));
        ClientOrigin::of(&request, &"10.0.0.0/8,2001:db8::/32".parse().unwrap())
    }

    fn client(peer: &str, forwarded: &[&'static str]) -> String {
        let headers: Vec<_> = forwarded.iter().map(|line| ("x-forwarded-for", *line)).collect();
        origin(peer, &headers).client.unwrap().to_string()
    }

    #[test]
    fn a_strangers_header_is_not_believed() {
        assert_eq!(client("192.0.2.1", &["198.51.100.9"]), "192.0.2.1");
        assert_eq!(client("::ffff:192.0.2.1", &["198.51.100.9"]), "192.0.2.1");
        assert!(!origin("192.0.2.1", &[("x-forwarded-proto", "https")]).tls);
    }

    #[test]
    fn the_walk_ends_at_the_first_address_nobody_trusts() {
        for (lines, expected) in [
            (&[][..], "10.0.0.1"),
            (&["198.51.100.9"], "198.51.100.9"),
            (&["203.0.113.5, 198.51.100.9"], "198.51.100.9"),
            (&["198.51.100.9, 10.1.1.1,2001:db8::7"], "198.51.100.9"),
            (&["203.0.113.5", "198.51.100.9", "10.1.1.1"], "198.51.100.9"),
            (&["10.2.2.2, 10.1.1.1"], "10.2.2.2"),
            (&["::ffff:198.51.100.9, ::ffff:10.1.1.1"], "198.51.100.9"),
        ] {
            assert_eq!(client("10.0.0.1", lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn ports_and_brackets_are_understood_and_nonsense_ends_the_walk() {
        for (line, expected) in [
            ("198.51.100.9:52114", "198.51.100.9"),
            ("[2001:db9::1]:443", "2001:db9::1"),
            ("[2001:db9::1]", "2001:db9::1"),
            ("2001:db9::1", "2001:db9::1"),
            ("unknown", "10.0.0.1"),
            ("198.51.100.9, , 10.1.1.1", "10.1.1.1"),
            ("198.51.100.9, _hidden, 10.1.1.1", "10.1.1.1"),
            ("198.51.100.9.8", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            assert_eq!(client("10.0.0.1", &[line]), expected, "{line:?}");
        }
    }

    #[test]
    fn the_nearest_trusted_proxy_tells_of_tls() {
        let tls = |line| origin("10.0.0.1", &[("x-forwarded-proto", line)]).tls;
        assert!(tls("https") && tls("http, HTTPS"));
        assert!(!tls("http") && !tls("https,http") && !tls(""));
    }

    #[test]
    fn without_a_connection_nothing_is_known() {
        let request = axum::http::Request::builder()
            .header("x-forwarded-for", "198.51.100.9")
            .body(Body::empty())
            .unwrap();
        let origin = ClientOrigin::of(&request, &"0.0.0.0/0".parse().unwrap());
        assert_eq!(origin, ClientOrigin { client: None, tls: false });
    }
}
