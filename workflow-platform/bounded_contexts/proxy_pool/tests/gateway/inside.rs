//! No form of an inner address is led to, and no proxy at one is used: counted by listeners.

use shared_kernel::application::{ProxyAddress, ProxyScheme};
use testkit::inside::{FORMS, Inside};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{AUTH, Gate, Scripted, rest};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn proxy(scheme: ProxyScheme, host: &str, port: u16) -> ProxyAddress {
    ProxyAddress { scheme, host: host.to_owned(), port, credentials: None }
}

/// What a SOCKS5 client hears when it asks for the host; `None` when it is hung up on.
async fn asked_by_socks(gate: &Gate, host: &str, port: u16) -> Option<u8> {
    let mut stream = gate.connect().await;
    let mut heard = [0; 2];
    stream.write_all(b"\x05\x01\x02").await.unwrap();
    stream.read_exact(&mut heard).await.unwrap();
    stream.write_all(b"\x01\x06pool-p\x04good").await.unwrap();
    stream.read_exact(&mut heard).await.unwrap();
    let mut wish = vec![5, 1, 0, 3, u8::try_from(host.len()).unwrap()];
    wish.extend(host.as_bytes());
    wish.extend(port.to_be_bytes());
    stream.write_all(&wish).await.unwrap();
    stream.read_exact(&mut heard).await.ok().map(|_| heard[1])
}

#[tokio::test]
async fn no_form_of_an_inner_address_is_asked_of_a_proxy() {
    let (inside, upstream) = (Inside::listening().await, Scripted::saying(OK, false).await);
    let place = upstream.address.to_string();
    let address = proxy(ProxyScheme::Http, "127.0.0.1", upstream.address.port());
    let gate = Gate::allowing(address, &[&place]).await;
    for place in inside.places() {
        for request in [
            format!("CONNECT {place} HTTP/1.1\r\nConnection: close\r\n{AUTH}\r\n"),
            format!("GET http://{place}/ HTTP/1.1\r\nConnection: close\r\n{AUTH}\r\n"),
        ] {
            let said = gate.says(request.as_bytes()).await;
            let refused = ["HTTP/1.1 403 ", "HTTP/1.1 400 "].iter().any(|at| said.starts_with(at));
            assert!(refused, "{request}: {said}");
        }
    }
    for form in FORMS {
        for host in [form, form.trim_matches(['[', ']'])] {
            let heard = asked_by_socks(&gate, host, inside.port()).await;
            assert_ne!(heard, Some(0), "{host} over SOCKS5");
        }
    }
    assert_eq!((inside.visitors(), upstream.connections()), (0, 0));
    let public = format!("GET http://1.1.1.1/ HTTP/1.1\r\nConnection: close\r\n{AUTH}\r\n");
    assert!(gate.says(public.as_bytes()).await.ends_with("ok"));
    assert_eq!(asked_by_socks(&gate, "1.1.1.1", 80).await, Some(0));
    assert_eq!(upstream.connections(), 2, "the listener counts");
}

#[tokio::test]
async fn no_proxy_at_an_inner_address_gets_a_connection() {
    let inside = Inside::listening().await;
    let request =
        |host: &str| format!("CONNECT {host}:443 HTTP/1.1\r\nConnection: close\r\n{AUTH}\r\n");
    for scheme in [ProxyScheme::Http, ProxyScheme::Https, ProxyScheme::Socks5] {
        for form in FORMS {
            let gate = Gate::allowing(proxy(scheme, form, inside.port()), &[]).await;
            let said = gate.says(request("1.1.1.1").as_bytes()).await;
            assert!(said.starts_with("HTTP/1.1 502 "), "{scheme:?} {form}: {said}");
        }
    }
    assert_eq!(inside.visitors(), 0);
    let allowed = format!("127.0.0.1:{}", inside.port());
    let address = proxy(ProxyScheme::Http, "127.0.0.1", inside.port());
    let gate = Gate::allowing(address, &[&allowed]).await;
    let mut stream = gate.connect().await;
    stream.write_all(request("1.1.1.1").as_bytes()).await.unwrap();
    rest(&mut stream).await;
    assert!(inside.visitors() > 0, "the listener counts");
}
