//! A small real forward proxy on loopback: plain HTTP in absolute form, CONNECT, optional Basic
//! credentials, counts, and faults on demand.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{
    HeaderMap, Method, Request, Response, StatusCode,
    header::{CONNECTION, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION},
};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

type Body = BoxBody<Bytes, hyper::Error>;

/// How the proxy behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Behaviour {
    #[default]
    Works,
    /// Answers every request with 502.
    BadGateway,
    /// Closes every connection at once.
    HangsUp,
    /// Takes requests and never answers.
    Silent,
    /// Works, after a pause before each request.
    Slow(Duration),
}

/// What went through so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProxyCounts {
    pub connections: u64,
    /// Requests in absolute form that were passed on.
    pub requests: u64,
    /// CONNECT tunnels that were opened.
    pub tunnels: u64,
    /// Requests with wrong or missing credentials.
    pub refused: u64,
}

#[derive(Default)]
struct Counters {
    connections: AtomicU64,
    requests: AtomicU64,
    tunnels: AtomicU64,
    refused: AtomicU64,
}

struct Shared {
    /// The expected `Proxy-Authorization`, if any.
    expected: Option<String>,
    behaviour: Mutex<Behaviour>,
    counters: Counters,
    client: Client<HttpConnector, Incoming>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// A running forward proxy; it stops when dropped.
pub struct ForwardProxy {
    address: SocketAddr,
    credentials: Option<(String, String)>,
    shared: Arc<Shared>,
}

impl ForwardProxy {
    /// Listens on a free port of 127.0.0.1 and serves everybody.
    pub async fn start() -> io::Result<Self> {
        Self::listen(None).await
    }

    /// As [`ForwardProxy::start`], for those who know the credentials.
    pub async fn start_with_credentials(user: &str, password: &str) -> io::Result<Self> {
        Self::listen(Some((user.to_owned(), password.to_owned()))).await
    }

    async fn listen(credentials: Option<(String, String)>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let expected = credentials.as_ref().map(|(user, password)| {
            format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
        });
        let shared = Arc::new(Shared {
            expected,
            behaviour: Mutex::default(),
            counters: Counters::default(),
            client: Client::builder(TokioExecutor::new()).build(HttpConnector::new()),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        });
        tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, credentials, shared })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A line for a proxy import, credentials included.
    pub fn line(&self) -> String {
        match &self.credentials {
            Some((user, password)) => format!("http://{user}:{password}@{}", self.address),
            None => format!("http://{}", self.address),
        }
    }

    /// Takes effect on the next request of every connection.
    pub fn behave(&self, behaviour: Behaviour) {
        *self.shared.behaviour.lock() = behaviour;
    }

    pub fn counts(&self) -> ProxyCounts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &self.shared.counters;
        ProxyCounts {
            connections: read(&counters.connections),
            requests: read(&counters.requests),
            tunnels: read(&counters.tunnels),
            refused: read(&counters.refused),
        }
    }

    /// Stops listening and cuts every connection.
    pub async fn kill(&self) {
        self.shared.stop.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}

impl Drop for ForwardProxy {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let stream = tokio::select! {
            () = shared.stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(_) => continue,
            },
        };
        shared.counters.connections.fetch_add(1, Ordering::Relaxed);
        if *shared.behaviour.lock() != Behaviour::HangsUp {
            let serving = serve(stream, Arc::clone(&shared));
            shared.tasks.spawn(serving);
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let handler = Arc::clone(&shared);
    let service = service_fn(move |request| {
        let shared = Arc::clone(&handler);
        async move { Ok::<_, Infallible>(answer(request, &shared).await) }
    });
    let connection = http1::Builder::new()
        .preserve_header_case(true)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::select! {
        () = shared.stop.cancelled() => {}
        _ = connection => {}
    }
}

async fn answer(request: Request<Incoming>, shared: &Arc<Shared>) -> Response<Body> {
    let given = request.headers().get(PROXY_AUTHORIZATION).and_then(|value| value.to_str().ok());
    if shared.expected.as_deref().is_some_and(|expected| given != Some(expected)) {
        shared.counters.refused.fetch_add(1, Ordering::Relaxed);
        let mut response = short(StatusCode::PROXY_AUTHENTICATION_REQUIRED);
        if let Ok(value) = "Basic realm=\"proxy\"".parse() {
            response.headers_mut().insert(PROXY_AUTHENTICATE, value);
        }
        return response;
    }
    let behaviour = *shared.behaviour.lock();
    match behaviour {
        Behaviour::Works => {}
        Behaviour::Slow(pause) => tokio::time::sleep(pause).await,
        Behaviour::BadGateway => return short(StatusCode::BAD_GATEWAY),
        Behaviour::HangsUp | Behaviour::Silent => {
            shared.stop.cancelled().await;
            return short(StatusCode::SERVICE_UNAVAILABLE);
        }
    }
    if request.method() == Method::CONNECT {
        tunnel(request, shared).await
    } else {
        forward(request, shared).await
    }
}

async fn tunnel(request: Request<Incoming>, shared: &Arc<Shared>) -> Response<Body> {
    let Some(target) = request.uri().authority().map(ToString::to_string) else {
        return short(StatusCode::BAD_REQUEST);
    };
    let Ok(mut upstream) = TcpStream::connect(&target).await else {
        return short(StatusCode::BAD_GATEWAY);
    };
    shared.counters.tunnels.fetch_add(1, Ordering::Relaxed);
    let stop = shared.stop.clone();
    shared.tasks.spawn(async move {
        let Ok(upgraded) = hyper::upgrade::on(request).await else { return };
        let mut client = TokioIo::new(upgraded);
        tokio::select! {
            () = stop.cancelled() => {}
            _ = tokio::io::copy_bidirectional(&mut client, &mut upstream) => {}
        }
    });
    short(StatusCode::OK)
}

async fn forward(mut request: Request<Incoming>, shared: &Arc<Shared>) -> Response<Body> {
    if request.uri().authority().is_none() {
        return short(StatusCode::BAD_REQUEST);
    }
    remove_hop_by_hop(request.headers_mut());
    match shared.client.request(request).await {
        Ok(mut response) => {
            shared.counters.requests.fetch_add(1, Ordering::Relaxed);
            remove_hop_by_hop(response.headers_mut());
            response.map(BodyExt::boxed)
        }
        Err(_) => short(StatusCode::BAD_GATEWAY),
    }
}

/// RFC 9110, section 7.6.1.
fn remove_hop_by_hop(headers: &mut HeaderMap) {
    headers.remove(PROXY_AUTHORIZATION);
    headers.remove("proxy-connection");
    headers.remove("keep-alive");
    headers.remove(CONNECTION);
}

fn short(status: StatusCode) -> Response<Body> {
    let body = Full::new(Bytes::new()).map_err(|never: Infallible| match never {}).boxed();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}
