//! The use cases' working parts, put together once per process.

use std::{sync::Arc, time::Duration};

use shared_kernel::{application::BlobStore, domain::Ambient, infrastructure::db::Database};

use super::FileStore;

/// What an operator may set.
#[derive(Debug, Clone, Copy)]
pub struct UploadSettings {
    /// Bytes of one file.
    pub most_bytes: u64,
    /// Files of one user.
    pub most_files: u64,
    /// How long a file is kept.
    pub kept: Duration,
}

impl Default for UploadSettings {
    fn default() -> Self {
        Self { most_bytes: 32 * 1024 * 1024, most_files: 200, kept: Duration::from_hours(7 * 24) }
    }
}

/// Use cases of uploaded files.
#[derive(Clone)]
pub struct FilesModule {
    pub(super) database: Database,
    pub(super) store: Arc<dyn FileStore>,
    pub(super) blobs: Arc<dyn BlobStore>,
    pub(super) ambient: Ambient,
    pub(super) settings: UploadSettings,
}

impl FilesModule {
    pub fn new(
        database: Database,
        store: Arc<dyn FileStore>,
        blobs: Arc<dyn BlobStore>,
        ambient: Ambient,
        settings: UploadSettings,
    ) -> Self {
        Self { database, store, blobs, ambient, settings }
    }
}
