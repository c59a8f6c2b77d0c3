//! The proxy behind both: it consents to every CONNECT and answers every request by itself, as
//! cheaply as can be.

use std::{net::SocketAddr, sync::mpsc, thread};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// A small JSON answer.
const SMALL: usize = 240;
/// A page of usual size.
const PAGE: usize = 54 * 1024;

pub struct Upstream {
    pub address: SocketAddr,
}

impl Upstream {
    /// In a thread of its own, for as long as the process lives.
    pub fn start() -> Self {
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let answers: &'static Answers = Box::leak(Box::new(Answers::new()));
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    stream.set_nodelay(true).unwrap();
                    tokio::spawn(serve(stream, answers));
                }
            });
        });
        Self { address: told.recv().unwrap() }
    }
}

struct Answers {
    small: Vec<u8>,
    page: Vec<u8>,
}

impl Answers {
    fn new() -> Self {
        let answer = |kind: &str, body: String| {
            let head = format!(
                "HTTP/1.1 200 OK\r\nServer: upstream\r\nContent-Type: {kind}\r\n\
                 Cache-Control: no-store\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            [head.as_bytes(), body.as_bytes()].concat()
        };
        Self {
            small: answer("application/json", format!("{{\"a\":\"{}\"}}", "x".repeat(SMALL))),
            page: answer("text/html", "x".repeat(PAGE)),
        }
    }
}

async fn serve(mut stream: TcpStream, answers: &Answers) {
    let mut input = Vec::with_capacity(8192);
    loop {
        while let Some(end) = memchr::memmem::find(&input, b"\r\n\r\n") {
            let head = &input[..end];
            let line = memchr::memchr(b'\r', head).map_or(head, |end| &head[..end]);
            let answer: &[u8] = if line.starts_with(b"CONNECT ") {
                b"HTTP/1.1 200 OK\r\n\r\n"
            } else if memchr::memmem::find(line, b"/page").is_some() {
                &answers.page
            } else {
                &answers.small
            };
            if stream.write_all(answer).await.is_err() {
                return;
            }
            input.drain(..end + 4);
        }
        if !matches!(stream.read_buf(&mut input).await, Ok(1..)) {
            return;
        }
    }
}
