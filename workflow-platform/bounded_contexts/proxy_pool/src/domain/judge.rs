//! What a judge (a page that answers what it was asked with) tells of a proxy.
//!
//! Understood: the platform's own judge and pages like it (`{"address": …, "headers": {…}}`, with
//! `origin` for `address` as well), and pages of `NAME = value` lines, as CGI programs print them.

use std::net::IpAddr;

use serde_json::Value;

use super::{Anonymity, Sight};

/// Header names that only proxies send.
const TRACES: [&str; 12] = [
    "via",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "x-client-ip",
    "client-ip",
    "x-proxy-id",
    "proxy-connection",
    "x-forwarded",
    "x-cluster-client-ip",
];

/// What a judge saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub address: IpAddr,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
}

impl Seen {
    /// None when the page is no judge's answer.
    pub fn read(page: &str) -> Option<Self> {
        serde_json::from_str(page)
            .map_or_else(|_| Self::of_lines(page), |json| Self::of_json(&json))
    }

    fn of_json(page: &Value) -> Option<Self> {
        let address = page.get("address").or_else(|| page.get("origin"))?.as_str()?;
        let headers = page.get("headers").and_then(Value::as_object);
        let headers = headers.into_iter().flatten().map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (name.to_ascii_lowercase(), text)
        });
        Some(Self { address: first_address(address)?, headers: headers.collect() })
    }

    fn of_lines(page: &str) -> Option<Self> {
        let lines = page.lines().filter_map(|line| line.split_once('='));
        let pairs: Vec<_> = lines.map(|(name, value)| (name.trim(), value.trim())).collect();
        let (_, address) = pairs.iter().find(|(name, _)| *name == "REMOTE_ADDR")?;
        let headers = pairs.iter().filter_map(|(name, value)| {
            let name = name.strip_prefix("HTTP_")?;
            Some((name.to_ascii_lowercase().replace('_', "-"), (*value).to_owned()))
        });
        Some(Self { address: first_address(address)?, headers: headers.collect() })
    }

    /// What the other side can tell. `own` is the address of who asks through the proxy; where
    /// it is not known, any address that is handed on is taken for it.
    pub fn sight(&self, own: Option<IpAddr>) -> Sight {
        let traces = || self.headers.iter().filter(|(name, _)| TRACES.contains(&name.as_str()));
        let mut addresses = traces().flat_map(|(_, value)| addresses_in(value));
        let told = match own {
            Some(own) => addresses.any(|address| address == own),
            None => addresses.any(|address| address != self.address),
        };
        let anonymity = if told {
            Anonymity::Transparent
        } else if traces().next().is_some() {
            Anonymity::Anonymous
        } else {
            Anonymity::Elite
        };
        Sight { anonymity: Some(anonymity), exit_address: Some(self.address.to_string()) }
    }
}

fn first_address(text: &str) -> Option<IpAddr> {
    addresses_in(text).next()
}

/// Addresses in a header such as `for="[2001:db8::1]:80", 203.0.113.9`.
fn addresses_in(text: &str) -> impl Iterator<Item = IpAddr> + '_ {
    text.split([',', ';', ' ', '=', '"']).filter_map(|word| {
        let word = word.trim();
        if let Some(rest) = word.strip_prefix('[') {
            return rest.split(']').next()?.parse().ok();
        }
        word.parse().ok().or_else(|| word.rsplit_once(':')?.0.parse().ok())
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn own() -> Option<IpAddr> {
        "198.51.100.7".parse().ok()
    }

    #[rstest]
    #[case(r#"{"address":"203.0.113.9","headers":{"Host":"j"}}"#, Anonymity::Elite)]
    #[case(r#"{"origin":"203.0.113.9","headers":{"Via":"1.1 squid"}}"#, Anonymity::Anonymous)]
    #[case(
        r#"{"address":"203.0.113.9","headers":{"X-Forwarded-For":"198.51.100.7, 10.0.0.1"}}"#,
        Anonymity::Transparent
    )]
    #[case(
        "REMOTE_ADDR = 203.0.113.9\nHTTP_FORWARDED = for=\"198.51.100.7:80\"\n",
        Anonymity::Transparent
    )]
    #[case("<pre>\nREMOTE_ADDR = 203.0.113.9\nHTTP_HOST = j\n</pre>", Anonymity::Elite)]
    fn judges_of_both_kinds_are_understood(#[case] page: &str, #[case] expected: Anonymity) {
        let sight = Seen::read(page).unwrap().sight(own());
        assert_eq!(sight.anonymity, Some(expected));
        assert_eq!(sight.exit_address.as_deref(), Some("203.0.113.9"));
    }

    #[test]
    fn a_page_that_is_no_judge_tells_nothing() {
        for page in ["", "<html>", "{}", "[]", r#"{"address":"nobody"}"#, "REMOTE_ADDR = x"] {
            assert_eq!(Seen::read(page), None, "{page}");
        }
    }

    #[test]
    fn an_address_of_somebody_is_taken_for_ours_when_ours_is_not_known() {
        let page = r#"{"address":"203.0.113.9","headers":{"X-Real-IP":"192.0.2.1"}}"#;
        let sight = Seen::read(page).unwrap().sight(None);
        assert_eq!(sight.anonymity, Some(Anonymity::Transparent));
    }
}
