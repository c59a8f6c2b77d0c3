//! The way out: connections to proxies and through them, and the judges of addresses.

mod dialer;
mod guard;
mod handshake;
mod own;
mod tls;

pub use dialer::ProxyDialer;
pub use guard::NameGuard;
pub use handshake::basic;
pub use own::OwnPorts;
pub use tls::{TrustError, proxy_tls};

use shared_kernel::infrastructure::outbound::OutboundPolicy;
use url::Url;

use crate::application::ports::AddressRules;

/// Proxies, lists of them and what tests aim at obey the same policy as requests.
impl AddressRules for OutboundPolicy {
    fn proxy_allowed(&self, host: &str, port: u16) -> bool {
        self.allows_host(host, port)
    }

    fn target_allowed(&self, target: &Url) -> bool {
        self.allows_url(target)
    }
}
