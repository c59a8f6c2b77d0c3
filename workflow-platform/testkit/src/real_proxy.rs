//! The forward proxies of Debian, as processes on loopback that tests end and start again.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use tempfile::TempDir;

use crate::Identity;

const USER: &str = "ann";
const PASSWORD: &str = "open-sesame";

/// Which program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Squid,
    /// Squid behind TLS.
    SquidTls,
    Tinyproxy,
    Microsocks,
}

/// A running proxy that wants user name and password. It ends with the value.
pub struct RealProxy {
    kind: Kind,
    address: SocketAddr,
    folder: TempDir,
    authority: Option<String>,
    child: Option<Child>,
}

impl RealProxy {
    /// HTTP: squid.
    pub fn squid() -> Self {
        Self::start(Kind::Squid)
    }

    /// HTTPS: squid, with a certificate of [`Self::authority`].
    pub fn squid_tls() -> Self {
        Self::start(Kind::SquidTls)
    }

    /// HTTP: tinyproxy.
    pub fn tinyproxy() -> Self {
        Self::start(Kind::Tinyproxy)
    }

    /// SOCKS5: microsocks.
    pub fn microsocks() -> Self {
        Self::start(Kind::Microsocks)
    }

    /// HTTP: squid, which sends everything on to another proxy and asks for nothing directly.
    pub fn squid_before(next: SocketAddr) -> Self {
        let (host, port) = (next.ip(), next.port());
        let more = format!(
            "cache_peer {host} parent {port} 0 no-query no-digest default\nnever_direct allow all\n"
        );
        Self::start_with(Kind::Squid, &more)
    }

    fn start(kind: Kind) -> Self {
        Self::start_with(kind, "")
    }

    /// `more` stands in squid's configuration.
    fn start_with(kind: Kind, more: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // squid leaves the rights of root behind
        let everybody = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), everybody).expect("a folder for everybody");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        let identity = (kind == Kind::SquidTls).then(Identity::fresh);
        configure(kind, folder.path(), address, identity.as_ref(), more);
        let authority = identity.map(|identity| identity.authority);
        let mut proxy = Self { kind, address, folder, authority, child: None };
        proxy.start_again();
        proxy
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The authority its certificate is signed by, in PEM; none without TLS.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// A line for a proxy import.
    pub fn line(&self) -> String {
        self.line_with(PASSWORD)
    }

    /// The same with another password.
    pub fn line_with(&self, password: &str) -> String {
        let scheme = match self.kind {
            Kind::Squid | Kind::Tinyproxy => "http",
            Kind::SquidTls => "https",
            Kind::Microsocks => "socks5",
        };
        format!("{scheme}://{USER}:{password}@{}", self.address)
    }

    /// User name and password.
    pub fn credentials(&self) -> (&'static str, &'static str) {
        (USER, PASSWORD)
    }

    /// Starts it where it was.
    ///
    /// # Panics
    /// When it is not installed or does not come up.
    pub fn start_again(&mut self) {
        let folder = self.folder.path();
        let mut command = match self.kind {
            Kind::Squid | Kind::SquidTls => {
                let mut command = Command::new("/usr/sbin/squid");
                command.args(["-N", "-f"]).arg(folder.join("proxy.conf"));
                command
            }
            Kind::Tinyproxy => {
                let mut command = Command::new("tinyproxy");
                command.args(["-d", "-c"]).arg(folder.join("proxy.conf"));
                command
            }
            Kind::Microsocks => {
                let (host, port) = (self.address.ip().to_string(), self.address.port().to_string());
                let mut command = Command::new("microsocks");
                command.args(["-i", &host, "-p", &port, "-u", USER, "-P", PASSWORD]);
                command
            }
        };
        let log = fs::File::create(folder.join("said.log")).expect("a log");
        let child = command
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn();
        self.child = Some(child.expect("the proxy is installed: `make test` does so"));
        self.wait_until_up();
    }

    /// Ends it at once, cutting every connection.
    ///
    /// # Panics
    /// When it cannot be ended.
    pub fn kill(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        child.kill().expect("an end");
        child.wait().expect("the proxy's end");
    }

    fn wait_until_up(&self) {
        for _ in 0..400 {
            if TcpStream::connect(self.address).is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(25));
        }
        let said = fs::read_to_string(self.folder.path().join("said.log")).unwrap_or_default();
        panic!("{:?} does not listen on {}: {said}", self.kind, self.address);
    }
}

impl Drop for RealProxy {
    fn drop(&mut self) {
        self.kill();
    }
}

fn configure(
    kind: Kind,
    folder: &Path,
    address: SocketAddr,
    identity: Option<&Identity>,
    more: &str,
) {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).expect("a written file");
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).expect("a file for everybody");
    };
    if let Some(identity) = identity {
        write("cert.pem", &identity.certificate);
        write("key.pem", &identity.key);
    }
    let port = address.port();
    match kind {
        Kind::Squid => write("proxy.conf", &squid(folder, &format!("{more}http_port {address}"))),
        Kind::SquidTls => {
            let place = folder.display();
            let listen =
                format!("https_port {address} tls-cert={place}/cert.pem tls-key={place}/key.pem");
            write("proxy.conf", &squid(folder, &listen));
        }
        Kind::Tinyproxy => write(
            "proxy.conf",
            &format!(
                "Port {port}\nListen 127.0.0.1\nTimeout 60\nAllow 127.0.0.1\nMaxClients 200\n\
                 BasicAuth {USER} {PASSWORD}\nDisableViaHeader Yes\n"
            ),
        ),
        Kind::Microsocks => {}
    }
    let check = format!(
        "while read -r user password rest; do\n  if [ \"$user $password\" = \"{USER} {PASSWORD}\" ]; \
         then echo OK; else echo ERR; fi\ndone\n"
    );
    write("check.sh", &check);
}

/// One process that keeps nothing.
fn squid(folder: &Path, listen: &str) -> String {
    let folder = folder.display();
    format!(
        "{listen}\nauth_param basic program /bin/sh {folder}/check.sh\n\
         auth_param basic children 2 startup=1 idle=1\nacl known proxy_auth REQUIRED\n\
         http_access allow known\nhttp_access deny all\ncache deny all\naccess_log none\n\
         cache_log stdio:/dev/stderr\npid_filename none\nshutdown_lifetime 0 seconds\nvia off\n\
         forwarded_for delete\npinger_enable off\nvisible_hostname proxy.test\n\
         max_filedescriptors 4096\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stops_and_starts_again() {
        for start in
            [RealProxy::squid, RealProxy::squid_tls, RealProxy::tinyproxy, RealProxy::microsocks]
        {
            let mut proxy = start();
            proxy.kill();
            assert!(TcpStream::connect(proxy.address()).is_err());
            proxy.start_again();
            TcpStream::connect(proxy.address()).unwrap();
        }
    }
}
