//! Proving an archive: restored somewhere else, and compared.

use std::path::Path;

use shared_kernel::infrastructure::db::DatabaseSettings;

use super::{
    BackupError, Engine, Manifest,
    desk::Desk,
    postgres,
    restore::agree,
    sqlite,
    stage::{DATABASE, Wanted},
};
use crate::{config::Config, container};

/// An archive that can be restored.
#[derive(Debug)]
pub struct Verified {
    pub manifest: Manifest,
    pub blobs: u64,
}

/// Reads an archive to its end, restores its database into one that goes again, and compares rows
/// and ledger with what was archived. Nothing of the platform is touched.
pub async fn verify(config: &Config, archive: &Path) -> Result<Verified, BackupError> {
    let desk = Desk::open(&config.data_dir, ".verify")?;
    let known = container::migrations().names();
    let wanted = Wanted { engine: None, known, folder: desk.path(""), blobs: None };
    let staged = wanted.read(archive, &config.backup.keys()).await?;
    let dump = desk.path(DATABASE);
    match (staged.manifest.database, &config.database) {
        (Engine::Sqlite, _) => agree(&staged.manifest, &sqlite::examine(&dump).await?)?,
        (Engine::Postgres, DatabaseSettings::Postgres(settings)) => {
            let census = &staged.manifest.census;
            postgres::prove(&config.backup, settings, &dump, census).await?;
        }
        (archived, DatabaseSettings::Sqlite { .. }) => {
            return Err(BackupError::OtherEngine { archived, configured: Engine::Sqlite });
        }
    }
    Ok(Verified { manifest: staged.manifest, blobs: staged.blobs })
}
