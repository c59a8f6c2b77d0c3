//! SOCKS5 byte by byte.

use shared_kernel::application::{FetchOutcome, ProxyScheme};
use testkit::{RealProxy, proxy::ForwardProxy};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::support::{Gate, rest};

const LOGIN: &[u8] = b"\x01\x06pool-p\x04good";

async fn talk(stream: &mut TcpStream, say: &[u8], expect: &[u8]) {
    // a byte at a time: messages come in any pieces
    for byte in say {
        stream.write_all(&[*byte]).await.unwrap();
    }
    let mut heard = vec![0; expect.len()];
    stream.read_exact(&mut heard).await.unwrap();
    assert_eq!(heard, expect);
}

async fn signed_in(gate: &Gate) -> TcpStream {
    let mut stream = gate.connect().await;
    talk(&mut stream, b"\x05\x02\x00\x02", b"\x05\x02").await;
    talk(&mut stream, LOGIN, b"\x01\x00").await;
    stream
}

/// A server that speaks first and then says everything back.
async fn banner() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                stream.write_all(b"SSH-2.0").await.unwrap();
                let (mut read, mut write) = stream.split();
                let _ = tokio::io::copy(&mut read, &mut write).await;
            });
        }
    });
    port
}

fn to(port: u16) -> Vec<u8> {
    [&b"\x05\x01\x00\x01\x7f\x00\x00\x01"[..], &port.to_be_bytes()].concat()
}

const OPENED: &[u8] = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00";

#[tokio::test]
async fn a_tunnel_carries_what_either_side_says_first() {
    let port = banner().await;
    let proxy = ForwardProxy::start().await.unwrap();
    let gate = Gate::to(proxy.address()).await;
    let mut stream = signed_in(&gate).await;
    // the client does not wait for the answer
    stream.write_all(&[&to(port)[..], b"early"].concat()).await.unwrap();
    let mut heard = vec![0; OPENED.len() + 7 + 5];
    stream.read_exact(&mut heard).await.unwrap();
    assert_eq!(heard, [OPENED, b"SSH-2.0early"].concat());
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await, "", "half of it closed, then the other");
    assert_eq!(gate.told(1).await, [FetchOutcome::Ok]);
}

#[tokio::test]
async fn a_client_that_says_what_is_not_understood_is_told_by_code() {
    let proxy = ForwardProxy::start().await.unwrap();
    let gate = Gate::to(proxy.address()).await;
    for (request, code) in [
        (b"\x05\x02\x00\x01\x7f\x00\x00\x01\x00\x50".to_vec(), 7),
        (b"\x05\x03\x00\x01\x7f\x00\x00\x01\x00\x50".to_vec(), 7),
        (b"\x05\x01\x00\x02\x7f".to_vec(), 8),
        (b"\x05\x01\x00\x01\x0a\x00\x00\x01\x00\x50".to_vec(), 2),
        (b"\x05\x01\x00\x03\x09localhost\x00\x50".to_vec(), 2),
        ([&b"\x05\x01\x00\x04"[..], &[0; 15], &[1, 0, 80]].concat(), 2),
        (to(gate.address.port()), 2),
        (to(0), 1),
        (b"\x04\x01\x00\x01".to_vec(), 1),
        (to(1), 4),
    ] {
        let mut stream = signed_in(&gate).await;
        stream.write_all(&request).await.unwrap();
        let mut reply = [0; 10];
        stream.read_exact(&mut reply).await.unwrap();
        assert_eq!((reply[0], reply[1]), (5, code), "{request:?}");
        assert_eq!(rest(&mut stream).await, "");
    }
}

#[tokio::test]
async fn nobody_comes_in_without_a_key() {
    let proxy = ForwardProxy::start().await.unwrap();
    let gate = Gate::to(proxy.address()).await;
    let mut stream = gate.connect().await;
    talk(&mut stream, b"\x05\x01\x00", b"\x05\xff").await;
    assert_eq!(rest(&mut stream).await, "");
    for login in [&b"\x01\x06pool-p\x03bad"[..], b"\x01\x01p\x04good", b"\x01\x00\x00"] {
        let mut stream = gate.connect().await;
        talk(&mut stream, b"\x05\x01\x02", b"\x05\x02").await;
        talk(&mut stream, login, b"\x01\x01").await;
        assert_eq!(rest(&mut stream).await, "");
    }
    for wrong in [
        &b"\x04\x01\x00\x50\x7f\x00\x00\x01\x00"[..],
        b"\x16\x03\x01\x02\x00",
        b"\x00",
        b"get / HTTP/1.1\r\n\r\n",
    ] {
        assert_eq!(gate.says(wrong).await, "", "{wrong:?}");
    }
    assert_eq!(proxy.counts().connections, 0);
}

#[tokio::test]
async fn a_socks5_proxy_behind_it_serves_both_protocols() {
    let port = banner().await;
    let real = RealProxy::microsocks();
    let gate = Gate::with(real.address(), ProxyScheme::Socks5, |_| ()).await;
    // it wants a password that this pool does not know
    let mut stream = signed_in(&gate).await;
    talk(&mut stream, &to(port), b"\x05\x01\x00\x01\x00\x00\x00\x00\x00\x00").await;
    assert_eq!(gate.told(1).await[0], FetchOutcome::Transport);
}
