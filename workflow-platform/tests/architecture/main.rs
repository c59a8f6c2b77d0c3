//! The rules of the house: which room may know which, and what may be built in.
//!
//! Between crates the rules are read from `cargo metadata`, between the layers of a crate from the
//! paths its sources name. Each rule is also shown to fail on a violation made up for it.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod crates;
mod layers;
mod licences;
mod metadata;
mod paths;
mod promises;
