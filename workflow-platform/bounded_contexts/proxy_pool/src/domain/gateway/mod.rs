//! What the gateway reads and says, as pure functions from bytes: HTTP heads (RFC 9112), chunked
//! bodies, SOCKS5 (RFC 1928 and 1929), and the user names by which pools are chosen.
//!
//! Every parser takes what has arrived so far and answers `None` until its message is whole, so
//! that a message may come in any pieces. None takes more than its bound.

mod answer;
mod body;
mod chunks;
mod credentials;
mod framing;
mod head;
mod lines;
mod refusal;
pub mod socks5;
mod target;

pub use answer::{AnswerHead, BadAnswer};
pub use body::Body;
pub use chunks::{BadChunk, Chunks};
pub use credentials::{Login, PoolWish};
pub use framing::Framing;
pub use head::{Asked, BadHead, Form, RequestHead};
pub use lines::head_end;
pub use refusal::{Refusal, SiteFault};
pub use target::{BadTarget, Target};
