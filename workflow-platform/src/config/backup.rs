//! Backups.

use std::{path::PathBuf, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use shared_kernel::infrastructure::blob_bucket::BucketSettings;

use super::{
    Config,
    read::{Reader, is_address},
};

/// Where archives are kept.
#[derive(Debug, Clone)]
pub enum BackupPlace {
    Folder(PathBuf),
    Bucket(BucketSettings),
}

/// Where backups go, what seals them, and how long they are kept.
#[derive(Debug, Clone)]
pub struct BackupConfig {
    pub to: BackupPlace,
    /// Who asks buckets, and where they are.
    access: BucketSettings,
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
    /// A folder, or `s3://bucket/prefix`.
    pub fn place(&self, text: &str) -> Result<BackupPlace, String> {
        place(text, &self.access)
    }

    /// Today's key, then former ones.
    pub fn keys(&self) -> Vec<SecretString> {
        self.key.iter().chain(&self.older_keys).cloned().collect()
    }
}

fn place(text: &str, access: &BucketSettings) -> Result<BackupPlace, String> {
    let Some(rest) = text.strip_prefix("s3://") else {
        return Ok(BackupPlace::Folder(text.into()));
    };
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() {
        return Err("must name a bucket, such as s3://backups/platform".to_owned());
    }
    if access.access_key_id.is_empty() || access.secret_access_key.expose_secret().is_empty() {
        return Err("needs BACKUP_S3_ACCESS_KEY_ID and BACKUP_S3_SECRET_ACCESS_KEY".to_owned());
    }
    let (bucket, prefix) = (bucket.to_owned(), prefix.to_owned());
    Ok(BackupPlace::Bucket(BucketSettings { bucket, prefix, ..access.clone() }))
}

impl Reader<'_> {
    pub(super) fn backup(&mut self, data_dir: &std::path::Path) -> BackupConfig {
        let access = self.access();
        let to = match self.source.get("BACKUP_TO").map(|text| place(text, &access)) {
            Some(Ok(place)) => Some(place),
            Some(Err(message)) => {
                self.fault("BACKUP_TO", message);
                None
            }
            None => None,
        };
        let key = self.secret("BACKUP_KEY");
        BackupConfig {
            to: to.unwrap_or_else(|| BackupPlace::Folder(data_dir.join("backups"))),
            access,
            key: (!key.expose_secret().is_empty()).then_some(key),
            older_keys: self.secrets("BACKUP_PREVIOUS_KEYS"),
            kept: self.days("BACKUP_KEEP_DAYS", 30, 1, 36_500),
            blobs: self.flag("BACKUP_BLOBS", true),
            postgres_programs: self.source.get("POSTGRES_BIN_DIR").map(PathBuf::from),
            scratch_url: self.scratch(),
        }
    }

    /// That of the blob store, unless backups have one of their own.
    fn access(&mut self) -> BucketSettings {
        let own = self.source.get("BACKUP_S3_ACCESS_KEY_ID").is_some();
        let get = |end: &str| {
            let begin = if own { "BACKUP_S3_" } else { "BLOB_S3_" };
            self.source.get(&format!("{begin}{end}")).map(str::to_owned)
        };
        let access = BucketSettings {
            endpoint: get("ENDPOINT"),
            region: get("REGION").unwrap_or_else(|| "us-east-1".to_owned()),
            bucket: String::new(),
            prefix: String::new(),
            access_key_id: get("ACCESS_KEY_ID").unwrap_or_default(),
            secret_access_key: get("SECRET_ACCESS_KEY").unwrap_or_default().into(),
        };
        if own && access.endpoint.as_deref().is_some_and(|endpoint| !is_address(endpoint)) {
            self.fault("BACKUP_S3_ENDPOINT", "must be an http:// or https:// URL");
        }
        access
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
        "BACKUP_TO" => match &backup.to {
            BackupPlace::Folder(folder) => folder.display().to_string(),
            BackupPlace::Bucket(bucket) => format!("s3://{}/{}", bucket.bucket, bucket.prefix),
        },
        "BACKUP_S3_ENDPOINT" => backup.access.endpoint.clone().unwrap_or_default(),
        "BACKUP_S3_REGION" => backup.access.region.clone(),
        "BACKUP_S3_ACCESS_KEY_ID" => backup.access.access_key_id.clone(),
        "BACKUP_S3_SECRET_ACCESS_KEY" => hidden(!backup.access.access_key_id.is_empty()),
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
