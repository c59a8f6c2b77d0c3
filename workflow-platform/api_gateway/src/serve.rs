//! Listening, and stopping without cutting anybody off.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    http::{HeaderValue, Version, header::CONNECTION},
    response::Response,
    serve::Listener,
};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
    service::TowerToHyperService,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tracing::{debug, info, warn};

use crate::{GatewaySettings, Readiness};

/// More than `head.rs` lets pass, so that it is the one who answers.
const HEADERS: usize = 200;
const HEAD_BYTES: usize = 128 * 1024;
/// Requests of one HTTP/2 connection at a time.
const STREAMS: u32 = 100;

/// For the request of a connection that was taken last of all.
const LAST_CALL: Duration = Duration::from_millis(100);

/// Connections that are still taken then; the system keeps no more than that waiting.
const LAST_TAKEN: usize = 4096;

/// How long the server waits.
#[derive(Debug, Clone, Copy)]
pub struct ServeTimes {
    /// For the head of a request, and for the next request of an open connection.
    pub head: Duration,
    /// For requests under way, once it is told to stop.
    pub drain: Duration,
}

impl From<&GatewaySettings> for ServeTimes {
    fn from(settings: &GatewaySettings) -> Self {
        Self { head: settings.head_limit, drain: settings.drain_limit }
    }
}

/// Serves until told to stop, then lets requests under way finish, for a bounded time.
///
/// Once `readiness` is drained, which may be a while before the stop, every answer ends its connection:
/// a proxy in front keeps none on which its next request would meet the end of the process.
pub async fn serve(
    mut listener: TcpListener,
    router: Router,
    readiness: Readiness,
    stop: CancellationToken,
    times: ServeTimes,
) -> io::Result<()> {
    let builder = builder(times.head);
    let open = GracefulShutdown::new();
    let take = |(stream, peer)| {
        let (router, readiness) = (router.clone(), readiness.clone());
        let connection = Connection { stream, peer, router, readiness, head: times.head };
        tokio::spawn(connection.serve(builder.clone(), open.watcher()));
    };
    loop {
        tokio::select! {
            accepted = Listener::accept(&mut listener) => take(accepted),
            () = stop.cancelled() => break,
        }
    }
    readiness.drain();
    match waiting(listener) {
        Ok(last) => last.into_iter().for_each(take),
        Err(error) => warn!(%error, "who was waiting to be let in is not"),
    }
    tokio::time::sleep(LAST_CALL.min(times.drain)).await;
    info!("no new requests are taken, those under way finish");
    if tokio::time::timeout(times.drain, open.shutdown()).await.is_err() {
        warn!("requests that did not finish in time are cut off");
    }
    Ok(())
}

/// Closes the listener and gives the connections that the system has opened for it and nobody has
/// taken: they would be reset, perhaps with a request that must not be sent twice.
fn waiting(listener: TcpListener) -> io::Result<Vec<(TcpStream, SocketAddr)>> {
    let listener = listener.into_std()?;
    let mut found = Vec::new();
    while found.len() < LAST_TAKEN
        && let Ok((stream, peer)) = listener.accept()
    {
        stream.set_nonblocking(true)?;
        found.push((TcpStream::from_std(stream)?, peer));
    }
    Ok(found)
}

fn builder(head: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_headers(HEADERS)
        .max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX))
        .keep_alive_interval(head)
        .keep_alive_timeout(head);
    builder
}

/// What a connection was last asked in.
const NOTHING: u8 = 0;
/// HTTP/1.1, which keeps its connection open unless told otherwise.
const KEPT: u8 = 1;
const OTHER: u8 = 2;

struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    readiness: Readiness,
    head: Duration,
}

impl Connection {
    async fn serve(self, builder: Builder<TokioExecutor>, watcher: Watcher) {
        let Self { stream, peer, router, readiness, head } = self;
        let said = Arc::new(AtomicU8::new(NOTHING));
        let (heard, kept) = (Arc::clone(&said), Arc::clone(&said));
        let service = router.map_request(move |mut request: Request<Incoming>| {
            let keeps_connection = request.version() == Version::HTTP_11;
            heard.store(if keeps_connection { KEPT } else { OTHER }, Ordering::Relaxed);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(Body::new)
        });
        // Callers over HTTP/1 are told that their connection takes no further request.
        let service = service.map_response(move |mut response: Response| {
            if !readiness.is_ready() && kept.load(Ordering::Relaxed) == KEPT {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            response
        });
        // Answers are small and whole: nothing is won by waiting for more to send.
        let _ = stream.set_nodelay(true);
        let served = builder
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
            .into_owned();
        tokio::select! {
            result = watcher.watch(served) => {
                if let Err(error) = result {
                    debug!(%peer, error, "connection ended early");
                }
            }
            () = silence(head, &said) => debug!(%peer, "connection asked for nothing"),
        }
    }
}

/// Ends when no request came in time. The timer of HTTP/1 starts only when the first bytes told
/// the two protocols apart.
async fn silence(head: Duration, said: &AtomicU8) {
    tokio::time::sleep(head).await;
    if said.load(Ordering::Relaxed) != NOTHING {
        std::future::pending::<()>().await;
    }
}
