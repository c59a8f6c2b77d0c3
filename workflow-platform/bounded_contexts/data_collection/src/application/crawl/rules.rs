//! Which links are followed, and in which order.

use std::collections::HashSet;

use regex::Regex;
use url::Url;

use crate::domain::{address::without_parameters, extract::Survey};

/// How far a crawl goes from where it starts.
#[derive(Debug, Clone)]
pub(super) enum Reach {
    Anywhere,
    /// `host:port` each.
    Hosts(HashSet<String>),
    /// Registrable domains, such as `example.co.uk`.
    Domains(HashSet<String>),
}

/// What stands earlier in the queue.
#[derive(Debug, Clone)]
pub(super) struct Ranked {
    pub pattern: Regex,
    pub priority: i32,
}

/// What is followed.
#[derive(Debug, Clone)]
pub(super) struct LinkRules {
    pub allow: Vec<Regex>,
    pub deny: Vec<Regex>,
    pub reach: Reach,
    pub follow_nofollow: bool,
    /// Names of parameters; a `*` at the end stands for anything.
    pub drop_params: Vec<String>,
    pub priorities: Vec<Ranked>,
}

impl Reach {
    pub fn hosts<'a>(urls: impl Iterator<Item = &'a Url>) -> Self {
        Self::Hosts(urls.map(host_of).collect())
    }

    pub fn domains<'a>(urls: impl Iterator<Item = &'a Url>) -> Self {
        Self::Domains(urls.map(domain_of).collect())
    }

    fn includes(&self, url: &Url) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Hosts(hosts) => hosts.contains(&host_of(url)),
            Self::Domains(domains) => domains.contains(&domain_of(url)),
        }
    }
}

impl LinkRules {
    pub fn follows(&self, url: &Url) -> bool {
        let text = url.as_str();
        self.reach.includes(url)
            && (self.allow.is_empty() || self.allow.iter().any(|pattern| pattern.is_match(text)))
            && !self.deny.iter().any(|pattern| pattern.is_match(text))
    }

    /// The address under which a page is known.
    pub fn known_as(&self, url: Url) -> Url {
        if self.drop_params.is_empty() {
            return url;
        }
        without_parameters(url, |name| {
            self.drop_params.iter().any(|drop| match drop.strip_suffix('*') {
                Some(start) => name.starts_with(start),
                None => name == drop,
            })
        })
    }

    pub fn priority(&self, address: &str) -> i32 {
        let fits = self.priorities.iter().find(|ranked| ranked.pattern.is_match(address));
        fits.map_or(0, |ranked| ranked.priority)
    }

    /// What is worth following of a page, each address once.
    pub fn links_of(&self, survey: &Survey) -> Vec<String> {
        if survey.nofollow && !self.follow_nofollow {
            return Vec::new();
        }
        let wanted = survey.links.iter().filter(|link| self.follow_nofollow || !link.nofollow);
        let known = wanted.map(|link| self.known_as(link.url.clone()));
        let mut seen = HashSet::new();
        known
            .filter(|url| self.follows(url))
            .map(String::from)
            .filter(|url| seen.insert(url.clone()))
            .collect()
    }
}

fn host_of(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0))
}

/// The registrable domain, by the public suffix list; of an address the address.
fn domain_of(url: &Url) -> String {
    match url.domain() {
        Some(host) => psl::domain_str(host).unwrap_or(host).to_owned(),
        None => url.host_str().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn rules(reach: Reach) -> LinkRules {
        LinkRules {
            allow: Vec::new(),
            deny: vec![Regex::new("/private").unwrap()],
            reach,
            follow_nofollow: false,
            drop_params: vec!["utm_*".to_owned(), "sid".to_owned()],
            priorities: vec![Ranked { pattern: Regex::new("/new/").unwrap(), priority: 5 }],
        }
    }

    #[test]
    fn a_crawl_stays_where_it_is_told() {
        let start = [url("http://www.example.co.uk/")];
        let hosts = rules(Reach::hosts(start.iter()));
        let domains = rules(Reach::domains(start.iter()));
        for (address, host, domain) in [
            ("http://www.example.co.uk/a", true, true),
            ("http://www.example.co.uk:8080/a", false, true),
            ("https://shop.example.co.uk/a", false, true),
            ("http://example.co.uk/", false, true),
            ("http://other.co.uk/", false, false),
            ("http://www.example.co.uk/private", false, false),
        ] {
            assert_eq!(hosts.follows(&url(address)), host, "{address}");
            assert_eq!(domains.follows(&url(address)), domain, "{address}");
        }
        assert!(rules(Reach::Anywhere).follows(&url("http://other.com/")));
    }

    #[test]
    fn pages_have_one_name_and_a_rank() {
        let rules = rules(Reach::Anywhere);
        let known = rules.known_as(url("http://a.example/?utm_source=x&id=1&sid=2"));
        assert_eq!(known.as_str(), "http://a.example/?id=1");
        assert_eq!(rules.priority("http://a.example/new/1"), 5);
        assert_eq!(rules.priority("http://a.example/old/1"), 0);
    }
}
