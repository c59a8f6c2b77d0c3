//! Small forward proxies on loopback: two that work and one that does not.
//!
//! They speak absolute-form HTTP and CONNECT (RFC 9110, section 9.3.6), and reach nothing but the
//! demo site, so that they are of no use to anybody else on the machine.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, combinators::BoxBody};
use hyper::{
    Method, Request, Response, StatusCode, Uri, body::Incoming, client, header, server,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// How a proxy behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Works,
    /// Accepts connections and closes them.
    Bad,
}

/// A running proxy. Stops when dropped.
#[derive(Debug)]
pub struct DemoProxy {
    address: SocketAddr,
    manner: Manner,
    requests: Arc<AtomicU64>,
    stop: CancellationToken,
}

type Body = BoxBody<Bytes, hyper::Error>;

impl DemoProxy {
    /// Serves on a listener that is bound already; `site` is all it reaches.
    pub fn start(listener: TcpListener, manner: Manner, site: SocketAddr) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let (requests, stop) = (Arc::<AtomicU64>::default(), CancellationToken::new());
        let work = accept(listener, manner, site, Arc::clone(&requests), stop.clone());
        tokio::spawn(stop.clone().run_until_cancelled_owned(work));
        Ok(Self { address, manner, requests, stop })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn manner(&self) -> Manner {
        self.manner
    }

    /// Requests it was asked for (connections, where it closes them).
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

impl Drop for DemoProxy {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn accept(
    listener: TcpListener,
    manner: Manner,
    site: SocketAddr,
    requests: Arc<AtomicU64>,
    stop: CancellationToken,
) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        if manner == Manner::Bad {
            requests.fetch_add(1, Ordering::Relaxed);
            continue; // dropping the stream closes it
        }
        let requests = Arc::clone(&requests);
        let connection = async move {
            let service = service_fn(move |request| {
                requests.fetch_add(1, Ordering::Relaxed);
                async move { Ok::<_, Infallible>(answer(request, site).await) }
            });
            let served = server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades()
                .await;
            if let Err(error) = served {
                tracing::debug!(%error, "a demo proxy's connection ended");
            }
        };
        tokio::spawn(stop.clone().run_until_cancelled_owned(connection));
    }
}

async fn answer(request: Request<Incoming>, site: SocketAddr) -> Response<Body> {
    if !leads_to(request.uri(), site) {
        return plain(StatusCode::FORBIDDEN, "this proxy reaches the demo site only");
    }
    if request.method() == Method::CONNECT {
        tokio::spawn(tunnel(request, site));
        return plain(StatusCode::OK, "");
    }
    match forward(request, site).await {
        Ok(response) => response,
        Err(error) => plain(StatusCode::BAD_GATEWAY, &error.to_string()),
    }
}

fn leads_to(uri: &Uri, site: SocketAddr) -> bool {
    uri.authority().is_some_and(|authority| authority.as_str() == site.to_string())
}

async fn tunnel(request: Request<Incoming>, site: SocketAddr) {
    let Ok(upgraded) = hyper::upgrade::on(request).await else { return };
    let Ok(mut outside) = TcpStream::connect(site).await else { return };
    if let Err(error) =
        tokio::io::copy_bidirectional(&mut TokioIo::new(upgraded), &mut outside).await
    {
        tracing::debug!(%error, "a demo proxy's tunnel ended");
    }
}

async fn forward(
    mut request: Request<Incoming>,
    site: SocketAddr,
) -> anyhow::Result<Response<Body>> {
    let origin_form = request.uri().path_and_query().map_or("/", |path| path.as_str()).parse()?;
    *request.uri_mut() = origin_form;
    request.headers_mut().insert(header::HOST, site.to_string().parse()?);
    request.headers_mut().remove("proxy-connection");
    request.headers_mut().insert(header::VIA, header::HeaderValue::from_static("1.1 demo-proxy"));
    let stream = TokioIo::new(TcpStream::connect(site).await?);
    let (mut sender, connection) = client::conn::http1::handshake(stream).await?;
    tokio::spawn(connection);
    Ok(sender.send_request(request).await?.map(http_body_util::BodyExt::boxed))
}

fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let body = Full::new(Bytes::copy_from_slice(text.as_bytes()));
    let mut response = Response::new(body.map_err(|never| match never {}).boxed());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::{super::site::DemoSite, *};

    async fn listener() -> TcpListener {
        TcpListener::bind("127.0.0.1:0").await.unwrap()
    }

    fn through(proxy: &DemoProxy) -> reqwest::Client {
        let proxy = reqwest::Proxy::all(format!("http://{}", proxy.address())).unwrap();
        reqwest::Client::builder().proxy(proxy).build().unwrap()
    }

    #[tokio::test]
    async fn a_good_proxy_forwards_and_a_bad_one_hangs_up() {
        let site = DemoSite::start(listener().await).unwrap();
        let good = DemoProxy::start(listener().await, Manner::Works, site.address()).unwrap();
        let bad = DemoProxy::start(listener().await, Manner::Bad, site.address()).unwrap();
        let url = format!("{}/shop/", site.url());
        let answer = through(&good).get(&url).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.text().await.unwrap().contains("书店"));
        assert!(through(&bad).get(&url).send().await.is_err());
        assert_eq!((good.requests(), site.hits().of("/shop/")), (1, 1));
        assert!(bad.requests() >= 1);
    }

    #[tokio::test]
    async fn a_proxy_reaches_the_demo_site_only() {
        let site = DemoSite::start(listener().await).unwrap();
        let other = DemoSite::start(listener().await).unwrap();
        let proxy = DemoProxy::start(listener().await, Manner::Works, site.address()).unwrap();
        let answer = through(&proxy).get(other.url()).send().await.unwrap();
        assert_eq!(answer.status(), 403);
        assert_eq!(other.hits().total(), 0);
    }

    #[tokio::test]
    async fn connect_opens_a_tunnel() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let site = DemoSite::start(listener().await).unwrap();
        let proxy = DemoProxy::start(listener().await, Manner::Works, site.address()).unwrap();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        let at = site.address();
        let greeting = format!("CONNECT {at} HTTP/1.1\r\nHost: {at}\r\n\r\n");
        stream.write_all(greeting.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        let request = format!("GET /shop/ HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut rest = String::new();
        stream.read_to_string(&mut rest).await.unwrap();
        assert!(rest.contains("书店"));
    }
}
