//! A real nginx on loopback that serves a folder and remembers what was asked.

use std::{
    collections::BTreeMap,
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use tempfile::TempDir;

/// A running server. It ends with the value.
#[derive(Debug)]
pub struct Nginx {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
}

impl Nginx {
    /// Serves the files of `root`.
    ///
    /// # Panics
    /// When nginx is not installed or does not come up.
    pub fn serving(root: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = free_address();
        let config = folder.path().join("nginx.conf");
        fs::write(&config, configuration(root, folder.path(), address)).expect("a written file");
        let child = Command::new("nginx")
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&config)
            .args(["-e", "stderr"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("nginx is installed: `make test` does so");
        let server = Self { child, address, folder };
        server.wait_until_up();
        server
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How often each path was asked for.
    ///
    /// # Panics
    /// When the log cannot be read.
    pub fn requests(&self) -> BTreeMap<String, usize> {
        let log = fs::read_to_string(self.folder.path().join("access.log")).expect("a log");
        let mut counts = BTreeMap::new();
        for path in log.lines() {
            *counts.entry(path.to_owned()).or_default() += 1;
        }
        counts
    }

    fn wait_until_up(&self) {
        for _ in 0..200 {
            if TcpStream::connect(self.address).is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(25));
        }
        panic!("nginx does not listen on {}", self.address);
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address")
}

/// One process in the foreground, so that ending it ends everything.
fn configuration(root: &Path, folder: &Path, address: SocketAddr) -> String {
    let (root, folder) = (root.display(), folder.display());
    format!(
        "daemon off; master_process off; pid {folder}/nginx.pid;
events {{ worker_connections 512; }}
http {{
  types {{ text/html html; text/css css; image/svg+xml svg; text/plain txt; }}
  default_type application/octet-stream;
  log_format path '$uri';
  access_log {folder}/access.log path;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen {address}; root {root}; index index.html; }}
}}
"
    )
}
