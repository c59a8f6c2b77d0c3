//! Providers' lists that a pool follows: made, changed, looked at, removed.

use std::time::Duration;

use secrecy::SecretString;
use shared_kernel::{
    application::{Principal, ProxyScheme},
    domain::{Cursor, Owner, Page, PageRequest, Permission},
};
use url::Url;

use super::{
    PoolError, ProxyPoolModule,
    ports::{LastFetch, ListSource},
};
use crate::domain::{PoolId, SourceId};

/// Sources of one pool.
const MOST: usize = 20;
const MINUTE: Duration = Duration::from_mins(1);
const WEEK: Duration = Duration::from_hours(24 * 7);

/// A list to be followed.
#[derive(Debug, Clone)]
pub struct NewSource {
    pub url: String,
    /// Of lines that name none.
    pub scheme: ProxyScheme,
    pub every: Duration,
    /// A proxy that is no longer listed goes after this.
    pub grace: Duration,
}

/// What is to be another; `None` keeps what stands.
#[derive(Debug, Clone, Default)]
pub struct SourceChange {
    pub url: Option<String>,
    pub scheme: Option<ProxyScheme>,
    pub every: Option<Duration>,
    pub grace: Option<Duration>,
    pub enabled: Option<bool>,
}

impl ProxyPoolModule {
    /// The first fetch is due at once.
    pub async fn add_source(
        &self,
        who: &Principal,
        pool: PoolId,
        new: NewSource,
    ) -> Result<ListSource, PoolError> {
        who.require(Permission::ProxyWrite)?;
        self.ports.store.pool(who.owner(), pool).await?.ok_or(PoolError::NotFound)?;
        let limit = u32::try_from(MOST).unwrap_or(u32::MAX);
        let page = PageRequest::first(limit);
        let there = self.ports.sources.sources(who.owner(), pool, page).await?;
        if there.len() >= MOST {
            return Err(PoolError::invalid("url", format!("a pool follows at most {MOST} lists")));
        }
        let url = self.target("url", &new.url)?;
        let now = self.ports.ambient.now();
        let source = ListSource {
            id: self.ports.ambient.id(),
            pool,
            owner: who.owner(),
            shown_url: shown(&url),
            url: SecretString::from(url.to_string()),
            scheme: new.scheme,
            every: every(new.every)?,
            grace: grace(new.grace)?,
            enabled: true,
            next_at: now,
            last: LastFetch::default(),
            created_at: now,
        };
        self.ports.sources.insert_source(&source).await?;
        Ok(source)
    }

    pub async fn list_sources(
        &self,
        who: &Principal,
        pool: PoolId,
        page: PageRequest,
    ) -> Result<Page<ListSource>, PoolError> {
        self.show_pool(who, pool).await?;
        let rows = self.ports.sources.sources(who.owner(), pool, page).await?;
        let key = |source: &ListSource| Cursor { at: source.created_at, id: source.id.uuid() };
        Ok(Page::cut(rows, page.limit, key))
    }

    pub async fn show_source(
        &self,
        who: &Principal,
        pool: PoolId,
        id: SourceId,
    ) -> Result<ListSource, PoolError> {
        who.require(Permission::ProxyRead)?;
        self.source_of(who.owner(), pool, id).await
    }

    /// What is changed is fetched anew at once.
    pub async fn change_source(
        &self,
        who: &Principal,
        pool: PoolId,
        id: SourceId,
        change: SourceChange,
    ) -> Result<ListSource, PoolError> {
        who.require(Permission::ProxyWrite)?;
        let mut source = self.source_of(who.owner(), pool, id).await?;
        if let Some(address) = change.url {
            let url = self.target("url", &address)?;
            (source.shown_url, source.url) = (shown(&url), SecretString::from(url.to_string()));
        }
        source.scheme = change.scheme.unwrap_or(source.scheme);
        source.every = every(change.every.unwrap_or(source.every))?;
        source.grace = grace(change.grace.unwrap_or(source.grace))?;
        source.enabled = change.enabled.unwrap_or(source.enabled);
        source.next_at = self.ports.ambient.now();
        if !self.ports.sources.update_source(&source).await? {
            return Err(PoolError::SourceNotFound);
        }
        Ok(source)
    }

    /// Its proxies stay, as if they had been put in by hand.
    pub async fn remove_source(
        &self,
        who: &Principal,
        pool: PoolId,
        id: SourceId,
    ) -> Result<(), PoolError> {
        who.require(Permission::ProxyWrite)?;
        if !self.ports.sources.remove_source(who.owner(), pool, id).await? {
            return Err(PoolError::SourceNotFound);
        }
        Ok(())
    }

    async fn source_of(
        &self,
        owner: Owner,
        pool: PoolId,
        id: SourceId,
    ) -> Result<ListSource, PoolError> {
        let found = self.ports.sources.source(owner, pool, id).await?;
        found.ok_or(PoolError::SourceNotFound)
    }
}

/// The address without what may be the key of an account.
fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_fragment(None);
    if shown.query().is_some() {
        shown.set_query(Some("…"));
    }
    shown.to_string().replace("?%E2%80%A6", "?…")
}

fn every(time: Duration) -> Result<Duration, PoolError> {
    if (MINUTE..=WEEK).contains(&time) {
        return Ok(time);
    }
    Err(PoolError::invalid("every", "must be between 60 and 604800 seconds"))
}

fn grace(time: Duration) -> Result<Duration, PoolError> {
    if time <= WEEK {
        return Ok(time);
    }
    Err(PoolError::invalid("grace", "must be at most 604800 seconds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_keys() {
        let url = Url::parse("https://u:p@lists.example/v2/get?key=hush&n=5#x").unwrap();
        assert_eq!(shown(&url), "https://lists.example/v2/get?…");
    }
}
