//! Adds proxies from text.

use shared_kernel::{
    application::{Limit, Principal, ProxyScheme},
    domain::Permission,
};

use super::{PoolError, ProxyPoolModule, ports::NewProxy};
use crate::domain::{ImportLine, PoolId, RejectedLine, parse_import_as};

/// What became of each line.
#[derive(Debug)]
pub struct ImportReport {
    pub added: u64,
    /// Lines that repeat another line or a proxy the pool has already.
    pub duplicates: u64,
    pub rejected: Vec<RejectedLine>,
}

impl ProxyPoolModule {
    /// `scheme` is that of lines that name none. Good lines are added although others are bad. More proxies than the plan allows: none is.
    pub async fn import_proxies(
        &self,
        who: &Principal,
        pool: PoolId,
        text: &str,
        scheme: ProxyScheme,
    ) -> Result<ImportReport, PoolError> {
        who.require(Permission::ProxyWrite)?;
        let owner = who.owner();
        let Some(found) = self.ports.store.pool(owner, pool).await? else {
            return Err(PoolError::NotFound);
        };
        let mut list = parse_import_as(text, scheme)?;
        let (allowed, refused): (Vec<_>, Vec<_>) = list.proxies.into_iter().partition(|line| {
            let endpoint = &line.proxy.endpoint;
            self.ports.rules.proxy_allowed(&endpoint.host, endpoint.port)
        });
        list.rejected.extend(refused.iter().map(refusal));
        list.rejected.sort_by_key(|line| line.line);

        let _turn = self.imports.lock().await;
        let known = self.ports.store.endpoints(owner, found.pool.id).await?;
        let parsed = u64::try_from(allowed.len()).unwrap_or(u64::MAX);
        let now = self.ports.ambient.now();
        let fresh: Vec<_> = allowed
            .into_iter()
            .filter(|line| !known.contains(&line.proxy.endpoint))
            .map(|ImportLine { proxy, .. }| NewProxy {
                id: self.ports.ambient.id(),
                endpoint: proxy.endpoint,
                password: proxy.password,
                source: None,
                check_at: self.first_check(now),
            })
            .collect();
        let mut added = 0;
        if !fresh.is_empty() {
            let used = self.ports.store.count_proxies(owner).await?;
            let wanted = u64::try_from(fresh.len()).unwrap_or(u64::MAX);
            self.ports.entitlements.check(owner, Limit::Proxies, used, wanted).await?;
            added = self.ports.store.add_proxies(owner, pool, &fresh, now).await?;
            self.live.reload_soon(pool);
            self.tell(pool).await;
        }
        let duplicates = u64::from(list.duplicates) + (parsed - added);
        Ok(ImportReport { added, duplicates, rejected: list.rejected })
    }
}

fn refusal(line: &ImportLine) -> RejectedLine {
    RejectedLine {
        line: line.line,
        text: line.proxy.endpoint.to_string(),
        reason: "private, loopback and reserved addresses are not allowed".to_owned(),
    }
}
