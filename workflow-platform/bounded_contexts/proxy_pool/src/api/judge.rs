//! The judge: a small HTTP server of its own that answers what it saw of a request, so that the
//! exit address and the anonymity of a proxy can be told.
//!
//! It trusts nobody: the address is that of the connection. It must be reached directly, not
//! through a reverse proxy.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Map, Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// Connections at once; others wait.
const CONNECTIONS: usize = 512;
/// Bytes of a request's head.
const HEAD: usize = 16 * 1024;
/// Within which the head must have come.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// Longest life of a connection.
const LIFE: Duration = Duration::from_mins(1);
/// Headers that are told.
const TOLD: usize = 64;

/// Judges until told to stop.
pub async fn judge(listener: TcpListener, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Some(accepted) = stop.run_until_cancelled(listener.accept()).await else { return };
        let Ok((stream, from)) = accepted else {
            // out of files, most often: somebody has to go first
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        tokio::spawn(async move {
            let _place = place;
            let _ = timeout(LIFE, serve(stream, from)).await;
        });
    }
}

async fn serve(stream: TcpStream, from: SocketAddr) {
    let service = service_fn(move |request: Request<Incoming>| async move {
        Ok::<_, Infallible>(answer(&request, from))
    });
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// What was seen, without reading a body.
fn answer<B>(request: &Request<B>, from: SocketAddr) -> Response<Full<Bytes>> {
    let mut headers: Map<String, Value> = Map::new();
    for name in request.headers().keys().take(TOLD) {
        let values = request.headers().get_all(name).iter();
        let text: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        headers.insert(name.to_string(), text.join(", ").into());
    }
    let told = json!({ "address": from.ip().to_canonical(), "headers": headers });
    let mut response = Response::new(Full::new(Bytes::from(told.to_string())));
    *response.status_mut() = StatusCode::OK;
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    fields.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_the_address_of_the_connection_and_every_header() {
        let request = Request::get("/")
            .header("via", "1.1 a")
            .header("via", "1.1 b")
            .header("x-forwarded-for", "198.51.100.7")
            .body(())
            .unwrap();
        let response = answer(&request, "[::ffff:203.0.113.9]:4000".parse().unwrap());
        assert_eq!(response.headers()["content-type"], "application/json");
        let body = format!("{:?}", response.into_body());
        for part in ["203.0.113.9", "1.1 a, 1.1 b", "198.51.100.7"] {
            assert!(body.contains(part), "{part} is missing in {body}");
        }
    }
}
