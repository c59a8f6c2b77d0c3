//! Pools, proxies, their health and the choice between them. No IO, no clock, no randomness.

mod health;
mod import;
mod pool;
mod rotation;
mod usage;

pub use health::{Health, HealthPolicy, Verdict};
pub use import::{ImportLine, ImportList, ImportTooLarge, ParsedProxy, RejectedLine, parse_import};
pub use pool::{
    BadPoolName, Pool, PoolId, PoolName, Proxy, ProxyEndpoint, ProxyId, Strategy, UnknownStrategy,
};
pub use rotation::{Candidate, Rotation, RoundRobin, rotation_of};
pub use usage::UsageDelta;
