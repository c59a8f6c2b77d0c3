//! Requests that go through, and what becomes of their answers.

use std::time::Duration;

use shared_kernel::application::{FetchOutcome, ProxyScheme};
use testkit::proxy::{Behaviour, ForwardProxy};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{AUTH, Gate, Scripted, rest, until};

fn get(more: &str) -> String {
    format!("GET http://127.0.0.1:1/a HTTP/1.1\r\n{AUTH}{more}\r\n")
}

fn last(more: &str) -> String {
    get(&format!("Connection: close\r\n{more}"))
}

#[tokio::test]
async fn each_framing_of_an_answer_is_passed_on_to_its_end() {
    for (answer, closes, body) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, "hello"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            false,
            "5\r\nhello\r\n0\r\n\r\n",
        ),
        ("HTTP/1.1 200 OK\r\n\r\nhello", true, "hello"),
        ("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", true, "hello"),
        ("HTTP/1.1 204 No Content\r\n\r\n", false, ""),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false, ""),
        (
            "HTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            false,
            "hello",
        ),
    ] {
        let site = Scripted::saying(answer, closes).await;
        let gate = Gate::to(site.address).await;
        let said = gate.says(last("").as_bytes()).await;
        assert!(
            said.starts_with("HTTP/1.1 ") && said.ends_with(&format!("\r\n\r\n{body}")),
            "{answer}: {said}"
        );
        assert_eq!(gate.told(1).await, [FetchOutcome::Ok], "{answer}");
    }
}

#[tokio::test]
async fn a_connection_carries_one_request_after_the_other_in_order() {
    let site = Scripted::saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false).await;
    let gate = Gate::to(site.address).await;
    let pipelined = [get(""), get(""), get(""), last("")].concat();
    let said = gate.says(pipelined.as_bytes()).await;
    assert_eq!(
        (said.matches("200 OK").count(), said.matches("Connection: close").count()),
        (4, 1),
        "{said}"
    );
    assert_eq!(site.connections(), 1, "the proxy's connection is used again");
    let asked = site.asked();
    assert_eq!(
        asked.matches("GET http://127.0.0.1:1/a HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n").count(),
        4,
        "{asked}"
    );
    let post = format!(
        "POST http://127.0.0.1:1/ HTTP/1.1\r\nConnection: close\r\n{AUTH}Content-Length: 4\r\n\r\n\r\n\r\n"
    );
    gate.says(post.as_bytes()).await;
    assert_eq!(site.connections(), 2, "what must not be sent twice has one of its own");
}

#[tokio::test]
async fn an_answer_to_nobody_is_not_taken_for_the_next_one() {
    let more = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad";
    let site = Scripted::saying(more, false).await;
    let gate = Gate::to(site.address).await;
    let said = gate.says([get(""), last("")].concat().as_bytes()).await;
    assert!(!said.contains("bad") && said.matches("200 OK").count() == 2, "{said}");
    assert_eq!(site.connections(), 2);
}

#[tokio::test]
async fn a_kept_connection_that_has_ended_is_nobodys_fault() {
    let site = Scripted::saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true).await;
    let gate = Gate::to(site.address).await;
    let mut stream = gate.connect().await;
    for _ in 0..3 {
        stream.write_all(get("").as_bytes()).await.unwrap();
        assert!(until(&mut stream, "ok").await.starts_with("HTTP/1.1 200"));
    }
    assert!(gate.told(3).await.iter().all(|told| *told != FetchOutcome::Transport));
}

