//! Pages that were fetched, kept so that they can be read again.

mod error;
mod extract_action;
mod module;
mod ports;

pub use error::PagesError;
pub use extract_action::PageExtract;
pub use module::PagesModule;
pub use ports::{
    ArchivedPage, KeptPage, PageArchive, PageContent, PageFilter, PageStore, PageStoreError,
    Validators, is_kept,
};
