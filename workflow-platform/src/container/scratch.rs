//! A platform for one command: embedded, in a folder that goes with it, and without plans.

use std::sync::Arc;

use shared_kernel::application::Unlimited;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::{Foundation, Platform};
use crate::config::{Config, Purpose};

/// The platform and its folder.
pub struct Scratch {
    pub platform: Platform,
    _folder: TempDir,
}

impl Platform {
    /// Migrated and empty. `OUTBOUND_ALLOW` of the environment holds here as well.
    pub async fn scratch() -> anyhow::Result<Scratch> {
        let folder = tempfile::tempdir()?;
        let given = Config::load(Purpose::Local)?;
        let data_dir = folder.path().to_string_lossy().into_owned();
        let values = [("DATA_DIR", data_dir), ("OUTBOUND_ALLOW", given.outbound_allow.join(","))];
        let config = Config::from_values(values, Purpose::Local)?;
        let foundation = Foundation::open(&config, CancellationToken::new()).await?;
        let platform = Self::with_limits(config, foundation, Some(Arc::new(Unlimited)))?;
        platform.prepare().await?;
        Ok(Scratch { platform, _folder: folder })
    }
}

impl Scratch {
    pub async fn close(self) -> anyhow::Result<()> {
        self.platform.close().await
    }
}
