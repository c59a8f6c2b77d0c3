//! Fetches providers' lists when they are due, and takes in how they differ.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};
use shared_kernel::{application::Limit, domain::Timestamp};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use url::Url;

use super::{
    ProxyPoolModule,
    ports::{LastFetch, ListSource, LoadedProxy, NewProxy, SourceDiff, StoreError},
};
use crate::domain::{ImportLine, MAX_IMPORT_BYTES, ProxyEndpoint, ProxyId, parse_import_as};

const LOOK_EVERY: Duration = Duration::from_secs(3);
/// For a whole list.
const PATIENCE: Duration = Duration::from_secs(30);
/// Proxies retired at a time.
const RETIRED: u32 = 500;

impl ProxyPoolModule {
    /// Follows sources until told to stop. One task per process; each due fetch is one process's.
    pub(super) async fn follow_sources(self: Arc<Self>, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
            let looking = async {
                while self.fetch_due().await? {}
                self.retire_due().await
            };
            match stop.run_until_cancelled(looking).await {
                Some(Err(error)) => warn!(
                    error = &error as &dyn std::error::Error,
                    "lists of proxies could not be followed for now"
                ),
                Some(Ok(())) => {}
                None => return,
            }
        }
    }

    /// Fetches one list that is due; tells whether there was one.
    pub async fn fetch_due(&self) -> Result<bool, StoreError> {
        let now = self.ports.ambient.now();
        let Some(source) = self.ports.sources.claim_source(now).await? else { return Ok(false) };
        let last = match self.fetch_source(&source).await {
            Ok(last) => last,
            Err(text) => {
                info!(source.id = %source.id, "list {} could not be taken in: {text}", source.id);
                LastFetch { error: Some(text), ..source.last.clone() }
            }
        };
        let last = LastFetch { at: Some(now), ..last };
        self.ports.sources.note_fetch(source.id, &last).await?;
        self.live.reload_soon(source.pool);
        self.tell(source.pool).await;
        Ok(true)
    }

    /// Proxies whose grace is over go.
    pub async fn retire_due(&self) -> Result<(), StoreError> {
        let now = self.ports.ambient.now();
        for pool in self.ports.sources.retire_proxies(now, RETIRED).await? {
            self.live.reload_soon(pool);
            self.tell(pool).await;
        }
        Ok(())
    }

    async fn fetch_source(&self, source: &ListSource) -> Result<LastFetch, String> {
        let url = Url::parse(source.url.expose_secret()).map_err(|error| error.to_string())?;
        let text = self.ports.lists.fetch(&url, MAX_IMPORT_BYTES, PATIENCE).await?;
        let mut list = parse_import_as(&text, source.scheme)
            .map_err(|error| format!("list is too large: {error}"))?;
        let read = list.proxies.len();
        list.proxies.retain(|line| {
            let endpoint = &line.proxy.endpoint;
            self.ports.rules.proxy_allowed(&endpoint.host, endpoint.port)
        });
        let rejected = list.rejected.len() + (read - list.proxies.len());
        if list.proxies.is_empty() {
            // a provider in trouble must not empty the pool
            return Err(format!("list holds no proxy ({rejected} lines could not be taken)"));
        }
        self.take_in(source, list.proxies, rejected).await
    }

    async fn take_in(
        &self,
        source: &ListSource,
        lines: Vec<ImportLine>,
        rejected: usize,
    ) -> Result<LastFetch, String> {
        let _turn = self.imports.lock().await;
        let failed = |error: StoreError| {
            warn!(error = &error as &dyn std::error::Error, "a list could not be taken in");
            "the list could not be written down".to_owned()
        };
        let now = self.ports.ambient.now();
        let known = self.ports.store.load(source.owner, source.pool).await.map_err(failed)?;
        let own = self.ports.sources.source_proxies(source.id).await.map_err(failed)?;
        let found = lines.len();
        let Sorted { fresh, diff } = self.sorted(source, lines, &known, &own, now);
        let missing = diff.missing.len();
        self.ports.sources.apply(source, &diff).await.map_err(failed)?;
        let mut added = 0;
        if !fresh.is_empty() {
            let used = self.ports.store.count_proxies(source.owner).await.map_err(failed)?;
            let wanted = u64::try_from(fresh.len()).unwrap_or(u64::MAX);
            let allowed = self.ports.entitlements.check(source.owner, Limit::Proxies, used, wanted);
            allowed.await.map_err(|error| error.to_string())?;
            let store = &self.ports.store;
            added =
                store.add_proxies(source.owner, source.pool, &fresh, now).await.map_err(failed)?;
        }
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(LastFetch {
            at: Some(now),
            error: None,
            found: count(found),
            added: u32::try_from(added).unwrap_or(u32::MAX),
            rejected: count(rejected),
            missing: count(missing),
        })
    }

    /// What is new, what is gone, what is back, and what has another password. All others keep
    /// what was learnt of them.
    fn sorted(
        &self,
        source: &ListSource,
        lines: Vec<ImportLine>,
        known: &[LoadedProxy],
        own: &HashSet<ProxyId>,
        now: Timestamp,
    ) -> Sorted {
        let by_endpoint: HashMap<ProxyEndpoint, &LoadedProxy> =
            known.iter().map(|proxy| (endpoint_of(proxy), proxy)).collect();
        let (mut fresh, mut listed, mut passwords) = (Vec::new(), HashSet::new(), Vec::new());
        for ImportLine { proxy, .. } in lines {
            let Some(there) = by_endpoint.get(&proxy.endpoint) else {
                fresh.push(NewProxy {
                    id: self.ports.ambient.id(),
                    endpoint: proxy.endpoint,
                    password: proxy.password,
                    source: Some(source.id),
                    check_at: self.first_check(now),
                });
                continue;
            };
            listed.insert(there.id);
            if own.contains(&there.id)
                && let Some(password) = proxy.password
                && is_another(there, &password)
            {
                passwords.push((there.id, password));
            }
        }
        let missing = own.difference(&listed).copied().collect();
        let back = own.intersection(&listed).copied().collect();
        let retires_at = now.plus(source.grace);
        Sorted { fresh, diff: SourceDiff { missing, back, retires_at, passwords } }
    }
}

struct Sorted {
    fresh: Vec<NewProxy>,
    diff: SourceDiff,
}

fn endpoint_of(proxy: &LoadedProxy) -> ProxyEndpoint {
    let address = &proxy.address;
    ProxyEndpoint {
        scheme: address.scheme,
        host: address.host.clone(),
        port: address.port,
        username: address.credentials.as_ref().map(|(user, _)| user.clone()).unwrap_or_default(),
    }
}

fn is_another(proxy: &LoadedProxy, password: &SecretString) -> bool {
    let old = proxy.address.credentials.as_ref().map(|(_, password)| password.expose_secret());
    old != Some(password.expose_secret())
}
