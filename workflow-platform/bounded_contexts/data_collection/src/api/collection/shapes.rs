//! Bodies of requests and answers.

use std::collections::BTreeMap;

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::domain::Timestamp;
use uuid::Uuid;

use crate::{
    application::archive::ArchivedPage,
    domain::host::{HostDecision, HostRule},
};

/// A page that was fetched.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PageView {
    pub id: Uuid,
    /// Where it came from, after redirects.
    pub url: String,
    pub fetched_at: Timestamp,
    pub status: u16,
    pub content_type: Option<String>,
    /// Name of the encoding it is read in.
    pub charset: String,
    /// BLAKE3 of the content, in hex.
    pub hash: String,
    /// Of the content.
    pub bytes: u64,
    /// Those that say something of the page; repeated ones as one.
    pub headers: BTreeMap<String, String>,
}

impl From<ArchivedPage> for PageView {
    fn from(page: ArchivedPage) -> Self {
        let mut headers = BTreeMap::<String, String>::new();
        for (name, value) in page.headers {
            headers
                .entry(name)
                .and_modify(|known| known.push_str(&format!(", {value}")))
                .or_insert(value);
        }
        Self {
            id: page.id,
            url: page.url,
            fetched_at: page.fetched_at,
            status: page.status,
            content_type: page.content_type,
            charset: page.charset,
            hash: page.hash,
            bytes: page.bytes,
            headers,
        }
    }
}

/// Whether robots.txt of a host is heeded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RobotsChoice {
    #[default]
    Obey,
    Ignore,
}

/// How a host is treated.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HostRuleView {
    /// Name, or `name:port`.
    pub host: String,
    pub blocked: bool,
    pub robots: RobotsChoice,
    /// Null: as for any other host.
    pub requests_per_second: Option<f64>,
    pub parallel: Option<u32>,
    pub reason: String,
    pub decided_at: Timestamp,
}

impl From<HostRule> for HostRuleView {
    fn from(rule: HostRule) -> Self {
        let HostDecision { blocked, ignore_robots, requests_per_second, parallel, reason } =
            rule.decision;
        let robots = if ignore_robots { RobotsChoice::Ignore } else { RobotsChoice::Obey };
        let (host, decided_at) = (rule.host, rule.decided_at);
        Self { host, blocked, robots, requests_per_second, parallel, reason, decided_at }
    }
}

/// A decision about a host. What is left out is as for any other host.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HostChange {
    /// Nothing is fetched from the host.
    #[garde(skip)]
    #[serde(default)]
    pub blocked: bool,
    #[garde(skip)]
    #[serde(default)]
    pub robots: RobotsChoice,
    /// From 0.0001 to 100000, by all processes together.
    #[garde(skip)]
    #[schema(minimum = 0.0001, maximum = 100_000.0, example = 0.5)]
    pub requests_per_second: Option<f64>,
    /// Requests at once, by all processes together.
    #[garde(range(min = 1, max = 1024))]
    #[schema(minimum = 1, maximum = 1024)]
    pub parallel: Option<u32>,
    /// Why; shown in the logs of steps.
    #[garde(length(chars, min = 3, max = 500))]
    #[schema(min_length = 3, max_length = 500, example = "agreed with the site's owner")]
    pub reason: String,
}

impl From<HostChange> for HostDecision {
    fn from(change: HostChange) -> Self {
        Self {
            blocked: change.blocked,
            ignore_robots: change.robots == RobotsChoice::Ignore,
            requests_per_second: change.requests_per_second,
            parallel: change.parallel,
            reason: change.reason.trim().to_owned(),
        }
    }
}
