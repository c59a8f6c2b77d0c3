//! The one polite way to the web.
//!
//! A request passes, on every hop of its redirects: the guard ([`OutboundPolicy`]), robots.txt,
//! the host's turn ([`gate`]), then the exchange itself, through a proxy when one is asked for.
//!
//! [`OutboundPolicy`]: shared_kernel::infrastructure::outbound::OutboundPolicy

mod clients;
mod exchange;
mod fetcher;
mod gate;
mod guard;
mod through_pool;

pub use fetcher::{FetcherParts, FetcherSettings, PoliteFetcher};
