//! Fetching, the archive and the operator's decisions, put together once per process.

use std::sync::Arc;

use redis::aio::ConnectionManager;
use shared_kernel::{
    application::{
        BlobStore, Bus, Cache, Entitlements, FetchError, PersonalData, ProxyPools, Readings,
    },
    domain::Ambient,
    infrastructure::{
        cpu::CpuPool,
        db::{Backend, Database},
        outbound::OutboundPolicy,
    },
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    application::{
        Metered,
        archive::{PageArchive, PagesModule},
        hosts::{HostRuleStore, HostRules, HostsModule},
    },
    infrastructure::{
        archive::{Archive, ArchiveJanitor, ArchiveLimits, ArchivePersonalData},
        fetch::{
            FetcherParts, FetcherSettings, PoliteFetcher, RedisTurns, SharedTurns, SqlTurns,
            host_readings,
        },
        hosts::{RememberedRules, SqlHostRules},
    },
};

/// Between two rounds over the turns of hosts.
const TIDY: std::time::Duration = std::time::Duration::from_mins(30);

/// What collection stands on.
pub struct Surroundings {
    pub database: Database,
    pub cache: Arc<dyn Cache>,
    pub bus: Arc<dyn Bus>,
    /// When processes share one.
    pub redis: Option<ConnectionManager>,
    pub blobs: Arc<dyn BlobStore>,
    pub pools: Arc<dyn ProxyPools>,
    /// Of which pages are units.
    pub entitlements: Arc<dyn Entitlements>,
    pub policy: Arc<OutboundPolicy>,
    pub cpu: CpuPool,
    pub ambient: Ambient,
}

/// The parts that others use.
#[derive(Clone)]
pub struct Collection {
    /// For steps: what it fetches is counted.
    pub fetcher: Arc<Metered>,
    pub archive: Arc<Archive>,
    pub pages: Arc<PagesModule>,
    pub hosts: Arc<HostsModule>,
    /// For messages to where users point, which are no pages.
    pub polite: Arc<PoliteFetcher>,
    rules: Arc<RememberedRules>,
    janitor: ArchiveJanitor,
    turns: Option<SqlTurns>,
}

/// Puts it together. Fails when the DNS servers of the settings cannot be used.
pub fn collection(
    parts: Surroundings,
    settings: FetcherSettings,
    limits: ArchiveLimits,
) -> Result<Collection, FetchError> {
    let Surroundings {
        database,
        cache,
        bus,
        redis,
        blobs,
        pools,
        entitlements,
        policy,
        cpu,
        ambient,
    } = parts;
    let store: Arc<dyn HostRuleStore> = Arc::new(SqlHostRules::new(database.clone()));
    let rules = Arc::new(RememberedRules::new(Arc::clone(&store), Arc::clone(&bus)));
    let archive =
        Arc::new(Archive::new(database.clone(), Arc::clone(&blobs), cpu, ambient.clone()));
    let turns = (database.backend() == Backend::Postgres)
        .then(|| SqlTurns::new(database.clone(), ambient.clone()));
    let shared = shared_turns(redis, turns.as_ref(), &ambient);
    let polite = Arc::new(PoliteFetcher::new(
        settings,
        FetcherParts {
            policy,
            pools,
            ambient: ambient.clone(),
            cache,
            turns: shared,
            rules: Some(Arc::clone(&rules) as Arc<dyn HostRules>),
            archive: Some(Arc::clone(&archive) as Arc<dyn PageArchive>),
            bus: Some(bus),
        },
    )?);
    let (database_of_meter, clock) = (database.clone(), ambient.clone());
    let fetcher = Metered::new(Arc::clone(&polite) as _, entitlements, database_of_meter, clock);
    let hosts = HostsModule::new(
        database.clone(),
        store,
        Arc::clone(&rules) as Arc<dyn HostRules>,
        ambient.clone(),
    );
    Ok(Collection {
        fetcher: Arc::new(fetcher),
        pages: Arc::new(PagesModule::new(Arc::new(archive.pages()))),
        polite,
        archive,
        hosts: Arc::new(hosts),
        rules,
        janitor: ArchiveJanitor::new(database, blobs, ambient, limits),
        turns,
    })
}

/// In Redis when there is one, in PostgreSQL while it is away or when there is none. A process on
/// SQLite is alone.
fn shared_turns(
    redis: Option<ConnectionManager>,
    sql: Option<&SqlTurns>,
    ambient: &Ambient,
) -> Option<Arc<dyn SharedTurns>> {
    let sql = sql.map(|turns| Arc::new(turns.clone()) as Arc<dyn SharedTurns>);
    match redis {
        Some(redis) => Some(Arc::new(RedisTurns::new(redis, sql, ambient.clone()))),
        None => sql,
    }
}

/// The archive as what is kept of a person.
pub fn archive_personal_data(
    database: &Database,
    blobs: Arc<dyn BlobStore>,
) -> Arc<dyn PersonalData> {
    Arc::new(ArchivePersonalData::new(database, blobs))
}

impl Collection {
    /// Numbers for the metrics.
    pub fn readings(&self) -> Vec<Arc<dyn Readings>> {
        vec![host_readings(Arc::clone(&self.polite))]
    }

    /// What runs beside the requests: archiving, and hearing what other processes tell.
    pub fn spawn(&self, tasks: &TaskTracker, stop: &CancellationToken) {
        tasks.spawn(Arc::clone(&self.archive).run(stop.clone()));
        tasks.spawn(Arc::clone(&self.rules).listen(stop.clone()));
        tasks.spawn(Arc::clone(&self.polite).listen(stop.clone()));
        tasks.spawn(Arc::clone(&self.fetcher).run(stop.clone()));
        tasks.spawn(self.janitor.clone().run(stop.clone()));
        if let Some(turns) = self.turns.clone() {
            tasks.spawn(tidy(turns, stop.clone()));
        }
    }
}

async fn tidy(turns: SqlTurns, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(TIDY) => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = turns.tidy().await {
            tracing::warn!(%error, "turns of hosts were not tidied");
        }
    }
}
