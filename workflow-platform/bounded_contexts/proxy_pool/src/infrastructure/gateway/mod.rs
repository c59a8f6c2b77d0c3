//! The gateway's way out: connections to proxies, and the judge of targets.

mod dialer;
mod guard;
mod handshake;
mod own;

pub use dialer::{ProxyDialer, TrustError, proxy_tls};
pub use guard::NameGuard;
pub use own::OwnPorts;
