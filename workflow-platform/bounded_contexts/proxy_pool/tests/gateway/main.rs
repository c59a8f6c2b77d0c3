//! The gateway port on raw sockets: what it takes, what it refuses, and what it makes of answers.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod answers;
mod inside;
mod refused;
mod socks;
mod support;
mod tunnels;
