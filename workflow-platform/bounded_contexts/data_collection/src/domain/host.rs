//! What the operator decides about a host.

use std::{str::FromStr, time::Duration};

use serde::Serialize;
use shared_kernel::domain::Timestamp;
use url::Url;

/// A host of the web, with a port or for all of them, in its one spelling.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct HostName(String);

/// The text names no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a host such as example.com, example.com:8080 or [2001:db8::1]:80")]
pub struct BadHost;

impl HostName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The two names under which decisions about `host:port` stand, the more exact one first.
    pub fn candidates(host: &str, port: u16) -> [String; 2] {
        [format!("{host}:{port}"), host.to_owned()]
    }
}

impl FromStr for HostName {
    type Err = BadHost;

    fn from_str(text: &str) -> Result<Self, BadHost> {
        let text = text.trim();
        if text.len() > 255 || text.contains(['/', '@', '?', '#', '\\']) {
            return Err(BadHost);
        }
        // A scheme without a port of its own keeps every port in sight.
        let url = Url::parse(&format!("http://{text}/")).map_err(|_| BadHost)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(BadHost)?;
        let written = text
            .rsplit_once(':')
            .filter(|(before, _)| !before.contains(':') || before.ends_with(']'));
        let port = written.map(|(_, port)| port.parse::<u16>()).transpose().map_err(|_| BadHost)?;
        Ok(Self(port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))))
    }
}

/// What is decided. What is `None` is as for any other host.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HostDecision {
    /// Nothing is fetched.
    pub blocked: bool,
    /// robots.txt is not asked.
    pub ignore_robots: bool,
    pub requests_per_second: Option<f64>,
    pub parallel: Option<u32>,
    /// Why; shown to everybody whom it concerns.
    pub reason: String,
}

/// A decision that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadDecision {
    pub field: &'static str,
    pub message: &'static str,
}

impl HostDecision {
    pub const FASTEST: f64 = 100_000.0;
    pub const SLOWEST: f64 = 0.0001;
    pub const MOST_PARALLEL: u32 = 1024;

    pub fn check(&self) -> Result<(), BadDecision> {
        let bad = |field, message| Err(BadDecision { field, message });
        if self.reason.trim().chars().count() < 3 || self.reason.chars().count() > 500 {
            return bad("reason", "must say why, in 3 to 500 characters");
        }
        let rate = self.requests_per_second;
        if rate.is_some_and(|rate| !(Self::SLOWEST..=Self::FASTEST).contains(&rate)) {
            return bad("requests_per_second", "must be between 0.0001 and 100000");
        }
        if self.parallel.is_some_and(|parallel| !(1..=Self::MOST_PARALLEL).contains(&parallel)) {
            return bad("parallel", "must be between 1 and 1024");
        }
        let changes = self.blocked || self.ignore_robots;
        if !changes && rate.is_none() && self.parallel.is_none() {
            return bad("reason", "decides nothing: set blocked, robots, a rate or parallel");
        }
        Ok(())
    }

    /// From the start of one request to the start of the next.
    pub fn interval(&self) -> Option<Duration> {
        self.requests_per_second.map(|rate| Duration::from_secs_f64(1.0 / rate))
    }
}

/// A decision as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct HostRule {
    pub id: uuid::Uuid,
    pub host: String,
    pub decision: HostDecision,
    pub decided_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_one_spelling() {
        for (text, name) in [
            ("Example.COM", "example.com"),
            (" example.com:8080 ", "example.com:8080"),
            ("例子.cn", "xn--fsqu00a.cn"),
            ("[::1]:80", "[::1]:80"),
            ("[2001:DB8::1]", "[2001:db8::1]"),
            ("127.1:9000", "127.0.0.1:9000"),
        ] {
            assert_eq!(text.parse::<HostName>().unwrap().as_str(), name, "{text}");
        }
        for bad in ["", "a b", "http://a", "a/b", "u@a", "a:port", "a:99999", ":80"] {
            assert!(bad.parse::<HostName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_decision_says_why_and_decides_something() {
        let good = HostDecision {
            blocked: true,
            reason: "asked us to".to_owned(),
            ..HostDecision::default()
        };
        assert_eq!(good.check(), Ok(()));
        let field = |decision: HostDecision| decision.check().unwrap_err().field;
        assert_eq!(field(HostDecision { reason: " ".to_owned(), ..good.clone() }), "reason");
        assert_eq!(field(HostDecision { blocked: false, ..good.clone() }), "reason");
        assert_eq!(field(HostDecision { parallel: Some(0), ..good.clone() }), "parallel");
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let decision = HostDecision { requests_per_second: Some(rate), ..good.clone() };
            assert_eq!(field(decision), "requests_per_second");
        }
        let half = HostDecision { requests_per_second: Some(0.5), ..good };
        assert_eq!(half.interval(), Some(Duration::from_secs(2)));
    }
}
