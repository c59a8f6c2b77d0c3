//! Restoring a backup: read it whole, prove it, change places.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::{StreamExt as _, TryStreamExt as _};
use shared_kernel::{
    application::BlobStore,
    domain::Timestamp,
    infrastructure::{
        blob_bucket::BlobBucket,
        blob_folder::BlobFolder,
        db::{DatabaseSettings, PostgresSettings},
    },
};

use super::{
    BackupError, Engine, Manifest,
    desk::Desk,
    error::at,
    postgres, sqlite,
    stage::{DATABASE, SECRET, Staged, Wanted},
};
use crate::{config::Config, container, data_folder};

/// Objects that are written to a bucket at once.
const AT_ONCE: usize = 8;
/// What belongs to a database of SQLite beside its file.
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];

/// A platform that is what it was.
#[derive(Debug)]
pub struct Restored {
    pub manifest: Manifest,
    pub blobs: u64,
    /// Whether the secret of the data folder came with it.
    pub has_secret: bool,
    /// Where in the data folder lies what was there before.
    pub former: Option<PathBuf>,
}

/// Puts an archive in the place of the configured database and blobs. Whatever goes wrong before
/// all of it is proved changes nothing.
pub async fn restore(
    config: &Config,
    archive: &Path,
    force: bool,
    now: Timestamp,
) -> Result<Restored, BackupError> {
    let _held = data_folder::hold(config).map_err(|error| BackupError::InUse(error.to_string()))?;
    look_at_target(config, force).await?;
    let desk = Desk::open(&config.data_dir, ".restore")?;
    let staged_blobs = Arc::new(BlobFolder::new(desk.path("blobs")));
    let wanted = Wanted {
        engine: Some(engine(config)),
        known: container::migrations().names(),
        folder: desk.path(""),
        blobs: Some(Arc::clone(&staged_blobs) as Arc<dyn BlobStore>),
    };
    let staged = wanted.read(archive, &config.backup.keys()).await?;
    if let Some(bucket) = &config.bucket {
        fill(&BlobBucket::new(bucket)?, staged_blobs.as_ref()).await?;
    }
    let former = match &config.database {
        DatabaseSettings::Sqlite { file, .. } => {
            let found = sqlite::examine(&desk.path(DATABASE)).await?;
            agree(&staged.manifest, &found)?;
            Places { config, desk: &desk, staged: &staged, file: Some(file), now }.change().await?
        }
        DatabaseSettings::Postgres(_) => {
            Places { config, desk: &desk, staged: &staged, file: None, now }.change().await?
        }
    };
    let Staged { manifest, has_secret, blobs } = staged;
    Ok(Restored { manifest, blobs, has_secret, former })
}

pub(super) fn engine(config: &Config) -> Engine {
    if config.is_embedded() { Engine::Sqlite } else { Engine::Postgres }
}

/// Whether what was found is what was archived.
pub(super) fn agree(manifest: &Manifest, found: &super::Census) -> Result<(), BackupError> {
    manifest.census.differs_from(found).map_or(Ok(()), |other| Err(BackupError::Differs(other)))
}

/// Nothing is replaced that somebody uses, or that nobody said may be.
async fn look_at_target(config: &Config, force: bool) -> Result<(), BackupError> {
    let is_empty = match &config.database {
        DatabaseSettings::Sqlite { file, .. } => sqlite::is_empty(file).await?,
        DatabaseSettings::Postgres(settings) => postgres::look(settings).await?,
    };
    if force {
        return Ok(());
    }
    if !is_empty {
        return Err(BackupError::Occupied("the configured database".to_owned()));
    }
    let blobs = BlobFolder::new(config.data_dir.join("blobs"));
    if config.bucket.is_none() && blobs.keys().next().await.transpose()?.is_some() {
        return Err(BackupError::Occupied(format!("{}/blobs", config.data_dir.display())));
    }
    Ok(())
}

/// Adds to a bucket; what is in it stays.
async fn fill(bucket: &BlobBucket, from: &BlobFolder) -> Result<(), BackupError> {
    let one = async |key| bucket.keep(&key, from.get(&key).await?).await;
    Ok(from.keys().try_for_each_concurrent(AT_ONCE, one).await?)
}

/// What changes places.
struct Places<'a> {
    config: &'a Config,
    desk: &'a Desk,
    staged: &'a Staged,
    /// Of the embedded database.
    file: Option<&'a PathBuf>,
    now: Timestamp,
}

impl Places<'_> {
    /// While this is under way a note in the data folder keeps processes from starting on half of
    /// it.
    async fn change(self) -> Result<Option<PathBuf>, BackupError> {
        let former = self.former();
        if former.exists() {
            return Err(BackupError::Exists(former.display().to_string()));
        }
        let note = data_folder::unfinished(&self.config.data_dir);
        fs::write(&note, b"").and_then(|()| self.sync()).map_err(at(&note))?;
        if let DatabaseSettings::Postgres(settings) = &self.config.database
            && let Err(error) = self.load(settings).await
        {
            fs::remove_file(&note).map_err(at(&note))?;
            return Err(error);
        }
        let former = self.move_files()?;
        self.sync().and_then(|()| fs::remove_file(&note)).map_err(at(&note))?;
        Ok(former)
    }

    /// Where what was there is kept.
    fn former(&self) -> PathBuf {
        let stamp = self.now.to_chrono().format("%Y%m%dT%H%M%SZ");
        self.config.data_dir.join(format!("before-restore-{stamp}"))
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.config.data_dir)?.sync_all()
    }

    async fn load(&self, settings: &PostgresSettings) -> Result<(), BackupError> {
        let programs = postgres::Programs::of(&self.config.backup);
        let census = &self.staged.manifest.census;
        postgres::load(&programs, settings, &self.desk.path(DATABASE), census).await
    }

    /// Each step is a rename; what was there is kept beside.
    fn move_files(&self) -> Result<Option<PathBuf>, BackupError> {
        let data_dir = &self.config.data_dir;
        let former = self.former();
        let had_database = self.file.is_some_and(|file| file.exists());
        if let Some(file) = self.file {
            for end in BESIDE {
                let mut path = file.clone().into_os_string();
                path.push(end);
                keep(Path::new(&path), &former)?;
            }
            put(&self.desk.path(DATABASE), file)?;
        }
        if self.staged.has_secret {
            let secret = data_dir.join(SECRET);
            // Without a database nothing was sealed with it.
            if had_database {
                keep(&secret, &former)?;
            }
            put(&self.desk.path(SECRET), &secret)?;
        }
        if self.staged.manifest.blobs && self.config.bucket.is_none() {
            let blobs = data_dir.join("blobs");
            keep(&blobs, &former)?;
            put(&self.desk.path("blobs"), &blobs)?;
        }
        Ok(former.exists().then_some(former))
    }
}

/// Moves what is there into the folder of what was there before.
fn keep(path: &Path, former: &Path) -> Result<(), BackupError> {
    let Some(name) = path.file_name().filter(|_| path.exists()) else { return Ok(()) };
    fs::create_dir_all(former).map_err(at(former))?;
    fs::rename(path, former.join(name)).map_err(at(path))
}

/// Moves what was staged; nothing when the archive had none.
fn put(staged: &Path, place: &Path) -> Result<(), BackupError> {
    if staged.exists() { fs::rename(staged, place).map_err(at(place)) } else { Ok(()) }
}
