//! A gateway with one key and one proxy.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use parking_lot::Mutex;
use proxy_pool::{GatewaySettings, GatewaySurroundings, serve_gateway};
use shared_kernel::{
    application::{
        AuthenticationError, Authenticator, FetchOutcome, PoolRef, Principal, Proof, ProxyAddress,
        ProxyError, ProxyFeedback, ProxyLease, ProxyPools, ProxyScheme,
    },
    domain::{Id, Locale, Owner, Permission, Role},
    infrastructure::{local_limiter::LocalLimiter, outbound::OutboundPolicy},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// `pool-p:good`.
pub const AUTH: &str = "Proxy-Authorization: Basic cG9vbC1wOmdvb2Q=\r\n";

/// The one key there is, while it is good.
struct Keys(Arc<AtomicBool>);

#[async_trait]
impl Authenticator for Keys {
    async fn authenticate(&self, bearer: &str) -> Result<Principal, AuthenticationError> {
        if bearer != "good" {
            return Err(AuthenticationError::Invalid);
        }
        if !self.0.load(Ordering::SeqCst) {
            return Err(AuthenticationError::Revoked);
        }
        let scopes = [Permission::ProxyUse].into_iter().collect();
        Ok(Principal {
            user: Id::from(Uuid::from_u128(7)),
            role: Role::User,
            locale: Locale::En,
            proof: Proof::ApiKey { id: Uuid::nil(), scopes },
        })
    }
}

/// One proxy, and what was told of it.
struct OneProxy {
    address: ProxyAddress,
    told: Arc<Mutex<Vec<FetchOutcome>>>,
}

#[async_trait]
impl ProxyPools for OneProxy {
    async fn lease(
        &self,
        _: Owner,
        pool: &PoolRef,
        _: &str,
        _: &[Uuid],
    ) -> Result<ProxyLease, ProxyError> {
        if pool.0 != "p" {
            return Err(ProxyError::UnknownPool(pool.0.clone()));
        }
        let address = self.address.clone();
        Ok(ProxyLease { id: Uuid::nil(), proxy: Uuid::from_u128(1), pool: Uuid::nil(), address })
    }

    async fn give_back(&self, _: ProxyLease, _: &str, feedback: ProxyFeedback) {
        self.told.lock().push(feedback.outcome);
    }
}

/// A running gateway.
pub struct Gate {
    pub address: SocketAddr,
    pub key_is_good: Arc<AtomicBool>,
    told: Arc<Mutex<Vec<FetchOutcome>>>,
    stop: CancellationToken,
}

impl Gate {
    pub async fn to(upstream: SocketAddr) -> Self {
        Self::with(upstream, ProxyScheme::Http, |_| ()).await
    }

    pub async fn with(
        upstream: SocketAddr,
        scheme: ProxyScheme,
        change: impl FnOnce(&mut GatewaySettings),
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener, upstream, scheme, change)
    }

    pub fn on(
        listener: TcpListener,
        upstream: SocketAddr,
        scheme: ProxyScheme,
        change: impl FnOnce(&mut GatewaySettings),
    ) -> Self {
        let (host, port) = (upstream.ip().to_string(), upstream.port());
        let proxy = ProxyAddress { scheme, host, port, credentials: None };
        Self::leading_to(proxy, listener, &["127.0.0.0/8"], change)
    }

    /// Where only these are allowed beside public addresses.
    pub async fn allowing(proxy: ProxyAddress, allowed: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::leading_to(proxy, listener, allowed, |_| ())
    }

    fn leading_to(
        proxy: ProxyAddress,
        listener: TcpListener,
        allowed: &[&str],
        change: impl FnOnce(&mut GatewaySettings),
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let (ambient, _) = testkit::ambient();
        let (told, key_is_good) = (Arc::default(), Arc::new(AtomicBool::new(true)));
        let surroundings = GatewaySurroundings {
            pools: Arc::new(OneProxy { address: proxy, told: Arc::clone(&told) }),
            authenticator: Arc::new(Keys(Arc::clone(&key_is_good))),
            limiter: Arc::new(LocalLimiter::default()),
            policy: Arc::new(OutboundPolicy::new(allowed).unwrap()),
            own: vec![address],
            authorities: None,
            ambient: ambient.clone(),
        };
        let mut settings = GatewaySettings::default();
        change(&mut settings);
        let gateway = proxy_pool::gateway(surroundings, settings).unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(serve_gateway(listener, gateway, ambient, stop.clone()));
        Self { address, key_is_good, told, stop }
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// All that comes back until the connection ends.
    pub async fn says(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        rest(&mut stream).await
    }

    /// What the pool was told, once it was told so many times. Leases that nothing was sent
    /// through do not count.
    pub async fn told(&self, count: usize) -> Vec<FetchOutcome> {
        for _ in 0..200 {
            let mut told = self.told.lock().clone();
            told.retain(|outcome| *outcome != FetchOutcome::RobotsDenied);
            if told.len() >= count {
                return told;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the pool was told {:?}", self.told.lock());
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub async fn rest(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let read = timeout(Duration::from_secs(10), stream.read_to_end(&mut said)).await;
    let _ = read.expect("the connection ends");
    String::from_utf8_lossy(&said).into_owned()
}

/// Reads until `end` has come.
pub async fn until(stream: &mut TcpStream, end: &str) -> String {
    let mut said = Vec::new();
    let work = async {
        while !said.ends_with(end.as_bytes()) {
            said.push(stream.read_u8().await.unwrap());
        }
    };
    timeout(Duration::from_secs(10), work).await.expect("it is said in time");
    String::from_utf8(said).unwrap()
}

/// A proxy that says the same to every request, once its head is there, and closes when told.
pub struct Scripted {
    pub address: SocketAddr,
    pub connections: Arc<AtomicUsize>,
    asked: Arc<Mutex<Vec<u8>>>,
}

impl Scripted {
    pub async fn saying(answer: &'static str, closes: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, asked) = (Arc::new(AtomicUsize::new(0)), Arc::default());
        let (count, notes) = (Arc::clone(&connections), Arc::clone(&asked));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(answering(stream, answer, closes, Arc::clone(&notes)));
            }
        });
        Self { address, connections, asked }
    }

    /// All bytes that came, of all connections.
    pub fn asked(&self) -> String {
        String::from_utf8_lossy(&self.asked.lock()).into_owned()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn answering(
    mut stream: TcpStream,
    answer: &'static str,
    closes: bool,
    notes: Arc<Mutex<Vec<u8>>>,
) {
    let mut head = Vec::new();
    while let Ok(byte) = stream.read_u8().await {
        notes.lock().push(byte);
        head.push(byte);
        if head.ends_with(b"\r\n\r\n") {
            head.clear();
            let _ = stream.write_all(answer.as_bytes()).await;
            if closes {
                return;
            }
        }
    }
}
