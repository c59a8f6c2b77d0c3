//! How tunnels end.

use std::{sync::atomic::Ordering, time::Duration};

use proxy_pool::GatewaySettings;
use shared_kernel::application::{FetchOutcome, ProxyScheme};
use testkit::proxy::{Behaviour, ForwardProxy};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::Instant,
};

use crate::support::{AUTH, Gate, rest, until};

/// Says everything back.
async fn echo() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut read, mut write) = stream.split();
                let _ = tokio::io::copy(&mut read, &mut write).await;
            });
        }
    });
    port
}

async fn tunnel(gate: &Gate, port: u16) -> TcpStream {
    let mut stream = gate.connect().await;
    let ask = format!("CONNECT 127.0.0.1:{port} HTTP/1.1\r\n{AUTH}\r\n");
    stream.write_all(ask.as_bytes()).await.unwrap();
    let said = until(&mut stream, "\r\n\r\n").await;
    assert_eq!(said, "HTTP/1.1 200 Connection established\r\n\r\n");
    stream
}

async fn says_back(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
    assert_eq!(until(stream, text).await, text);
}

async fn open(change: impl FnOnce(&mut GatewaySettings)) -> (Gate, TcpStream, ForwardProxy) {
    let proxy = ForwardProxy::start().await.unwrap();
    let gate = Gate::with(proxy.address(), ProxyScheme::Http, change).await;
    let mut stream = tunnel(&gate, echo().await).await;
    says_back(&mut stream, "hello").await;
    (gate, stream, proxy)
}

#[tokio::test]
async fn a_megabyte_comes_back_as_it_went() {
    let (gate, stream, _proxy) = open(|_| ()).await;
    let sent: Vec<u8> = (0..1_000_000_u32).map(|n| n.to_le_bytes()[n as usize % 3]).collect();
    let (mut read, mut write) = stream.into_split();
    let copy = sent.clone();
    let writing = tokio::spawn(async move {
        write.write_all(&copy).await.unwrap();
        write.shutdown().await.unwrap();
    });
    let mut got = Vec::new();
    read.read_to_end(&mut got).await.unwrap();
    writing.await.unwrap();
    assert!(got == sent);
    assert_eq!(gate.told(1).await, [FetchOutcome::Ok]);
}

#[tokio::test]
async fn one_in_which_nothing_is_said_is_closed_and_a_busy_one_is_not() {
    let short = |settings: &mut GatewaySettings| settings.idle = Duration::from_millis(400);
    let (_gate, mut stream, _proxy) = open(short).await;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(1) {
        says_back(&mut stream, "still here").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn none_lives_for_ever() {
    let short = |settings: &mut GatewaySettings| {
        settings.tunnel = Duration::from_millis(300);
        settings.check_every = Duration::from_millis(50);
    };
    let (_gate, mut stream, _proxy) = open(short).await;
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn a_revoked_key_closes_the_tunnels_it_opened() {
    let often = |settings: &mut GatewaySettings| settings.check_every = Duration::from_millis(50);
    let (gate, mut stream, _proxy) = open(often).await;
    gate.key_is_good.store(false, Ordering::SeqCst);
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn an_upstream_that_cannot_connect_is_told_and_judged() {
    for (behaviour, status, outcome) in [
        (Behaviour::HangsUp, 502, FetchOutcome::Transport),
        (Behaviour::BadGateway, 502, FetchOutcome::Gone),
        (Behaviour::Silent, 502, FetchOutcome::Transport),
    ] {
        let proxy = ForwardProxy::start().await.unwrap();
        proxy.behave(behaviour);
        let short = |settings: &mut GatewaySettings| settings.dial = Duration::from_millis(300);
        let gate = Gate::with(proxy.address(), ProxyScheme::Http, short).await;
        let ask = format!("CONNECT 127.0.0.1:1 HTTP/1.1\r\nConnection: close\r\n{AUTH}\r\n");
        let said = gate.says(ask.as_bytes()).await;
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{behaviour:?}: {said}");
        assert_eq!(gate.told(1).await[0], outcome, "{behaviour:?}");
    }
}

#[tokio::test]
async fn a_gateway_that_is_its_own_proxy_goes_in_no_circles() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap();
    let gate = Gate::on(listener, own, ProxyScheme::Http, |_| ());
    let ask = format!("CONNECT 127.0.0.1:1 HTTP/1.1\r\nConnection: close\r\n{AUTH}\r\n");
    assert!(gate.says(ask.as_bytes()).await.starts_with("HTTP/1.1 502 "));
    assert_eq!(gate.told(1).await, [FetchOutcome::Transport], "it was not asked");
}
