//! Which addresses requests of users may reach (the SSRF guard).
//!
//! A request of a user never reaches a private, loopback, link-local, shared, documentation,
//! multicast or reserved address, unless the operator lists it. Names are judged by the addresses
//! they resolve to, at the moment of connecting. Ranges: IANA's special-purpose registries for
//! IPv4 and IPv6.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::{Host, Url};

/// An entry of the list cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither host[:port] nor a network such as 10.0.0.0/8")]
pub struct BadEntry(pub String);

/// Something the operator allows.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Network(IpNet),
    Address(IpAddr, Option<u16>),
    Name(String, Option<u16>),
}

/// What may be reached.
#[derive(Debug, Clone, Default)]
pub struct OutboundPolicy {
    entries: Vec<Entry>,
}

impl OutboundPolicy {
    /// `host`, `host:port`, `[v6]:port` or CIDR each.
    pub fn new<S: AsRef<str>>(entries: impl IntoIterator<Item = S>) -> Result<Self, BadEntry> {
        let entries = entries.into_iter().map(|entry| entry_of(entry.as_ref()));
        Ok(Self { entries: entries.collect::<Result<_, _>>()? })
    }

    /// Whether a connection for `host` may go to this address.
    pub fn allows_ip(&self, ip: IpAddr, host: &str, port: u16) -> bool {
        is_public(ip) || self.lists(ip, host, Some(port))
    }

    /// The same while the port is not known: entries with a port count for their own name only.
    pub fn allows_resolved(&self, ip: IpAddr, host: &str) -> bool {
        is_public(ip)
            || self.entries.iter().any(|entry| match entry {
                Entry::Network(network) => network.contains(&plain(ip)),
                Entry::Address(allowed, None) => *allowed == plain(ip),
                Entry::Address(allowed, Some(_)) => {
                    *allowed == plain(ip) && host.parse::<IpAddr>() == Ok(*allowed)
                }
                Entry::Name(name, _) => name.eq_ignore_ascii_case(host),
            })
    }

    /// Whether a host may be named at all: an address by its range, a name unless it is one of
    /// this machine's. What a name resolves to is judged when connecting.
    pub fn allows_host(&self, host: &str, port: u16) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(ip) = bare.parse::<IpAddr>() {
            return self.allows_ip(ip, bare, port);
        }
        // `127.1` and the like are addresses to whoever connects.
        match Host::parse(bare) {
            Ok(Host::Ipv4(ip)) => self.allows_ip(ip.into(), &ip.to_string(), port),
            Ok(Host::Domain(name)) => !is_local_name(&name) || self.lists_name(&name, port),
            Ok(Host::Ipv6(_)) | Err(_) => false,
        }
    }

    /// The same for the host of an `http` or `https` address.
    pub fn allows_url(&self, url: &Url) -> bool {
        let port = url.port_or_known_default().unwrap_or(0);
        match url.host() {
            Some(Host::Domain(name)) => self.allows_host(name, port),
            Some(Host::Ipv4(ip)) => self.allows_ip(ip.into(), &ip.to_string(), port),
            Some(Host::Ipv6(ip)) => self.allows_ip(ip.into(), &ip.to_string(), port),
            None => false,
        }
    }

    /// Whether the operator named the host, with this port or any: such hosts are the operator's
    /// own business.
    pub fn lists_name(&self, host: &str, port: u16) -> bool {
        self.entries.iter().any(|entry| match entry {
            Entry::Name(name, listed) => {
                name.eq_ignore_ascii_case(host) && listed.is_none_or(|listed| listed == port)
            }
            _ => false,
        })
    }

    /// Whether the operator named the host, whatever the port.
    pub fn names(&self, host: &str) -> bool {
        self.entries
            .iter()
            .any(|entry| matches!(entry, Entry::Name(name, _) if name.eq_ignore_ascii_case(host)))
    }

    fn lists(&self, ip: IpAddr, host: &str, port: Option<u16>) -> bool {
        let ip = plain(ip);
        self.entries.iter().any(|entry| match entry {
            Entry::Network(network) => network.contains(&ip),
            Entry::Address(allowed, listed) => {
                *allowed == ip && (listed.is_none() || *listed == port)
            }
            Entry::Name(name, listed) => {
                name.eq_ignore_ascii_case(host) && (listed.is_none() || *listed == port)
            }
        })
    }
}

fn entry_of(text: &str) -> Result<Entry, BadEntry> {
    let text = text.trim();
    let bad = || BadEntry(text.to_owned());
    if let Ok(network) = IpNet::from_str(text) {
        return Ok(Entry::Network(network));
    }
    if let Ok(ip) = text.trim_start_matches('[').trim_end_matches(']').parse() {
        return Ok(Entry::Address(ip, None));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().map_err(|_| bad())?)),
        None => (text, None),
    };
    if let Ok(ip) = host.trim_start_matches('[').trim_end_matches(']').parse() {
        return Ok(Entry::Address(ip, port));
    }
    let named =
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    if named { Ok(Entry::Name(host.to_owned(), port)) } else { Err(bad()) }
}

fn is_local_name(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost") || host.is_empty()
}

/// The IPv4 address inside a mapped one.
fn plain(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(ip, IpAddr::V4),
        IpAddr::V4(_) => ip,
    }
}

