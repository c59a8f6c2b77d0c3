//! What clients must not send.

use std::time::Duration;

use proptest::prelude::*;
use shared_kernel::application::ProxyScheme;
use tokio::io::AsyncWriteExt as _;

use crate::support::{AUTH, Gate, Scripted, rest};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn what_cannot_be_understood_is_told_so() {
    let site = Scripted::saying(OK, false).await;
    let gate = Gate::to(site.address).await;
    let many = "A: b\r\n".repeat(200);
    let long = format!("X: {}\r\n", "y".repeat(70_000));
    for (request, status) in [
        ("GET http://127.0.0.1:1/ HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), 407),
        (format!("GET / HTTP/1.1\r\n{AUTH}\r\n"), 400),
        (format!("GET https://127.0.0.1:1/ HTTP/1.1\r\n{AUTH}\r\n"), 400),
        (format!("CONNECT 127.0.0.1 HTTP/1.1\r\n{AUTH}\r\n"), 400),
        (format!("CONNECT 127.0.0.1:0 HTTP/1.1\r\n{AUTH}\r\n"), 400),
        (format!("GET http://u@127.0.0.1:1/ HTTP/1.1\r\n{AUTH}\r\n"), 400),
        (format!("GET http://127.0.0.1:1/ HTTP/3.0\r\n{AUTH}\r\n"), 505),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), 505),
        (format!("GET http://127.0.0.1:1/ HTTP/1.1\r\n{AUTH}{many}\r\n"), 431),
        (format!("GET http://127.0.0.1:1/ HTTP/1.1\r\n{AUTH}{long}\r\n"), 431),
        (format!("GET http://127.0.0.1:1/ HTTP/1.1\r\nA b\r\n{AUTH}\r\n"), 400),
        ("NONSENSE\r\n\r\n".to_owned(), 400),
    ] {
        let said = gate.says(request.as_bytes()).await;
        let begin = format!("HTTP/1.1 {status} ");
        assert!(said.starts_with(&begin), "{}: {said}", &request[..request.len().min(80)]);
        assert_eq!(said.contains("Proxy-Authenticate: Basic"), status == 407, "{said}");
        assert!(said.contains("\r\nProxy-Status: workflow-platform; error="), "{said}");
    }
    assert_eq!(site.asked(), "", "nothing of it went on");
}

#[tokio::test]
async fn requests_that_hide_another_one_go_nowhere() {
    let site = Scripted::saying(OK, false).await;
    let gate = Gate::to(site.address).await;
    let hidden = "GET http://127.0.0.1:1/admin HTTP/1.1\r\n\r\n";
    for lines in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "Content-Length: 4\r\nContent-Length: 40\r\n",
        "Content-Length: 4, 40\r\n",
        "Content-Length: -4\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding:\tchunked\r\nTransfer-Encoding: x\r\n",
        "Foo: bar\nTransfer-Encoding: chunked\r\n",
        "Foo: bar\rContent-Length: 4\r\n",
        " Content-Length: 4\r\n",
        "Host: a\r\nHost: b\r\n",
    ] {
        let request = format!("POST http://127.0.0.1:1/ HTTP/1.1\r\n{AUTH}{lines}\r\n{hidden}");
        let said = gate.says(request.as_bytes()).await;
        assert!(
            said.starts_with("HTTP/1.1 400 ") || said.starts_with("HTTP/1.1 501 "),
            "{lines:?}: {said}"
        );
        assert_eq!(said.matches("HTTP/1.1 ").count(), 1, "the connection ends there: {said}");
    }
    assert_eq!(site.asked(), "", "nothing of it went on");
}

#[tokio::test]
async fn a_malformed_chunk_ends_the_request() {
    let site = Scripted::saying("", false).await;
    let gate = Gate::to(site.address).await;
    for body in ["5\r\nhelloX", "zz\r\n", "5\nhello", "ffffffffffffffffff\r\n"] {
        let request = format!(
            "POST http://127.0.0.1:1/ HTTP/1.1\r\n{AUTH}Transfer-Encoding: chunked\r\n\r\n{body}"
        );
        let said = gate.says(request.as_bytes()).await;
        assert!(said.starts_with("HTTP/1.1 400 "), "{body:?}: {said}");
    }
}

