//! Use cases of the context, one a file, and the ports they need.

mod add_proxy;
mod change;
mod change_proxy;
mod check_proxies;
mod create_pool;
mod delete_pool;
mod drive_test;
mod error;
mod follow_sources;
mod follow_test;
pub mod gateway;
mod hosts;
mod import_proxies;
mod lease_proxy;
mod list_pools;
mod list_proxies;
mod live;
mod module;
mod pool_status;
pub mod ports;
mod sources;
mod test_pool;
mod update_pool;

pub use add_proxy::NewProxyByHand;
pub use change::Change;
pub use change_proxy::ProxyChangeByHand;
pub use create_pool::NewPool;
pub use error::PoolError;
pub use follow_test::TestUpdate;
pub use import_proxies::ImportReport;
pub use live::{Explanation, RecentChoice, Verdict};
pub use module::{ProxyPoolModule, ProxyPoolPorts, ProxyPoolSettings};
pub use pool_status::PoolStatus;
pub use sources::{NewSource, SourceChange};
pub use update_pool::PoolChange;