/// Whether the address is one of the public internet.
pub fn is_public(ip: IpAddr) -> bool {
    match plain(ip) {
        IpAddr::V4(ip) => {
            ip != AZURE_HOST && !NOT_PUBLIC_V4.iter().any(|network| network.contains(&ip))
        }
        IpAddr::V6(ip) => {
            GLOBAL_V6.contains(&ip) && !NOT_PUBLIC_V6.iter().any(|network| network.contains(&ip))
        }
    }
}

/// Where a machine in Azure finds its host, which knows its secrets.
const AZURE_HOST: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

const fn v4(a: u8, b: u8, c: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), length)
}

const NOT_PUBLIC_V4: [Ipv4Net; 15] = [
    v4(0, 0, 0, 8),
    v4(10, 0, 0, 8),
    v4(100, 64, 0, 10),
    v4(127, 0, 0, 8),
    v4(169, 254, 0, 16),
    v4(172, 16, 0, 12),
    v4(192, 0, 0, 24),
    v4(192, 0, 2, 24),
    v4(192, 88, 99, 24),
    v4(192, 168, 0, 16),
    v4(198, 18, 0, 15),
    v4(198, 51, 100, 24),
    v4(203, 0, 113, 24),
    v4(224, 0, 0, 4),
    v4(240, 0, 0, 4),
];

const fn v6(a: u16, b: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), length)
}

/// Global unicast; everything else, loopback and link-local among it, is not public.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);

/// Tunnels that carry an IPv4 address inside, protocol assignments, documentation.
const NOT_PUBLIC_V6: [Ipv6Net; 4] =
    [v6(0x2001, 0, 23), v6(0x2001, 0x0db8, 32), v6(0x2002, 0, 16), v6(0x3fff, 0, 20)];

#[cfg(test)]
mod tests {
    use super::*;

    fn closed() -> OutboundPolicy {
        OutboundPolicy::default()
    }

    #[test]
    fn addresses_that_are_not_public_are_refused_in_every_spelling() {
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://0/",
            "http://0.0.0.0/",
            "http://10.1.2.3/",
            "http://100.64.0.1/",
            "http://169.254.169.254/",
            "http://172.31.255.255/",
            "http://192.168.0.1/",
            "http://192.0.0.170/",
            "http://192.0.2.1/",
            "http://198.18.0.1/",
            "http://203.0.113.9/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://[::]/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[fe80::1]/",
            "http://[fc00::1]/",
            "http://[fd12:3456::1]/",
            "http://[ff02::1]/",
            "http://[2002:7f00:1::]/",
            "http://[2001::1]/",
            "http://[2001:db8::1]/",
            "http://[100::1]/",
            "http://localhost/",
            "http://LOCALHOST./",
            "http://a.localhost/",
        ] {
            assert!(!closed().allows_url(&Url::parse(url).unwrap()), "{url}");
        }
    }

    #[test]
    fn a_bare_host_is_judged_as_whoever_connects_reads_it() {
        for host in
            ["127.1", "0x7f.1", "2130706433", "①②⑦.0.0.1", "%6cocalhost", "::1", "[::1]", ""]
        {
            assert!(!closed().allows_host(host, 80), "{host}");
        }
        for host in ["1.1", "example.com", "my_proxy.example", "2606:4700:4700::1111"] {
            assert!(closed().allows_host(host, 80), "{host}");
        }
    }

    #[test]
    fn public_addresses_and_names_are_allowed() {
        for url in [
            "http://1.1.1.1/",
            "http://172.32.0.1/",
            "http://100.128.0.1/",
            "https://example.com/",
            "http://[2606:4700:4700::1111]/",
            "http://[2a00:1450::5]/",
        ] {
            assert!(closed().allows_url(&Url::parse(url).unwrap()), "{url}");
        }
    }

    #[test]
    fn what_the_operator_lists_is_allowed_and_no_more() {
        let policy =
            OutboundPolicy::new(["127.0.0.1:8080", "10.0.0.0/8", "[::1]:90", "intern:80", "box"])
                .unwrap();
        let allows = |url: &str| policy.allows_url(&Url::parse(url).unwrap());
        assert!(allows("http://127.0.0.1:8080/") && !allows("http://127.0.0.1:8081/"));
        assert!(allows("http://10.9.9.9:1/") && !allows("http://11.0.0.1.localhost/"));
        assert!(allows("http://[::1]:90/") && !allows("http://[::1]:91/"));
        assert!(allows("http://[::ffff:127.0.0.1]:8080/"));
        let private = IpAddr::from([192, 168, 1, 1]);
        assert!(
            policy.allows_ip(private, "intern", 80) && !policy.allows_ip(private, "intern", 81)
        );
        assert!(policy.allows_ip(private, "box", 9) && !policy.allows_ip(private, "other", 80));
    }

    #[test]
    fn a_name_that_turns_to_a_listed_address_with_a_port_is_refused() {
        let policy = OutboundPolicy::new(["127.0.0.1:8080"]).unwrap();
        let loopback = IpAddr::from([127, 0, 0, 1]);
        assert!(!policy.allows_resolved(loopback, "rebound.example"));
        assert!(policy.allows_resolved(loopback, "127.0.0.1"));
    }

    #[test]
    fn entries_that_mean_nothing_are_refused() {
        for entry in ["", "a b", "host:port", "10.0.0.0/99", "http://x"] {
            assert!(OutboundPolicy::new([entry]).is_err(), "{entry}");
        }
    }
}
