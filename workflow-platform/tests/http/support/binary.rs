//! The real binary as a process that can be killed.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::Stdio,
};

use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::{Site, eventually};

/// A `serve` process on SQLite.
pub struct Binary {
    child: Child,
    address: SocketAddr,
    settings: Vec<(String, String)>,
    folder: TempDir,
}

impl Binary {
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let settings: Vec<_> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let child = spawn(&folder, address, &settings);
        let binary = Self { child, address, settings, folder };
        binary.wait_until_healthy().await;
        binary
    }

    /// As `kill -9` does.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Starts on the same data.
    pub async fn start_again(&mut self) {
        self.child = spawn(&self.folder, self.address, &self.settings);
        self.wait_until_healthy().await;
    }

    pub fn site(&self) -> Site {
        Site::new(self.address, self.folder.path().join("mail"))
    }

    async fn wait_until_healthy(&self) {
        let site = self.site();
        eventually("a healthy server", async || {
            let answer = site.client.get(site.url("/health")).send().await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await;
    }
}

fn spawn(folder: &TempDir, address: SocketAddr, settings: &[(String, String)]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_workflow-platform"))
        .arg("serve")
        .current_dir(folder.path())
        .env_clear()
        .env("DATA_DIR", folder.path())
        .env("API_HOST", address.ip().to_string())
        .env("API_PORT", address.port().to_string())
        .env("LOG_LEVEL", "warn")
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}
