//! The secret that signs tokens.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use secrecy::SecretString;
use shared_kernel::infrastructure::system;

use super::ConfigError;

/// What the configuration is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A server or a worker: with an outside database the secret must be given.
    Serve,
    /// The demo, and commands that need no secret of their own: one is made in the data folder.
    Local,
}

/// Shortest secret, bytes.
pub const LEAST: usize = 32;

/// Parts of sample values that are found in tutorials and example files.
const SAMPLES: [&str; 9] = [
    "your-secret",
    "your_secret",
    "yoursecret",
    "change-me",
    "changeme",
    "change_me",
    "change-this",
    "secret-key-here",
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
];

/// Why a given secret is refused.
pub fn weakness(secret: &str) -> Option<String> {
    if secret.len() < LEAST {
        return Some(format!("must have at least {LEAST} bytes, has {}", secret.len()));
    }
    let lower = secret.to_ascii_lowercase();
    if SAMPLES.iter().any(|sample| lower.contains(sample)) {
        return Some("is a well-known sample value".to_owned());
    }
    let mut letters: Vec<u8> = secret.bytes().collect();
    letters.sort_unstable();
    letters.dedup();
    (letters.len() < 8).then(|| "repeats the same few characters".to_owned())
}

/// The data folder's own secret, made on first use, readable by its owner alone.
pub fn of_folder(data_dir: &Path) -> Result<SecretString, ConfigError> {
    let path = data_dir.join("secret.key");
    let failed = |source| ConfigError::File { path: path.display().to_string(), source };
    fs::create_dir_all(data_dir).map_err(failed)?;
    match fs::read_to_string(&path) {
        Ok(text) if text.trim().len() >= LEAST => Ok(text.trim().to_owned().into()),
        Ok(_) => Err(failed(io::Error::new(io::ErrorKind::InvalidData, "secret is too short"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make(&path).map_err(failed)?;
            of_folder(data_dir)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Written beside and linked into place, so that two processes agree on one and none sees half.
fn make(path: &Path) -> io::Result<()> {
    let ambient = system::ambient();
    let beside = path.with_extension(ambient.uuid().simple().to_string());
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    let bytes: [u8; 48] = ambient.bytes();
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    }
}
