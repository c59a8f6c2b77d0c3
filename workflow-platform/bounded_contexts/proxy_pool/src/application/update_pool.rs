//! Changes name and terms of a pool.

use std::time::Duration;

use shared_kernel::{application::Principal, domain::Permission};
use url::Url;

use super::{Change, PoolError, ProxyPoolModule, ports::CountedPool};
use crate::domain::{PoolId, PoolTerms, Strategy};

/// What is to be another; `None` keeps what stands.
#[derive(Debug, Clone, Default)]
pub struct PoolChange {
    pub name: Option<String>,
    pub strategy: Option<Strategy>,
    pub parallel_limit: Option<u32>,
    pub test_target: Change<String>,
    pub judge: Change<String>,
    pub sticky_ttl: Option<Duration>,
    pub sticky_uses: Change<u32>,
    pub check_every: Change<Duration>,
}

/// Longest life of a session, and longest time between checks.
const DAY: Duration = Duration::from_hours(24);
const MINUTE: Duration = Duration::from_mins(1);

impl ProxyPoolModule {
    pub async fn update_pool(
        &self,
        who: &Principal,
        id: PoolId,
        change: PoolChange,
    ) -> Result<CountedPool, PoolError> {
        who.require(Permission::ProxyWrite)?;
        let found = self.ports.store.pool(who.owner(), id).await?;
        let CountedPool { mut pool, states } = found.ok_or(PoolError::NotFound)?;
        if let Some(name) = &change.name {
            pool.name = name.parse().map_err(|error| PoolError::invalid("name", error))?;
        }
        pool.terms = self.changed(pool.terms, change)?;
        if !self.ports.store.update_pool(&pool).await? {
            return Err(PoolError::NotFound);
        }
        self.live.reload_soon(id);
        self.tell(id).await;
        Ok(CountedPool { pool, states })
    }

    /// The terms with the change, when each of them may be so.
    pub(super) fn changed(
        &self,
        terms: PoolTerms,
        change: PoolChange,
    ) -> Result<PoolTerms, PoolError> {
        let mut terms = terms;
        terms.strategy = change.strategy.unwrap_or(terms.strategy);
        if let Some(limit) = change.parallel_limit {
            within("parallel_limit", limit, 1, PoolTerms::MAX_PARALLEL_LIMIT)?;
            terms.parallel_limit = limit;
        }
        terms.test_target = self.outside("test_target", change.test_target, terms.test_target)?;
        terms.judge = self.outside("judge", change.judge, terms.judge)?;
        if let Some(ttl) = change.sticky_ttl {
            between("sticky_ttl", ttl, Duration::from_secs(1), DAY)?;
            terms.sticky.ttl = ttl;
        }
        if let Some(uses) = change.sticky_uses.set() {
            within("sticky_uses", *uses, 1, 1_000_000)?;
        }
        terms.sticky.uses = change.sticky_uses.onto(terms.sticky.uses);
        if let Some(every) = change.check_every.set() {
            between("check_every", *every, MINUTE, DAY)?;
        }
        terms.check_every = change.check_every.onto(terms.check_every);
        Ok(terms)
    }

    fn outside(
        &self,
        field: &'static str,
        change: Change<String>,
        old: Option<String>,
    ) -> Result<Option<String>, PoolError> {
        let change = match change {
            Change::Set(address) => Change::Set(self.target(field, &address)?.to_string()),
            other => other,
        };
        Ok(change.onto(old))
    }

    /// An address that requests may aim at.
    pub(super) fn target(&self, field: &'static str, address: &str) -> Result<Url, PoolError> {
        let url = Url::parse(address).map_err(|error| PoolError::invalid(field, error))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(PoolError::invalid(field, "must be an http or https address"));
        }
        if !self.ports.rules.target_allowed(&url) {
            return Err(PoolError::invalid(field, "this address is not allowed"));
        }
        Ok(url)
    }
}

fn within(field: &'static str, value: u32, least: u32, most: u32) -> Result<(), PoolError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(PoolError::invalid(field, format!("must be between {least} and {most}")))
}

fn between(
    field: &'static str,
    value: Duration,
    least: Duration,
    most: Duration,
) -> Result<(), PoolError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let (least, most) = (least.as_secs(), most.as_secs());
    Err(PoolError::invalid(field, format!("must be between {least} and {most} seconds")))
}
