//! The guard of targets: literals by their range, names by what they resolve to.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use moka::future::Cache;
use shared_kernel::infrastructure::outbound::OutboundPolicy;
use url::Host;

use super::OwnPorts;
use crate::{application::gateway::TargetGuard, domain::gateway::Target};

/// How long a verdict on a name is good.
const REMEMBERED: Duration = Duration::from_secs(30);
const MOST_REMEMBERED: u64 = 10_000;
const LOOKUP: Duration = Duration::from_secs(5);

/// [`TargetGuard`] by the policy for outgoing requests.
pub struct NameGuard {
    policy: Arc<OutboundPolicy>,
    own: OwnPorts,
    verdicts: Cache<String, bool>,
}

impl NameGuard {
    pub fn new(policy: Arc<OutboundPolicy>, own: OwnPorts) -> Self {
        let verdicts =
            Cache::builder().max_capacity(MOST_REMEMBERED).time_to_live(REMEMBERED).build();
        Self { policy, own, verdicts }
    }

    /// The proxy resolves the name by itself: the best that can be done is to look first. What
    /// does not resolve here is the proxy's to find.
    async fn allows_name(&self, name: &str, port: u16) -> bool {
        if !self.policy.allows_host(name, port) {
            return false;
        }
        let Ok(Ok(addresses)) =
            tokio::time::timeout(LOOKUP, tokio::net::lookup_host((name, port))).await
        else {
            return true;
        };
        addresses
            .map(|address| address.ip())
            .all(|ip| self.policy.allows_ip(ip, name, port) && !self.own.has(ip, port))
    }
}

#[async_trait]
impl TargetGuard for NameGuard {
    async fn allows(&self, target: &Target) -> bool {
        let port = target.port();
        let ip = match target.host() {
            Host::Ipv4(ip) => (*ip).into(),
            Host::Ipv6(ip) => (*ip).into(),
            Host::Domain(name) => {
                let known = self.verdicts.get(target.authority()).await;
                if let Some(verdict) = known {
                    return verdict;
                }
                let verdict = self.allows_name(name, port).await;
                self.verdicts.insert(target.authority().to_owned(), verdict).await;
                return verdict;
            }
        };
        self.policy.allows_ip(ip, &ip.to_string(), port) && !self.own.has(ip, port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn allows(guard: &NameGuard, target: &str) -> bool {
        guard.allows(&Target::parse(target, None).unwrap()).await
    }

    #[tokio::test]
    async fn private_targets_are_refused_by_address_and_by_name() {
        let guard = NameGuard::new(Arc::default(), OwnPorts::default());
        for target in [
            "127.0.0.1:80",
            "0x7f.1:80",
            "[::1]:80",
            "[::ffff:10.0.0.1]:80",
            "169.254.169.254:80",
            "localhost:80",
            "a.localhost:80",
        ] {
            assert!(!allows(&guard, target).await, "{target}");
        }
        for target in ["1.1.1.1:443", "[2606:4700:4700::1111]:443", "no.such.name.invalid:80"] {
            assert!(allows(&guard, target).await, "{target}");
        }
    }

    #[tokio::test]
    async fn what_the_operator_allows_is_allowed_except_for_our_own_ports() {
        let policy = OutboundPolicy::new(["127.0.0.0/8", "localhost"]).unwrap();
        let own = OwnPorts::new(["127.0.0.1:8001".parse().unwrap()]);
        let guard = NameGuard::new(Arc::new(policy), own);
        assert!(allows(&guard, "127.0.0.1:80").await && allows(&guard, "localhost:80").await);
        assert!(!allows(&guard, "127.0.0.1:8001").await && !allows(&guard, "localhost:8001").await);
    }
}