#[tokio::test]
async fn what_is_no_answer_is_the_proxys_fault() {
    for answer in [
        "",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello",
        "HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
    ] {
        let site = Scripted::saying(answer, true).await;
        let gate = Gate::to(site.address).await;
        let said = gate.says(last("").as_bytes()).await;
        assert!(
            said.starts_with("HTTP/1.1 502 ") && said.contains("PROXY_FAILED"),
            "{answer}: {said}"
        );
        assert!(gate.told(1).await.contains(&FetchOutcome::Transport), "{answer}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_ends_the_connection() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    ] {
        let site = Scripted::saying(answer, true).await;
        let gate = Gate::to(site.address).await;
        let said = gate.says([get(""), get("")].concat().as_bytes()).await;
        assert_eq!(said.matches("HTTP/1.1 ").count(), 1, "nothing follows it: {said}");
        assert_eq!(gate.told(1).await, [FetchOutcome::Transport]);
    }
}

#[tokio::test]
async fn silence_is_told_after_a_while() {
    let proxy = ForwardProxy::start().await.unwrap();
    proxy.behave(Behaviour::Silent);
    let short =
        |settings: &mut proxy_pool::GatewaySettings| settings.answer = Duration::from_millis(200);
    let gate = Gate::with(proxy.address(), ProxyScheme::Http, short).await;
    assert!(gate.says(last("").as_bytes()).await.starts_with("HTTP/1.1 504 "));
    assert_eq!(gate.told(1).await, [FetchOutcome::Transport]);
}

#[tokio::test]
async fn what_the_site_says_does_not_make_the_proxy_worse() {
    for (answer, outcome) in [
        ("HTTP/1.1 429 Slow down\r\nContent-Length: 0\r\n\r\n", FetchOutcome::Throttled),
        ("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", FetchOutcome::Ok),
        ("HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n", FetchOutcome::Gone),
    ] {
        let site = Scripted::saying(answer, false).await;
        let gate = Gate::to(site.address).await;
        assert!(gate.says(last("").as_bytes()).await.starts_with(&answer[..12]));
        assert_eq!(gate.told(1).await, [outcome]);
    }
}

#[tokio::test]
async fn who_asks_to_go_on_is_told_to_before_the_body() {
    let site = Scripted::saying("HTTP/1.1 100 Continue\r\n\r\n", false).await;
    let gate = Gate::to(site.address).await;
    let mut stream = gate.connect().await;
    let head = format!(
        "POST http://127.0.0.1:1/ HTTP/1.1\r\n{AUTH}Expect: 100-continue\r\nContent-Length: 8\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(until(&mut stream, "\r\n\r\n").await, "HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"1234\r\n\r\n").await.unwrap();
    assert_eq!(until(&mut stream, "\r\n\r\n").await, "HTTP/1.1 100 Continue\r\n\r\n");
    assert!(site.asked().ends_with("1234\r\n\r\n"));
}

#[tokio::test]
async fn a_site_may_answer_before_it_has_the_whole_body() {
    let answer = "HTTP/1.1 413 Too large\r\nContent-Length: 3\r\n\r\nbig";
    let site = Scripted::saying(answer, true).await;
    let gate = Gate::to(site.address).await;
    let mut stream = gate.connect().await;
    let head =
        format!("POST http://127.0.0.1:1/ HTTP/1.1\r\n{AUTH}Content-Length: 1000000\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let said = rest(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 413 ") && said.contains("Connection: close"), "{said}");
}

#[tokio::test]
async fn old_clients_get_no_chunks_and_head_no_body() {
    let site = Scripted::saying("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false).await;
    let gate = Gate::to(site.address).await;
    let head = format!("HEAD http://127.0.0.1:1/ HTTP/1.1\r\nConnection: close\r\n{AUTH}\r\n");
    let said = gate.says(head.as_bytes()).await;
    assert!(said.contains("Content-Length: 5") && said.ends_with("\r\n\r\n"), "{said}");
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    let site = Scripted::saying(chunked, false).await;
    let gate = Gate::to(site.address).await;
    let old = format!("GET http://127.0.0.1:1/ HTTP/1.0\r\n{AUTH}\r\n");
    assert!(gate.says(old.as_bytes()).await.starts_with("HTTP/1.1 502 "));
    assert!(site.asked().contains(" HTTP/1.0\r\n") && site.asked().contains("Connection: close"));
}

#[tokio::test]
async fn a_large_answer_comes_whole() {
    let body: String = "0123456789".repeat(200_000);
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let site = Scripted::saying(Box::leak(answer.into_boxed_str()), false).await;
    let gate = Gate::to(site.address).await;
    let mut stream = gate.connect().await;
    for _ in 0..3 {
        stream.write_all(get("").as_bytes()).await.unwrap();
        until(&mut stream, "\r\n\r\n").await;
        let mut got = vec![0; body.len()];
        stream.read_exact(&mut got).await.unwrap();
        assert!(got == body.as_bytes());
    }
    assert_eq!(site.connections(), 1);
}
