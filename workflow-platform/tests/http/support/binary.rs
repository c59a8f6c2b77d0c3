//! The real binary as a process that can be killed.

use std::{
    fs::File,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    process::{ExitStatus, Stdio},
};

use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::{MANY, Site, eventually, logs::Scan};

/// File of the folder that has what the process said.
const LOG: &str = "said.log";

/// A `serve` process, on SQLite unless its settings name another database.
pub struct Binary {
    child: Child,
    address: SocketAddr,
    arguments: Vec<String>,
    settings: Vec<(String, String)>,
    _scan: Scan,
    folder: TempDir,
}

impl Binary {
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        Self::start_as(&["serve"], settings).await
    }

    pub async fn start_as(arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let own = [
            ("DATA_DIR", folder.path().to_str().unwrap()),
            ("API_HOST", &address.ip().to_string()),
            ("API_PORT", &address.port().to_string()),
            ("LOG_LEVEL", "debug,sqlx=info,hyper=info,h2=info,html5ever=info,selectors=info"),
        ];
        let settings: Vec<_> = own
            .iter()
            .chain(&MANY)
            .chain(settings)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let arguments: Vec<_> = arguments.iter().map(|one| (*one).to_owned()).collect();
        let child = logged(&folder, &settings).args(&arguments).spawn().unwrap();
        let scan = Scan::of_file(folder.path().join(LOG));
        let binary = Self { child, address, arguments, settings, _scan: scan, folder };
        binary.wait_until_healthy().await;
        binary
    }

    /// Another process with the same settings, killed when dropped.
    pub fn beside(&self, arguments: &[&str]) -> Command {
        let mut command = command(&self.folder, &self.settings);
        command.args(arguments);
        command
    }

    /// As `kill -9` does.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks it to end, as an operator does, and waits for that.
    pub async fn end(&mut self) -> ExitStatus {
        let pid = self.child.id().expect("it runs").to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().await.unwrap();
        assert!(told.success());
        self.child.wait().await.unwrap()
    }

    /// Starts on the same data.
    pub async fn start_again(&mut self) {
        self.child = logged(&self.folder, &self.settings).args(&self.arguments).spawn().unwrap();
        self.wait_until_healthy().await;
    }

    /// Removes all of its data folder but the log, as when a disk is lost.
    pub fn lose_data(&self) {
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                std::fs::remove_dir_all(path).unwrap();
            } else if !path.ends_with(LOG) {
                std::fs::remove_file(path).unwrap();
            }
        }
    }

    /// A file of its data folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
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

/// What the process says goes into its folder, and is looked through for secrets.
fn logged(folder: &TempDir, settings: &[(String, String)]) -> Command {
    let log = folder.path().join(LOG);
    let log = File::options().create(true).append(true).open(log).unwrap();
    let mut command = command(folder, settings);
    command.stdout(log.try_clone().unwrap()).stderr(log);
    command
}

fn command(folder: &TempDir, settings: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workflow-platform"));
    command
        .current_dir(folder.path())
        .env_clear()
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}
