//! Backups.

use std::{path::PathBuf, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};

use super::{Config, read::Reader};

/// Where backups go, what seals them, and how long they are kept.
#[derive(Debug, Clone)]
pub struct BackupConfig {
    pub to: PathBuf,
    /// Seals new archives; without it they are readable by whoever has them.
    pub key: Option<SecretString>,
    /// Sealed before; what they sealed still opens.
    pub older_keys: Vec<SecretString>,
    pub kept: Duration,
    /// Whether the files of the blob store are archived.
    pub blobs: bool,
    /// Folder of `pg_dump`, `pg_restore` and `psql`; found on PATH unless given.
    pub postgres_programs: Option<PathBuf>,
    /// An empty database that archives are proved in; one is made and dropped unless given.
    pub scratch_url: Option<SecretString>,
}

impl BackupConfig {
    /// Today's key, then former ones.
    pub fn keys(&self) -> Vec<SecretString> {
        self.key.iter().chain(&self.older_keys).cloned().collect()
    }
}

impl Reader<'_> {
    pub(super) fn backup(&mut self, data_dir: &std::path::Path) -> BackupConfig {
        let to = self.source.get("BACKUP_TO").map(PathBuf::from);
        let key = self.secret("BACKUP_KEY");
        BackupConfig {
            to: to.unwrap_or_else(|| data_dir.join("backups")),
            key: (!key.expose_secret().is_empty()).then_some(key),
            older_keys: self.secrets("BACKUP_PREVIOUS_KEYS"),
            kept: self.days("BACKUP_KEEP_DAYS", 30, 1, 36_500),
            blobs: self.flag("BACKUP_BLOBS", true),
            postgres_programs: self.source.get("POSTGRES_BIN_DIR").map(PathBuf::from),
            scratch_url: self.scratch(),
        }
    }

    fn scratch(&mut self) -> Option<SecretString> {
        let text = self.source.get("BACKUP_SCRATCH_URL")?;
        match super::read::server_url(text) {
            Err(message) => self.fault("BACKUP_SCRATCH_URL", message),
            Ok(url) => {
                if self.source.get("DATABASE_URL") == Some(text) {
                    self.fault(
                        "BACKUP_SCRATCH_URL",
                        "must name another database than DATABASE_URL",
                    );
                }
                return Some(url.into());
            }
        }
        None
    }
}

/// One variable for people.
pub(super) fn value(config: &Config, name: &str, hidden: impl Fn(bool) -> String) -> String {
    let backup = &config.backup;
    match name {
        "BACKUP_TO" => backup.to.display().to_string(),
        "BACKUP_KEY" => hidden(backup.key.is_some()),
        "BACKUP_PREVIOUS_KEYS" => hidden(!backup.older_keys.is_empty()),
        "BACKUP_KEEP_DAYS" => (backup.kept.as_secs() / 86_400).to_string(),
        "BACKUP_BLOBS" => backup.blobs.to_string(),
        "BACKUP_SCRATCH_URL" => hidden(backup.scratch_url.is_some()),
        _ => {
            let folder = backup.postgres_programs.as_ref();
            folder.map(|folder| folder.display().to_string()).unwrap_or_default()
        }
    }
}
