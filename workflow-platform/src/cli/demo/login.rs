//! The demo's own user, remembered in the data folder.

use std::{fs::OpenOptions, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use shared_kernel::infrastructure::system;

const FILE: &str = "demo.json";

/// With what the demo's user signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoLogin {
    pub username: String,
    pub email: String,
    pub password: String,
}

impl DemoLogin {
    /// Names and a password nobody can guess.
    pub fn fresh() -> Self {
        let ambient = system::ambient();
        let number = ambient.below(1_000_000);
        let password: [u8; 9] = ambient.bytes();
        let password: String = password.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            username: format!("demo-{number:06}"),
            email: format!("demo-{number:06}@example.com"),
            password: format!("demo-{password}"),
        }
    }

    /// The user of an earlier demo on this folder.
    pub fn remembered(data_dir: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(data_dir.join(FILE)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Readable by the folder's owner alone.
    pub fn remember(&self, data_dir: &Path) -> anyhow::Result<()> {
        let path = data_dir.join(FILE);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file =
            options.open(&path).with_context(|| format!("writing {}", path.display()))?;
        file.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
        Ok(())
    }
}
