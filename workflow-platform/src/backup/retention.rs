//! Which archives go.

use std::time::Duration;

use secrecy::SecretString;
use shared_kernel::domain::Timestamp;

use super::{ArchiveName, BackupError, Shelf};

/// What became of an archive whose time is up.
#[derive(Debug)]
pub struct Swept {
    pub name: ArchiveName,
    /// Why it was left although its time is up.
    pub left: Option<String>,
}

/// Deletes archives older than `kept`: those that are called like ours and say of themselves that
/// they were made when their name says. The newest stays whatever its age.
pub async fn sweep(
    shelf: &Shelf,
    keys: &[SecretString],
    now: Timestamp,
    kept: Duration,
) -> Result<Vec<Swept>, BackupError> {
    let mut archives = shelf.list().await?;
    archives.pop();
    let mut swept = Vec::new();
    for old in archives {
        if now.since(old.name.made_at) <= kept {
            continue;
        }
        let left = match shelf.manifest(old.name, keys).await {
            Err(error) => Some(error.to_string()),
            Ok(manifest) if ArchiveName::new(manifest.made_at, old.name.sealed) != old.name => {
                Some(format!("it says that it was made at {}", manifest.made_at))
            }
            Ok(_) => {
                shelf.remove(old.name).await?;
                None
            }
        };
        swept.push(Swept { name: old.name, left });
    }
    Ok(swept)
}
