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
    /// Folder for the archive; `BACKUP_TO` unless given.
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Restore the archive into a database that goes again, and compare rows and ledger.
    #[arg(long)]
    verify: bool,
}

#[derive(Debug, Subcommand)]
enum BackupCommand {
    /// List archives, the oldest first.
    List {
        /// Folder to look in; `BACKUP_TO` unless given.
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
    },
    /// Restore an archive into a database that goes again, and compare rows and ledger.
    Verify {
        /// File, or name of one in `BACKUP_TO`.
        archive: PathBuf,
    },
}

#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// File, or name of one in `BACKUP_TO`.
    archive: PathBuf,
    /// Replace what is there.
    #[arg(long)]
    force: bool,
}

/// `backup`, `backup list` and `backup verify`.
pub async fn run(config: Config, args: &BackupArgs) -> anyhow::Result<()> {
    let _logs = logs(&config)?;
    match &args.command {
        None => make(&config, args).await,
        Some(BackupCommand::List { from }) => list(&config, from.as_ref()),
        Some(BackupCommand::Verify { archive }) => verify(&config, &found(&config, archive)).await,
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
    let shelf = Shelf::new(args.to.as_ref().unwrap_or(&config.backup.to));
    let ambient = system::ambient();
    let made = Box::pin(backup::make(config, &shelf, &ambient)).await?;
    tell(config, &made);
    if args.verify {
        verify(config, &made.path).await?;
    }
    for old in backup::sweep(&shelf, &config.backup.keys(), ambient.now(), config.backup.kept)? {
        match old.left {
            None => println!("deleted {}", old.name),
            Some(why) => eprintln!("warning: {} is left although it is old: {why}", old.name),
        }
    }
    Ok(())
}

fn tell(config: &Config, made: &Made) {
    let blobs = &made.blobs;
    println!("{} has {} bytes: {}", made.path.display(), made.bytes, contents(&made.manifest));
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

fn list(config: &Config, from: Option<&PathBuf>) -> anyhow::Result<()> {
    let shelf = Shelf::new(from.unwrap_or(&config.backup.to));
    for listed in shelf.list()? {
        let about = match shelf.manifest(listed.name, &config.backup.keys()) {
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

/// A path, or a name on the shelf.
fn found(config: &Config, archive: &Path) -> PathBuf {
    let named = archive.to_str().and_then(|text| text.parse::<ArchiveName>().ok());
    match named {
        Some(name) if !archive.exists() => Shelf::new(&config.backup.to).path(name),
        _ => archive.to_owned(),
    }
}

async fn verify(config: &Config, archive: &Path) -> anyhow::Result<()> {
    let Verified { manifest, blobs } = Box::pin(backup::verify(config, archive)).await?;
    println!("{} can be restored: {}, {blobs} blobs", archive.display(), contents(&manifest));
    Ok(())
}

/// `restore`.
pub async fn restore(config: Config, args: &RestoreArgs) -> anyhow::Result<()> {
    let _logs = logs(&config)?;
    let archive = found(&config, &args.archive);
    let now = system::ambient().now();
    let restored = Box::pin(backup::restore(&config, &archive, args.force, now)).await?;
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