#[tokio::test]
async fn those_who_are_slow_are_let_go() {
    let site = Scripted::saying(OK, false).await;
    let short = |settings: &mut proxy_pool::GatewaySettings| {
        settings.handshake = Duration::from_millis(200);
        settings.between = Duration::from_millis(200);
    };
    let gate = Gate::with(site.address, ProxyScheme::Http, short).await;
    assert_eq!(gate.says(b"").await, "");
    assert!(gate.says(b"GET http://127.0.0.1:1/ HTTP/1.1\r\n").await.starts_with("HTTP/1.1 408 "));
    assert_eq!(gate.says(b"\x05\x01").await, "");
    let whole = format!("GET http://127.0.0.1:1/ HTTP/1.1\r\n{AUTH}\r\n");
    let said = gate.says(whole.as_bytes()).await;
    assert!(said.ends_with("ok"), "an open connection is closed when nothing more comes: {said}");
}

#[tokio::test]
async fn addresses_that_are_denied_are_hung_up_on() {
    let site = Scripted::saying(OK, false).await;
    let whole = format!("GET http://127.0.0.1:1/ HTTP/1.1\r\nConnection: close\r\n{AUTH}\r\n");
    for (allow, deny, comes_in) in
        [("", "127.0.0.0/8", false), ("10.0.0.0/8", "", false), ("127.0.0.1", "127.0.0.2", true)]
    {
        let lists = |settings: &mut proxy_pool::GatewaySettings| {
            (settings.allow, settings.deny) = (allow.parse().unwrap(), deny.parse().unwrap());
        };
        let gate = Gate::with(site.address, ProxyScheme::Http, lists).await;
        let mut stream = gate.connect().await;
        let _ = stream.write_all(whole.as_bytes()).await;
        assert_eq!(rest(&mut stream).await.ends_with("ok"), comes_in, "{allow} {deny}");
    }
}

#[tokio::test]
async fn somebody_who_guesses_is_stopped_before_anything_is_looked_up() {
    let site = Scripted::saying(OK, false).await;
    let few = |settings: &mut proxy_pool::GatewaySettings| settings.failures_per_minute = Some(3);
    let gate = Gate::with(site.address, ProxyScheme::Http, few).await;
    // pool-p:bad
    let guess = b"GET http://127.0.0.1:1/ HTTP/1.1\r\nConnection: close\r\n\
                  Proxy-Authorization: Basic cG9vbC1wOmJhZA==\r\n\r\n";
    for _ in 0..4 {
        assert!(gate.says(guess).await.starts_with("HTTP/1.1 407 "));
    }
    let said = gate.says(guess).await;
    assert!(said.starts_with("HTTP/1.1 429 ") && said.contains("Retry-After: "), "{said}");
}

#[tokio::test]
async fn a_refusal_leaves_the_connection_open_where_that_is_safe() {
    let site = Scripted::saying(OK, false).await;
    let gate = Gate::to(site.address).await;
    let mut stream = gate.connect().await;
    let (first, second) = (
        "GET http://127.0.0.1:1/ HTTP/1.1\r\n\r\n",
        format!("GET http://127.0.0.1:1/ HTTP/1.1\r\nConnection: close\r\n{AUTH}\r\n"),
    );
    stream.write_all(format!("{first}{second}").as_bytes()).await.unwrap();
    let said = rest(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 407 ") && said.ends_with("ok"), "{said}");
}

#[test]
fn whatever_is_sent_the_next_client_is_served() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (gate, _site) = runtime.block_on(async {
        let site = Scripted::saying(OK, false).await;
        let short = |settings: &mut proxy_pool::GatewaySettings| {
            settings.handshake = Duration::from_millis(30);
            settings.between = Duration::from_millis(30);
        };
        (Gate::with(site.address, ProxyScheme::Http, short).await, site)
    });
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        prop::collection::vec(any::<u8>(), 0..200).prop_map(|rest| [&[5], &rest[..]].concat()),
        "(GET|CONNECT|POST) [ -~\r\n]{0,200}(\r\n\r\n)?".prop_map(String::into_bytes),
    ];
    proptest!(ProptestConfig::with_cases(40), |(bytes in bytes)| {
        runtime.block_on(async {
            gate.says(&bytes).await;
            let whole = format!("GET http://127.0.0.1:1/ HTTP/1.1\r\nConnection: close\r\n{AUTH}\r\n");
            assert!(gate.says(whole.as_bytes()).await.ends_with("ok"));
        });
    });
}
