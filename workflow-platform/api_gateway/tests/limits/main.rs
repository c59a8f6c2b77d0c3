//! How often somebody may call, and from where: the counts in process and in Redis, and the
//! layers that use them.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod counts;
mod layers;
mod lists;
mod support;
