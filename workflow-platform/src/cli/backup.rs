//! `backup` and `restore`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use shared_kernel::{domain::ErrorKind, infrastructure::system};

use super::start::logs;
use crate::{
    backup::{self, ArchiveName, BackupError, Made, Manifest, Restored, Shelf, Verified},
    config::Config,
};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BackupArgs {
    #[command(subcommand)]
    command: Option<BackupCommand>,
    /// Folder for the archive, or `s3://bucket/prefix`; `BACKUP_TO` unless given.
    #[arg(long, value_name = "PLACE")]
    to: Option<String>,
    /// Restore the archive into a database that goes again, and compare rows and ledger.
    #[arg(long)]
    verify: bool,
}

#[derive(Debug, Subcommand)]
enum BackupCommand {
    /// List archives, the oldest first.
    List {
        /// Folder to look in, or `s3://bucket/prefix`; `BACKUP_TO` unless given.
        #[arg(long, value_name = "PLACE")]
        from: Option<String>,
    },
    /// Restore an archive into a database that goes again, and compare rows and ledger.
    Verify {
        /// File, `s3://bucket/prefix/name`, or name of one in `BACKUP_TO`.
        archive: String,
    },
}

#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// File, `s3://bucket/prefix/name`, or name of one in `BACKUP_TO`.
    archive: String,
    /// Replace what is there.
    #[arg(long)]
    force: bool,
}

/// `backup`, `backup list` and `backup verify`.
pub async fn run(config: Config, args: &BackupArgs) -> anyhow::Result<()> {
    let _logs = logs(&config)?;
    match &args.command {
        None => make(&config, args).await,
        Some(BackupCommand::List { from }) => list(&config, from.as_deref()).await,
        Some(BackupCommand::Verify { archive }) => {
            let fetched = Fetched::of(&config, archive).await?;
            verify(&config, &fetched.path, archive).await
        }
    }
}

/// What a failure ends the process with: 3 when an archive is refused, 4 when something is in the
/// way, 1 otherwise.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    match error.downcast_ref::<BackupError>().map(BackupError::kind) {
        Some(ErrorKind::Invalid) => 3,
        Some(ErrorKind::Conflict) => 4,
        _ => 1,
    }
}

async fn make(config: &Config, args: &BackupArgs) -> anyhow::Result<()> {
    let shelf = shelf(config, args.to.as_deref())?;
    let ambient = system::ambient();
    let made = Box::pin(backup::make(config, &shelf, &ambient)).await?;
    tell(config, &made);
    if args.verify {
        let fetched = Fetched::from(config, &shelf, made.name).await?;
        verify(config, &fetched.path, &made.address).await?;
    }
    let (keys, kept) = (config.backup.keys(), config.backup.kept);
    for old in backup::sweep(&shelf, &keys, ambient.now(), kept).await? {
        match old.left {
            None => println!("deleted {}", old.name),
            Some(why) => eprintln!("warning: {} is left although it is old: {why}", old.name),
        }
    }
    Ok(())
}

fn tell(config: &Config, made: &Made) {
    let blobs = &made.blobs;
    println!("{} has {} bytes: {}", made.address, made.bytes, contents(&made.manifest));
    println!("{} blobs of {} bytes", blobs.count, blobs.bytes);
    if !made.name.sealed {
        eprintln!("warning: BACKUP_KEY is not set: whoever has the archive can read it");
        if config.is_embedded() {
            eprintln!("warning: secret.key is in sealed archives only; keep it elsewhere");
        }
    }
    if !made.manifest.blobs {
        eprintln!("warning: BACKUP_BLOBS is off: the blob store is not in the archive");
    }
    for key in &blobs.damaged {
        eprintln!("warning: blob {key} is damaged in the store and not in the archive");
    }
}

fn contents(manifest: &Manifest) -> String {
    let census = &manifest.census;
    let (tables, rows) = (census.rows.len(), census.total());
    let (entries, adds_up) = (census.entries(), if census.adds_up() { "" } else { " not" });
    format!(
        "{tables} tables with {rows} rows, a ledger of {entries} entries that do{adds_up} add up"
    )
}

async fn list(config: &Config, from: Option<&str>) -> anyhow::Result<()> {
    let shelf = shelf(config, from)?;
    for listed in shelf.list().await? {
        let about = match shelf.manifest(listed.name, &config.backup.keys()).await {
            Ok(manifest) => format!(
                "{} of {}, {} rows",
                manifest.database,
                manifest.product,
                manifest.census.total()
            ),
            Err(error) => error.to_string(),
        };
        println!("{}  {:>14} bytes  {about}", listed.name, listed.bytes);
    }
    Ok(())
}

/// The one that was named, or that of the configuration.
fn shelf(config: &Config, named: Option<&str>) -> anyhow::Result<Shelf> {
    let named = named.map(|text| config.backup.place(text).map_err(anyhow::Error::msg));
    let named = named.transpose()?;
    Ok(Shelf::open(named.as_ref().unwrap_or(&config.backup.to))?)
}

/// An archive as a file; one of a bucket is copied, and goes again.
struct Fetched {
    path: PathBuf,
    _copy: Option<tempfile::TempDir>,
}

impl Fetched {
    /// A path, an address in a bucket, or a name on the shelf.
    async fn of(config: &Config, archive: &str) -> anyhow::Result<Self> {
        let path = PathBuf::from(archive);
        let (place, name) = archive.rsplit_once('/').unwrap_or(("", archive));
        match name.parse::<ArchiveName>() {
            Ok(name) if archive.starts_with("s3://") => {
                Self::from(config, &shelf(config, Some(place))?, name).await
            }
            Ok(name) if place.is_empty() && !path.exists() => {
                Self::from(config, &shelf(config, None)?, name).await
            }
            _ => Ok(Self { path, _copy: None }),
        }
    }

    async fn from(config: &Config, shelf: &Shelf, name: ArchiveName) -> anyhow::Result<Self> {
        match shelf {
            Shelf::Folder(folder) => Ok(Self { path: folder.path(name), _copy: None }),
            Shelf::Bucket(bucket) => {
                std::fs::create_dir_all(&config.data_dir)?;
                let copy = tempfile::tempdir_in(&config.data_dir)?;
                let path = copy.path().join("archive");
                bucket.fetch(name, &path).await?;
                Ok(Self { path, _copy: Some(copy) })
            }
        }
    }
}

async fn verify(config: &Config, archive: &Path, called: &str) -> anyhow::Result<()> {
    let Verified { manifest, blobs } = Box::pin(backup::verify(config, archive)).await?;
    println!("{called} can be restored: {}, {blobs} blobs", contents(&manifest));
    Ok(())
}

/// `restore`.
pub async fn restore(config: Config, args: &RestoreArgs) -> anyhow::Result<()> {
    let _logs = logs(&config)?;
    let fetched = Fetched::of(&config, &args.archive).await?;
    let now = system::ambient().now();
    let restored = Box::pin(backup::restore(&config, &fetched.path, args.force, now)).await?;
    let Restored { manifest, blobs, has_secret, former } = restored;
    println!("restored what was there at {}: {}", manifest.made_at, contents(&manifest));
    println!("{blobs} blobs");
    if let Some(former) = former {
        println!("what was there before is in {}", former.display());
    }
    if config.is_embedded() && !has_secret {
        eprintln!(
            "warning: secret.key was not in the archive; unless that of the time is in place, \
             stored secrets do not open and everybody signs in anew"
        );
    }
    Ok(())
}
