//! Where a client wants to go.

use std::{fmt, net::IpAddr};

use url::{Host, Url};

/// Longest name in the domain name system.
const LONGEST_NAME: usize = 253;

/// A host and a port. The host is in the one spelling that everything is judged by and asked for:
/// `0x7f.1` is `127.0.0.1`, names are in lower case and Punycode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    host: Host<String>,
    port: u16,
    /// `host:port`, IPv6 in brackets.
    authority: String,
    /// Bytes of the authority before the colon of the port.
    name_length: usize,
}

/// The text is no `host:port`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the target is not host:port")]
pub struct BadTarget;

impl Target {
    /// Reads `host:port`; IPv6 addresses are in brackets. Without a port the default is taken, if
    /// there is one. User names are refused: whoever reads on may see another host behind them.
    pub fn parse(text: &str, default_port: Option<u16>) -> Result<Self, BadTarget> {
        let colon = text.rfind(':').filter(|at| !text[*at..].contains(']'));
        let (host, port) = match colon {
            Some(at) => (&text[..at], &text[at + 1..]),
            None => (text, ""),
        };
        let port = match (port, default_port) {
            ("", Some(default)) => default,
            (digits, _) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().map_err(|_| BadTarget)?
            }
            _ => return Err(BadTarget),
        };
        if host.contains(['@', '/', '\\']) {
            return Err(BadTarget);
        }
        Self::new(Host::parse(host).map_err(|_| BadTarget)?, port)
    }

    /// A name as SOCKS5 clients send it, which may be an address too.
    pub fn named(name: &[u8], port: u16) -> Result<Self, BadTarget> {
        let name = std::str::from_utf8(name).map_err(|_| BadTarget)?;
        match name.parse::<IpAddr>() {
            Ok(address) => Self::at(address, port),
            Err(_) if name.contains(['[', ':', '@', '/', '\\']) => Err(BadTarget),
            Err(_) => Self::new(Host::parse(name).map_err(|_| BadTarget)?, port),
        }
    }

    pub fn at(address: IpAddr, port: u16) -> Result<Self, BadTarget> {
        let host = match address {
            IpAddr::V4(address) => Host::Ipv4(address),
            IpAddr::V6(address) => Host::Ipv6(address),
        };
        Self::new(host, port)
    }

    /// Where requests for an address go.
    pub fn of(url: &Url) -> Result<Self, BadTarget> {
        let host = url.host().ok_or(BadTarget)?.to_owned();
        Self::new(host, url.port_or_known_default().ok_or(BadTarget)?)
    }

    fn new(host: Host<String>, port: u16) -> Result<Self, BadTarget> {
        let name = host.to_string();
        if port == 0 || name.len() > LONGEST_NAME {
            return Err(BadTarget);
        }
        let authority = format!("{name}:{port}");
        Ok(Self { host, port, authority, name_length: name.len() })
    }

    pub fn host(&self) -> &Host<String> {
        &self.host
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// `host:port`, IPv6 in brackets.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// What stands in a `Host` header: the port is left out when it is the scheme's own.
    pub fn host_header(&self) -> &str {
        if self.port == 80 { &self.authority[..self.name_length] } else { &self.authority }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, BadTarget> {
        Target::parse(text, None).map(|target| target.to_string())
    }

    #[test]
    fn every_spelling_of_a_host_becomes_one() {
        for (text, expected) in [
            ("example.com:443", "example.com:443"),
            ("EXAMPLE.com:80", "example.com:80"),
            ("bücher.example:443", "xn--bcher-kva.example:443"),
            ("0x7f.1:80", "127.0.0.1:80"),
            ("2130706433:80", "127.0.0.1:80"),
            ("[::FFFF:127.0.0.1]:80", "[::ffff:7f00:1]:80"),
            ("[2001:DB8::0:1]:8080", "[2001:db8::1]:8080"),
        ] {
            assert_eq!(
                parsed(text).map(|found| found.to_lowercase()).as_deref(),
                Ok(expected),
                "{text}"
            );
        }
        let default = Target::parse("example.com", Some(80)).unwrap();
        assert_eq!((default.authority(), default.host_header()), ("example.com:80", "example.com"));
        assert_eq!(Target::parse("[::1]", Some(80)).unwrap().host_header(), "[::1]");
        assert_eq!(Target::named(b"::1", 22).unwrap().authority(), "[::1]:22");
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for text in [
            "",
            ":80",
            "example.com",
            "example.com:",
            "example.com:0",
            "example.com:65536",
            "example.com:+80",
            "user@example.com:80",
            "::1:80",
            "[::1:80",
            "a b:80",
            "a/b:80",
            "a\\b:80",
            "a%00b:80",
            "1.2.3.4.5.6:80",
            "a:b:80",
        ] {
            assert_eq!(parsed(text), Err(BadTarget), "{text}");
        }
        for name in [&b"\xff"[..], b"", b"[::1]", b"a b", b"a:80", b"x@y"] {
            assert_eq!(Target::named(name, 80), Err(BadTarget), "{name:?}");
        }
    }
}
