//! Data collection: the polite fetcher, the archive of pages, what steps do with them, and datasets.
//!
//! **Vocabulary.** A *fetch* is one request as a step sees it, redirects included; a *hop* is one
//! exchange of it. A *turn* is the right to ask a host once; a *rule* is what the operator decided
//! about a host. A *crawl* follows links from start pages; its *frontier* is what it knows of
//! pages done and waiting. A *dataset* is a named table of *records* under the user's own key. A
//! *file* is what somebody uploaded for steps to read, kept for some days.
//!
//! **Invariants.**
//! * No hop reaches an address that the operator's policy refuses, whatever names resolve to.
//! * robots.txt is asked before every page; a site that cannot give one is left alone for a while.
//! * A host gets no more requests at once, and none sooner, than its manners say.
//! * A host's limits hold for all processes together, and so do its pauses.
//! * A crawl keeps no page twice, also across crashes.
//! * Archived pages belong to one owner; nothing is shared between two.
//! * A batch of records is stored as a whole or not at all; an unchanged record is not rewritten.
//! * A version is what one batch, or one removal, changed; what stood before is kept with it.
//! * A batch that breaks its dataset's contract is not published until somebody says so.
//! * No query reads more than a bounded number of records for a page.
//! * A link shows its columns and nothing else, not even by what it finds.
//! * Content that belongs to no file is on a list before it is stored, and removed in time.
//!
//! **Published events:** `dataset.created`, `dataset.edited`, `dataset.changed`, `dataset.deleted`,
//! `dataset.batch_held`, `dataset.batch_released`, `dataset.batch_discarded`, `dataset.shared`,
//! `dataset.share_revoked`, `collection.fetched`, `host.decided`, `host.released`.
//!
//! **Not here:** choosing proxies (`proxy_pool`), running steps (`workflow`), what pages of known
//! sites mean (`qidian`, `xiaohongshu`).

pub mod api;
pub mod application;
mod collection;
pub mod domain;
pub mod infrastructure;

use std::sync::Arc;

use sea_orm_migration::MigrationTrait;
use shared_kernel::{
    application::{Action, BlobStore, Entitlements, Fetcher},
    domain::Ambient,
    infrastructure::{cpu::CpuPool, db::Database},
};

pub use api::{collection_routes, file_routes, routes};
pub use application::{
    dataset::DatasetsModule,
    files::{FilesModule, UploadSettings},
};
pub use collection::{Collection, Surroundings, archive_personal_data, collection};
pub use domain::EVENTS;
pub use infrastructure::archive::{Archive, ArchiveJanitor, ArchiveLimits, SqlPages};
pub use infrastructure::dataset::{personal_data, usage};
pub use infrastructure::fetch::{
    Ask, FetcherParts, FetcherSettings, Manners, MessageAnswer, PoliteFetcher, RedisTurns,
    SharedTurns, SqlTurns, Taken, register_metrics,
};
pub use infrastructure::files::{
    migrations as file_migrations, personal_data as file_personal_data,
};

/// What the actions say of themselves in Chinese.
pub const ACTIONS_IN_CHINESE: &str = include_str!("application/actions.zh-CN.json");

/// The migrations of the context, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    let mut migrations = infrastructure::dataset::migrations();
    migrations.push(Box::new(infrastructure::hosts::HostRulesTable));
    migrations.push(Box::new(infrastructure::archive::ArchiveTables));
    migrations.push(Box::new(infrastructure::fetch::TurnsTable));
    migrations
}

/// What steps can do with the web, and with pages that came from it.
pub fn collection_actions(
    collection: &Collection,
    datasets: &Arc<DatasetsModule>,
    cpu: &CpuPool,
) -> Vec<Arc<dyn Action>> {
    let fetcher = Arc::clone(&collection.fetcher) as Arc<dyn Fetcher>;
    let sink = Arc::clone(datasets) as Arc<dyn application::crawl::RowSink>;
    let pages = Arc::new(collection.archive.pages());
    vec![
        Arc::new(application::HttpRequest::new(Arc::clone(&fetcher))),
        Arc::new(application::HtmlExtract::new(cpu.clone())),
        Arc::new(application::JsonExtract::new(cpu.clone())),
        Arc::new(application::PageExtract::new(pages, cpu.clone())),
        Arc::new(application::CrawlPages::new(fetcher, sink, cpu.clone())),
    ]
}

/// Puts the datasets together.
pub fn datasets(
    database: Database,
    entitlements: Arc<dyn Entitlements>,
    cpu: CpuPool,
    ambient: Ambient,
) -> Arc<DatasetsModule> {
    let store = Arc::new(infrastructure::dataset::SqlDatasets::new(database.clone()));
    Arc::new(DatasetsModule::new(database, store, entitlements, cpu, ambient))
}

/// Puts uploaded files together.
pub fn files(
    database: Database,
    blobs: Arc<dyn BlobStore>,
    ambient: Ambient,
    settings: UploadSettings,
) -> Arc<FilesModule> {
    let store = Arc::new(infrastructure::files::SqlFiles::new(database.clone()));
    Arc::new(FilesModule::new(database, store, blobs, ambient, settings))
}

/// What steps can do with datasets.
pub fn dataset_actions(module: &Arc<DatasetsModule>) -> Vec<Arc<dyn Action>> {
    vec![
        Arc::new(application::dataset::DatasetUpsert::new(Arc::clone(module))),
        Arc::new(application::dataset::DatasetQuery::new(Arc::clone(module))),
    ]
}
