//! A small real SMTP server on loopback: keeps every mail, wants TLS and a login when told to, and
//! misbehaves on demand.

mod conversation;
mod received;

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::identity::Identity;
use conversation::Conversation;
pub use received::ReceivedMail;

/// How the server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SmtpBehaviour {
    #[default]
    Works,
    /// 451 to every recipient: come again later.
    Busy,
    /// 550 to every recipient: never.
    Refuses,
    /// Takes connections and never says a word.
    Silent,
}

/// When TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// With the first byte.
    Implicit,
    /// When the client asks for it.
    StartTls,
}

/// What the server asks of its clients.
#[derive(Debug, Clone, Default)]
pub struct SmtpTerms {
    /// User name and password.
    pub login: Option<(String, String)>,
    pub tls: Option<SmtpTls>,
    /// Offers `AUTH LOGIN` and not `AUTH PLAIN`.
    pub older_login: bool,
}

#[derive(Default)]
struct Shared {
    login: Option<(String, String)>,
    tls: Option<(SmtpTls, Identity)>,
    mechanism: &'static str,
    behaviour: Mutex<SmtpBehaviour>,
    mails: Mutex<Vec<ReceivedMail>>,
    attempts: AtomicU64,
    logins: AtomicU64,
    stop: CancellationToken,
}

/// A running server; it stops when dropped.
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl SmtpServer {
    /// Takes mail from everybody.
    pub async fn start() -> io::Result<Self> {
        Self::on(SmtpTerms::default()).await
    }

    /// Takes mail from who knows the password only.
    pub async fn start_with_login(user: &str, password: &str) -> io::Result<Self> {
        let login = Some((user.to_owned(), password.to_owned()));
        Self::on(SmtpTerms { login, ..SmtpTerms::default() }).await
    }

    /// With TLS, under a certificate of an authority of its own.
    pub async fn on(terms: SmtpTerms) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let SmtpTerms { login, tls, older_login } = terms;
        let tls = tls.map(|tls| (tls, Identity::fresh()));
        let mechanism = if older_login { "AUTH LOGIN" } else { "AUTH PLAIN" };
        let shared = Arc::new(Shared { login, tls, mechanism, ..Shared::default() });
        tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The authority behind its certificate, in PEM.
    pub fn authority(&self) -> Option<String> {
        self.shared.tls.as_ref().map(|(_, identity)| identity.authority.clone())
    }

    /// Takes effect on the next command.
    pub fn behave(&self, behaviour: SmtpBehaviour) {
        *self.shared.behaviour.lock() = behaviour;
    }

    /// All mails so far, in order of arrival.
    pub fn mails(&self) -> Vec<ReceivedMail> {
        self.shared.mails.lock().clone()
    }

    /// Logins that succeeded.
    pub fn logins(&self) -> u64 {
        self.shared.logins.load(Ordering::Relaxed)
    }

    /// Passwords that were shown to it, right or wrong.
    pub fn attempts(&self) -> u64 {
        self.shared.attempts.load(Ordering::Relaxed)
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let stream = tokio::select! {
            () = shared.stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = stream else { continue };
        let shared = Arc::clone(&shared);
        let stop = shared.stop.clone();
        // A client that hangs up ends its conversation, nothing else.
        tokio::spawn(stop.run_until_cancelled_owned(async move {
            Conversation::open(stream, shared).await?.run().await
        }));
    }
}
