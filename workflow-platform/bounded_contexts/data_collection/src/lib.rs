//! Data collection: the polite fetcher, what steps do with pages, and datasets.
//!
//! **Vocabulary.** A *fetch* is one request as a step sees it, redirects included; a *hop* is one
//! exchange of it. A *crawl* follows links from start pages; its *frontier* is what it knows of
//! pages done and waiting. A *dataset* is a named table of *records* under the user's own key. A
//! *file* is what somebody uploaded for steps to read, kept for some days.
//!
//! **Invariants.**
//! * No hop reaches an address that the operator's policy refuses, whatever names resolve to.
//! * robots.txt is asked before every page; a site that cannot give one is left alone for a while.
//! * A host gets no more requests at once, and none sooner, than its manners say.
//! * A crawl keeps no page twice, also across crashes.
//! * A batch of records is stored as a whole or not at all; an unchanged record is not rewritten.
//! * Content that belongs to no file is on a list before it is stored, and removed in time.
//!
//! **Published events:** `dataset.changed`.
//!
//! **Not here:** choosing proxies (`proxy_pool`), running steps (`workflow`), what pages of known
//! sites mean (`qidian`, `xiaohongshu`).

pub mod api;
pub mod application;
pub mod domain;
pub mod infrastructure;

use std::sync::Arc;

use shared_kernel::{
    application::{Action, BlobStore, Entitlements, Fetcher},
    domain::Ambient,
    infrastructure::{cpu::CpuPool, db::Database},
};

pub use api::{file_routes, routes};
pub use application::{
    dataset::DatasetsModule,
    files::{FilesModule, UploadSettings},
};
pub use infrastructure::dataset::{migrations, personal_data};
pub use infrastructure::fetch::{FetcherParts, FetcherSettings, PoliteFetcher};
pub use infrastructure::files::{
    migrations as file_migrations, personal_data as file_personal_data,
};

/// What steps can do with the web.
pub fn collection_actions(fetcher: &Arc<dyn Fetcher>, cpu: &CpuPool) -> Vec<Arc<dyn Action>> {
    vec![
        Arc::new(application::HttpRequest::new(Arc::clone(fetcher))),
        Arc::new(application::HtmlExtract::new(cpu.clone())),
        Arc::new(application::JsonExtract::new(cpu.clone())),
        Arc::new(application::CrawlPages::new(Arc::clone(fetcher), cpu.clone())),
    ]
}

/// Puts the datasets together.
pub fn datasets(
    database: Database,
    entitlements: Arc<dyn Entitlements>,
    ambient: Ambient,
) -> Arc<DatasetsModule> {
    let store = Arc::new(infrastructure::dataset::SqlDatasets::new(database.clone()));
    Arc::new(DatasetsModule::new(database, store, entitlements, ambient))
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
    vec![Arc::new(application::dataset::DatasetUpsert::new(Arc::clone(module)))]
}
