//! What the use cases need from outside.

mod checks;
mod hosts;
mod leases;
mod pools;
mod probes;
mod sources;
mod tests;

use url::Url;

pub use checks::{CheckStore, DueCheck};
pub use hosts::{HostStore, HostSums, PairRow};
pub use leases::{Admission, LeaseClaim, SharedLeases};
pub use pools::{
    CountedPool, FoundHealth, LoadedProxy, NewProxy, PoolStore, PoolSums, ProxyChange, ProxyFilter,
    StateCounts,
};
pub use probes::{ProbeAnswer, ProbeFailure, ProxyProbe};
pub use sources::{LastFetch, ListFetcher, ListSource, SourceDiff, SourceStore};
pub use tests::{PoolTest, TestRow, TestStore};

/// The store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("name is taken")]
    NameTaken,
    #[error("database failed")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("row cannot be understood: {0}")]
    BadRow(String),
    #[error("password cannot be sealed")]
    Seal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Judges addresses that users hand in.
pub trait AddressRules: Send + Sync {
    /// Whether a proxy may listen there: a name, or an address that is not private.
    fn proxy_allowed(&self, host: &str, port: u16) -> bool;

    /// Whether a test may aim there.
    fn target_allowed(&self, target: &Url) -> bool;
}
