//! How much a caller may send, how slowly, and what is closed.

use std::{net::SocketAddr, time::Duration};

use api_gateway::{GatewaySettings, Readiness, ServeTimes, assemble_metrics, serve};
use axum::{
    body::{Body, Bytes},
    http::{Request, StatusCode},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::support::{json, post, refused, request, router_with, send, settings};

const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn an_address_that_is_too_long_is_refused() {
    let ask = request("GET", &format!("/api/v1/list?cursor={}", "x".repeat(9000)));
    refused(ask.body(Body::empty()).unwrap(), StatusCode::URI_TOO_LONG, "URI_TOO_LONG").await;
}

#[tokio::test]
async fn too_many_and_too_large_headers_are_refused() {
    let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    let many = (0..101).fold(request("GET", "/health/live"), |ask, n| ask.header("x-a", n));
    refused(many.body(Body::empty()).unwrap(), status, "HEADERS_TOO_LARGE").await;
    let large = request("GET", "/health/live").header("x-a", "x".repeat(40_000));
    refused(large.body(Body::empty()).unwrap(), status, "HEADERS_TOO_LARGE").await;
}

#[tokio::test]
async fn nesting_without_end_and_keys_that_stand_twice_are_no_json_of_ours() {
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    let body = refused(post(deep), StatusCode::BAD_REQUEST, "MALFORMED_JSON").await;
    assert_eq!(body["details"]["reason"], "nested deeper than 64 levels");
    let twice = post(r#"{"count":1,"count":2}"#);
    let body = refused(twice, StatusCode::BAD_REQUEST, "MALFORMED_JSON").await;
    assert_eq!(body["details"]["reason"], "key \"count\" stands twice");
}

#[tokio::test]
async fn parameters_that_no_document_names_are_refused_by_every_operation() {
    for path in ["/api/v1/mine?x=1", "/api/v1/list?limit=1&x=2", "/api/v1/large?x"] {
        let ask = request("GET", path).header("authorization", "Bearer good");
        let ask = ask.body(Body::empty()).unwrap();
        let body = refused(ask, StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_ERROR").await;
        assert!(body["details"]["x"].is_array(), "{body}");
    }
    for path in ["/api/v1/list?limit=0", "/api/v1/list?limit=201", "/api/v1/list?limit=-1"] {
        let ask = request("GET", path).body(Body::empty()).unwrap();
        let body = refused(ask, StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_ERROR").await;
        assert!(body["details"]["limit"].is_array(), "{body}");
    }
    let known = request("HEAD", "/api/v1/list?limit=200").body(Body::empty()).unwrap();
    assert_eq!(send(known).await.status(), StatusCode::OK);
}

/// A body whose next part never comes.
fn stuck() -> Body {
    let parts = futures::stream::once(async { Ok::<_, std::io::Error>(Bytes::from("{")) });
    Body::from_stream(futures::StreamExt::chain(parts, futures::stream::pending()))
}

#[tokio::test]
async fn a_body_that_does_not_arrive_in_time_is_given_up() {
    let settings = GatewaySettings { upload_limit: SHORT, ..settings() };
    let response = router_with(settings, true).oneshot(post(stuck())).await.unwrap();
    assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(response.headers()["connection"], "close");
    assert_eq!(json(response).await["error"], "REQUEST_TIMEOUT");
}

#[tokio::test]
async fn documents_and_metrics_can_be_closed() {
    let closed = || GatewaySettings { docs: false, metrics: false, ..settings() };
    for path in ["/api/docs", "/api/docs/", "/api/docs/swagger-ui.css", "/api/openapi.json"] {
        let ask = request("GET", path).body(Body::empty()).unwrap();
        let response = router_with(closed(), true).oneshot(ask).await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(json(response).await["error"], "NOT_FOUND", "{path}");
    }
    let scrape = || -> Request<Body> {
        let ask = request("GET", "/metrics").header("authorization", "Bearer scrape");
        ask.body(Body::empty()).unwrap()
    };
    let here = router_with(closed(), true).oneshot(scrape()).await.unwrap();
    assert_eq!(here.status(), StatusCode::NOT_FOUND);
    let (ambient, _) = testkit::ambient();
    let apart = || assemble_metrics(&settings(), ambient.clone());
    assert_eq!(apart().oneshot(scrape()).await.unwrap().status(), StatusCode::OK);
    let stranger = request("GET", "/metrics").body(Body::empty()).unwrap();
    assert_eq!(apart().oneshot(stranger).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let other = request("GET", "/api/v1/list").body(Body::empty()).unwrap();
    assert_eq!(apart().oneshot(other).await.unwrap().status(), StatusCode::NOT_FOUND);
}

async fn served(head: Duration) -> (SocketAddr, CancellationToken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let times = ServeTimes { head, drain: Duration::from_secs(5) };
    let router = router_with(settings(), true);
    tokio::spawn(serve(listener, router, Readiness::default(), stop.clone(), times));
    (address, stop)
}

/// What the server says until it closes the connection.
async fn told(address: SocketAddr, words: &str) -> String {
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(words.as_bytes()).await.unwrap();
    let mut said = String::new();
    connection.read_to_string(&mut said).await.unwrap();
    said
}

#[tokio::test]
async fn who_does_not_finish_asking_is_hung_up_on() {
    let (address, _stop) = served(SHORT).await;
    for words in ["", "P", "GET /health/live HTTP/1.1\r\nhost: a\r\nx-slow: "] {
        assert_eq!(told(address, words).await, "", "{words:?}");
    }
    let whole = "GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n";
    assert!(told(address, whole).await.starts_with("HTTP/1.1 200 OK"), "and then idle");
}

#[tokio::test]
async fn more_headers_than_the_gateway_reads_still_get_the_envelope() {
    let (address, _stop) = served(Duration::from_secs(30)).await;
    let large = format!(
        "GET /health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-a: {}\r\n\r\n",
        "x".repeat(100_000)
    );
    let said = told(address, &large).await;
    assert!(said.starts_with("HTTP/1.1 431"), "{said}");
    assert!(said.contains("HEADERS_TOO_LARGE"), "{said}");
}

#[tokio::test]
async fn a_server_told_to_stop_closes_idle_connections_and_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, readiness) = (CancellationToken::new(), Readiness::default());
    let times = ServeTimes { head: Duration::from_secs(30), drain: Duration::from_secs(30) };
    let router = router_with(settings(), true);
    let serving = tokio::spawn(serve(listener, router, readiness.clone(), stop.clone(), times));
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(b"GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let mut first = [0; 15];
    connection.read_exact(&mut first).await.unwrap();
    stop.cancel();
    serving.await.unwrap().unwrap();
    assert!(!readiness.is_ready());
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn while_it_drains_every_answer_ends_its_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, readiness) = (CancellationToken::new(), Readiness::default());
    let times = ServeTimes { head: Duration::from_secs(30), drain: Duration::from_secs(30) };
    let router = router_with(settings(), true);
    tokio::spawn(serve(listener, router, readiness.clone(), stop.clone(), times));
    let whole = "GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut kept = TcpStream::connect(address).await.unwrap();
    kept.write_all(whole.as_bytes()).await.unwrap();
    let mut first = [0; 15];
    kept.read_exact(&mut first).await.unwrap();
    readiness.drain();
    kept.write_all(whole.as_bytes()).await.unwrap();
    let mut rest = String::new();
    kept.read_to_string(&mut rest).await.unwrap();
    assert!(rest.contains("\r\nconnection: close\r\n"), "{rest}");
    assert!(told(address, whole).await.starts_with("HTTP/1.1 200 OK"), "new ones still come in");
    stop.cancel();
}

#[tokio::test]
async fn who_was_waiting_to_be_let_in_when_it_stopped_is_answered() {
    for _ in 0..8 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let ask = b"GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n";
        let mut waiting = Vec::new();
        for _ in 0..3 {
            let mut connection = TcpStream::connect(address).await.unwrap();
            connection.write_all(ask).await.unwrap();
            waiting.push(connection);
        }
        let stop = CancellationToken::new();
        stop.cancel();
        let times = ServeTimes { head: Duration::from_secs(30), drain: Duration::from_secs(30) };
        let router = router_with(settings(), true);
        serve(listener, router, Readiness::default(), stop, times).await.unwrap();
        for mut connection in waiting {
            let mut said = String::new();
            connection.read_to_string(&mut said).await.unwrap();
            assert!(said.starts_with("HTTP/1.1 200 OK"), "{said}");
        }
    }
}
