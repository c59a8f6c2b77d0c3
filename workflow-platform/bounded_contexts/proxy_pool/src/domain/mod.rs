//! Pools, proxies, their health and the choice between them. No IO, no clock, no randomness.

mod breaker;
mod choice;
mod dice;
mod events;
mod evidence;
pub mod gateway;
mod health;
mod host;
mod hosts;
mod import;
mod import_columns;
mod judge;
mod pool;
mod ready;
mod sessions;
mod test;
mod usage;

pub use breaker::{Breaker, BreakerPolicy};
pub use choice::{Choice, Considered, Members, Reason, Scene, View};
pub use dice::Dice;
pub use events::EVENTS;
pub use evidence::Evidence;
pub use health::{Health, HealthPolicy, Verdict};
pub use host::{
    Answer, Finding, HostBook, HostId, HostNews, HostPolicy, Pair, Probing, StoredHost, Tally,
    host_id,
};
pub use hosts::Hosts;
pub use import::{
    ImportLine, ImportList, ImportTooLarge, MAX_IMPORT_BYTES, ParsedProxy, RejectedLine,
    parse_import, parse_import_as,
};
pub use judge::Seen;
pub use pool::{
    Anonymity, BadPoolName, Manual, Pool, PoolId, PoolName, PoolTerms, Proxy, ProxyEndpoint,
    ProxyId, Sight, Source, SourceId, Strategy, UnknownStrategy,
};
pub use ready::{Ready, Standing, StandingCounts};
pub use sessions::{Sessions, StickyTerms};
pub use test::{TestId, TestMark, TestState};
pub use usage::UsageDelta;
