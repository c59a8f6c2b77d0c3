//! A Redis server of one test, which may be stopped and started in its middle.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use tempfile::TempDir;

/// A server on loopback that keeps nothing on disk. It ends with the value.
#[derive(Debug)]
pub struct RedisServer {
    folder: TempDir,
    port: u16,
    child: Option<Child>,
}

impl RedisServer {
    /// A new, empty server.
    ///
    /// # Panics
    /// When Redis is not installed or does not come up.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let mut server = Self { folder, port, child: None };
        server.start_again();
        server
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Starts it, empty, where it was.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn start_again(&mut self) {
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string()])
            .args(["--save", "", "--appendonly", "no"])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.child = Some(child.expect("Redis is installed: `make test` does so"));
        for _ in 0..400 {
            if self.answers() {
                return;
            }
            thread::sleep(Duration::from_millis(25));
        }
        panic!("Redis does not answer on port {}", self.port);
    }

    /// Cuts all connections.
    ///
    /// # Panics
    /// When it cannot be ended.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        child.kill().expect("an end");
        child.wait().expect("the server's end");
    }

    fn answers(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) else {
            return false;
        };
        let mut said = [0; 7];
        stream.write_all(b"PING\r\n").and_then(|()| stream.read_exact(&mut said)).is_ok()
            && said == *b"+PONG\r\n"
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stops_and_starts_again() {
        let mut server = RedisServer::start();
        assert!(server.answers());
        server.stop();
        assert!(!server.answers());
        server.start_again();
        assert!(server.answers());
    }
}
