//! The data folder: who uses it, and whether it is whole.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

use crate::config::Config;

/// Holds the folder, when the database is in it: two processes on one embedded database would each
/// think the other dead.
pub fn hold(config: &Config) -> anyhow::Result<Option<File>> {
    config.is_embedded().then(|| lock(&config.data_dir)).transpose()
}

fn lock(data_dir: &Path) -> anyhow::Result<File> {
    fs::create_dir_all(data_dir)
        .with_context(|| format!("folder {} cannot be made", data_dir.display()))?;
    let path = data_dir.join("lock");
    let file =
        File::create(&path).with_context(|| format!("file {} cannot be made", path.display()))?;
    if file.try_lock().is_err() {
        bail!(
            "another process works in {}; stop it, choose another DATA_DIR, or set DATABASE_URL to \
             let several processes share a PostgreSQL",
            data_dir.display()
        );
    }
    Ok(file)
}

/// Fails while a restore is between two states.
pub fn need_whole(config: &Config) -> anyhow::Result<()> {
    let note = unfinished(&config.data_dir);
    if note.exists() {
        bail!(
            "a restore was cut off, as {} says; run `workflow-platform restore --force` again",
            note.display()
        );
    }
    Ok(())
}

/// A file that is there from before the first change of a restore until after the last.
pub fn unfinished(data_dir: &Path) -> PathBuf {
    data_dir.join("restore-unfinished")
}

/// The file with the secret that was made for an embedded database.
pub fn secret(config: &Config) -> Option<PathBuf> {
    let path = config.data_dir.join("secret.key");
    (config.is_embedded() && path.exists()).then_some(path)
}
