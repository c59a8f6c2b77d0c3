//! What goes wrong with backups.

use std::{
    io,
    path::{Path, PathBuf},
};

use shared_kernel::{application::BlobError, domain::ErrorKind, infrastructure::db::DatabaseError};

use super::{ArchiveError, Engine};

/// A backup cannot be made, proved or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("archive is of version {product}, whose schema this version does not know: {unknown}")]
    Newer { product: String, unknown: String },
    #[error(
        "archive holds a database of {archived}, and the configuration names one of {configured}"
    )]
    OtherEngine { archived: Engine, configured: Engine },
    #[error("what came back is not what was archived: {0}")]
    Differs(String),
    #[error("the database that came back is broken: {0}")]
    Broken(String),
    #[error("there is no archive {0}")]
    NoArchive(String),
    #[error("there is no database {} to be backed up", .0.display())]
    NoDatabase(PathBuf),
    #[error("{0} is not empty; with --force it is replaced")]
    Occupied(String),
    #[error("{0}")]
    InUse(String),
    #[error("{0} is there already")]
    Exists(String),
    #[error("{program} cannot be used: {reason}")]
    Program { program: &'static str, reason: String },
    #[error("{program} failed: {said}")]
    Failed { program: &'static str, said: String },
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Blobs(#[from] BlobError),
    #[error("{} cannot be used", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{address} cannot be used")]
    Bucket { address: String, source: object_store::Error },
    #[error("work beside was cut off")]
    CutOff(#[from] tokio::task::JoinError),
}

impl BackupError {
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Archive(error) => error.kind(),
            Self::Newer { .. } | Self::OtherEngine { .. } | Self::Differs(_) | Self::Broken(_) => {
                ErrorKind::Invalid
            }
            Self::NoArchive(_) | Self::NoDatabase(_) => ErrorKind::NotFound,
            Self::Occupied(_) | Self::InUse(_) | Self::Exists(_) => ErrorKind::Conflict,
            Self::Program { .. }
            | Self::Failed { .. }
            | Self::Database(_)
            | Self::Blobs(_)
            | Self::Bucket { .. }
            | Self::File { .. } => ErrorKind::Unavailable,
            Self::CutOff(_) => ErrorKind::Bug,
        }
    }
}

impl From<sea_orm::DbErr> for BackupError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Database(DatabaseError::Query(error))
    }
}

/// Says which file it was.
pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.to_owned();
    move |source| BackupError::File { path, source }
}
