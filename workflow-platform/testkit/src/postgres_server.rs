//! A PostgreSQL server of one test, which may be stopped and started in its middle.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use tempfile::TempDir;

/// A server on loopback. It ends with the value.
#[derive(Debug)]
pub struct PostgresServer {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
    child: Option<Child>,
}

impl PostgresServer {
    /// A new, empty server.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not come up.
    pub fn start() -> Self {
        let programs = postgres_programs();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        own(folder.path());
        let mut server = Self { programs, folder, port, child: None };
        let made = server
            .program("initdb")
            .args(["-D", "data", "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
            .status()
            .expect("initdb runs");
        assert!(made.success(), "initdb: {made}");
        server.start_again();
        server
    }

    pub fn url(&self) -> String {
        format!("postgresql://tests@127.0.0.1:{}/postgres", self.port)
    }

    /// Takes it up where it stopped.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn start_again(&mut self) {
        let port = self.port.to_string();
        let child = self
            .program("postgres")
            .args(["-D", "data", "-p", &port, "-k", "."])
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"])
            .spawn();
        self.child = Some(child.expect("PostgreSQL starts"));
        for _ in 0..400 {
            let mut ready = self.program("pg_isready");
            ready.args(["-q", "-h", "127.0.0.1", "-p", &port]);
            if ready.status().is_ok_and(|status| status.success()) {
                return;
            }
            thread::sleep(Duration::from_millis(25));
        }
        panic!("PostgreSQL does not answer on port {port}");
    }

    /// Cuts all connections and stops, as `pg_ctl stop -m fast` does.
    ///
    /// # Panics
    /// When it cannot be told to.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let pid = child.id().to_string();
        let told = Command::new("kill").args(["-INT", &pid]).status().expect("kill runs");
        assert!(told.success(), "kill: {told}");
        child.wait().expect("the server's end");
    }

    /// A program of PostgreSQL, as a user that it agrees to, in the server's folder.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Folder of the programs of the newest version that is installed.
///
/// # Panics
/// When PostgreSQL is not installed.
pub fn postgres_programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let folders = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let newest = folders.filter(|folder| folder.join("initdb").exists()).max();
    newest.expect("PostgreSQL is installed: `make test` does so")
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    id.stdout.starts_with(b"0\n")
}

/// PostgreSQL refuses to run as root; the folder becomes its user's.
fn own(folder: &Path) {
    if is_root() {
        let owned = Command::new("chown").arg("postgres").arg(folder).status().expect("chown runs");
        assert!(owned.success(), "chown: {owned}");
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn it_stops_and_starts_again() {
        let mut server = PostgresServer::start();
        let reachable = |port| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
        assert!(reachable(server.port));
        server.stop();
        assert!(!reachable(server.port));
        server.start_again();
        assert!(reachable(server.port));
    }
}
