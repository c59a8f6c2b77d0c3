//! Making a backup.

use std::{
    fs::{self, File, OpenOptions},
    io::BufWriter,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use secrecy::ExposeSecret as _;
use shared_kernel::{
    application::{BlobError, BlobKey, BlobStore},
    domain::Ambient,
    infrastructure::db::DatabaseSettings,
};
use tokio::runtime::Handle;

use super::{
    ArchiveName, ArchiveWriter, BackupError, Census, Engine, Manifest, Shelf,
    desk::Desk,
    error::at,
    postgres, sqlite,
    stage::{BLOBS, DATABASE, SECRET},
};
use crate::{config::Config, container, data_folder};

/// Blobs that are read ahead.
const AHEAD: usize = 8;

/// An archive in its place.
#[derive(Debug)]
pub struct Made {
    pub name: ArchiveName,
    /// Where it is, for people.
    pub address: String,
    pub bytes: u64,
    pub manifest: Manifest,
    pub blobs: BlobTally,
    /// Whether the secret of the data folder is in it.
    pub has_secret: bool,
}

/// What there was of blobs.
#[derive(Debug, Default)]
pub struct BlobTally {
    pub count: u64,
    pub bytes: u64,
    /// Whose content is not what it was: they are damaged in the store itself.
    pub damaged: Vec<String>,
}

/// Writes an archive of everything onto the shelf, complete or not at all. Processes may work
/// meanwhile.
pub async fn make(config: &Config, shelf: &Shelf, ambient: &Ambient) -> Result<Made, BackupError> {
    let desk = Desk::open(&shelf.workplace(&config.data_dir), ".backup")?;
    let made_at = ambient.now();
    let dump = desk.path(DATABASE);
    let (database, census) = dumped(config, &dump).await?;
    let key = config.backup.key.as_ref();
    let manifest = Manifest {
        product: env!("CARGO_PKG_VERSION").to_owned(),
        made_at,
        database,
        census,
        blobs: config.backup.blobs,
    };
    let parts = Parts {
        sealing: key.map(|key| (key.expose_secret().as_bytes().to_vec(), ambient.bytes())),
        dump,
        secret: key.is_some().then(|| data_folder::secret(config)).flatten(),
        blobs: config
            .backup
            .blobs
            .then(|| container::blobs(config))
            .transpose()
            .map_err(unusable)?,
        into: desk.path("archive"),
    };
    let has_secret = parts.secret.is_some();
    let (handle, said, into) = (Handle::current(), manifest.clone(), parts.into.clone());
    let written = tokio::task::spawn_blocking(move || parts.write(&said, &handle));
    let blobs = written.await??;
    let name = ArchiveName::new(made_at, key.is_some());
    let bytes = fs::metadata(&into).map_err(at(&into))?.len();
    shelf.put(&into, name).await?;
    Ok(Made { name, address: shelf.address(name), bytes, manifest, blobs, has_secret })
}

fn unusable(error: anyhow::Error) -> BackupError {
    BackupError::Blobs(BlobError::Io(error.into()))
}

async fn dumped(config: &Config, into: &Path) -> Result<(Engine, Census), BackupError> {
    Ok(match &config.database {
        DatabaseSettings::Sqlite { file, .. } => (Engine::Sqlite, sqlite::dump(file, into).await?),
        DatabaseSettings::Postgres(settings) => {
            let programs = postgres::Programs::of(&config.backup);
            (Engine::Postgres, postgres::dump(&programs, settings, into).await?)
        }
    })
}

/// What an archive is made of.
struct Parts {
    sealing: Option<(Vec<u8>, super::Salt)>,
    dump: PathBuf,
    secret: Option<PathBuf>,
    blobs: Option<Arc<dyn BlobStore>>,
    into: PathBuf,
}

impl Parts {
    fn write(self, manifest: &Manifest, handle: &Handle) -> Result<BlobTally, BackupError> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.into);
        let file = BufWriter::new(file.map_err(at(&self.into))?);
        let key = self.sealing.as_ref().map(|(secret, salt)| (&secret[..], *salt));
        let mut archive = ArchiveWriter::new(file, key, manifest)?;
        for (name, path) in [(DATABASE, Some(&self.dump)), (SECRET, self.secret.as_ref())] {
            let Some(path) = path else { continue };
            let file = File::open(path).map_err(at(path))?;
            let length = file.metadata().map_err(at(path))?.len();
            archive.append(name, length, file)?;
        }
        let mut tally = BlobTally::default();
        if let Some(blobs) = &self.blobs {
            append_blobs(&mut archive, blobs.as_ref(), &mut tally, handle)?;
        }
        archive.finish()?;
        Ok(tally)
    }
}

fn append_blobs(
    archive: &mut ArchiveWriter<BufWriter<File>>,
    blobs: &dyn BlobStore,
    tally: &mut BlobTally,
    handle: &Handle,
) -> Result<(), BackupError> {
    let mut found = contents(blobs);
    while let Some(next) = handle.block_on(found.next()) {
        match next {
            Ok((key, content)) => {
                archive.append(&format!("{BLOBS}{}", key.0), content.len() as u64, &content[..])?;
                tally.count += 1;
                tally.bytes += content.len() as u64;
            }
            // Its rows went first, and its time was up when the database was dumped or soon after.
            Err(BlobError::Missing(_)) => {}
            Err(BlobError::Damaged(key)) => tally.damaged.push(key),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn contents(blobs: &dyn BlobStore) -> BoxStream<'_, Result<(BlobKey, bytes::Bytes), BlobError>> {
    let read = async move |key: BlobKey| Ok((key.clone(), blobs.get(&key).await?));
    blobs.keys().map_ok(read).try_buffer_unordered(AHEAD).boxed()
}
