//! Use cases of secrets and variables.

mod delete;
mod error;
mod list;
mod ports;
mod put;
mod reveal;
mod service;

pub use error::VaultError;
pub use ports::{Entry, EntryStore, NewEntry, Stored};
pub use put::{PutSecret, PutVariable};
pub use reveal::RevealError;
pub(crate) use service::place;
pub use service::{VaultPorts, VaultService};
