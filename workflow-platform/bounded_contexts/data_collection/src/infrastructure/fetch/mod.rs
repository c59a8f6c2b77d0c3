//! The one polite way to the web.
//!
//! A request passes, on every hop of its redirects: the guard ([`OutboundPolicy`]), what the
//! operator decided about the host, robots.txt, the host's turn in this process ([`gate`]) and
//! among all ([`turns`]), then the exchange itself, through a proxy when one is asked for.
//!
//! [`OutboundPolicy`]: shared_kernel::infrastructure::outbound::OutboundPolicy

mod clients;
mod exchange;
mod fetcher;
mod gate;
mod guard;
mod host;
mod message;
mod meters;
mod parts;
mod redirect;
mod robots_txt;
mod spans;
mod through_pool;
mod turns;

pub use fetcher::PoliteFetcher;
pub use gate::Manners;
pub use message::MessageAnswer;
pub use meters::{host_readings, register_metrics};
pub use parts::{FetcherParts, FetcherSettings};
pub use turns::{Ask, RedisTurns, SharedTurns, SqlTurns, Taken, TurnsError, TurnsTable};
