//! Callers that ask as fast as they are answered.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

const CALLERS: usize = 32;
const LENGTH: Duration = Duration::from_millis(1500);
/// Nobody listens there: the upstream answers by itself.
const SITE: &str = "127.0.0.1:9";

/// How the site is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Plain,
    Connect,
}

impl Way {
    pub const ALL: [Self; 2] = [Self::Plain, Self::Connect];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain HTTP, 32 callers",
            Self::Connect => "CONNECT, 32 callers",
        }
    }
}

/// What is asked, and over what.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    page: bool,
    keeps: bool,
}

impl Case {
    pub const ALL: [Self; 4] = [
        Self { page: false, keeps: true },
        Self { page: true, keeps: true },
        Self { page: false, keeps: false },
        Self { page: true, keeps: false },
    ];

    pub const fn name(self) -> &'static str {
        match (self.page, self.keeps) {
            (false, true) => "small, kept",
            (true, true) => "54 KB, kept",
            (false, false) => "small, new",
            (true, false) => "54 KB, new",
        }
    }
}

/// Load on one proxy.
pub struct Load {
    proxy: SocketAddr,
    /// The header line, or nothing.
    authorization: String,
}

/// What one caller sends.
struct Script {
    proxy: SocketAddr,
    connect: Option<Vec<u8>>,
    request: Vec<u8>,
    keeps: bool,
}

impl Load {
    pub fn new(proxy: SocketAddr, login: Option<(&str, &str)>) -> Self {
        let authorization = login.map(|(user, password)| {
            let both = STANDARD.encode(format!("{user}:{password}"));
            format!("Proxy-Authorization: Basic {both}\r\n")
        });
        Self { proxy, authorization: authorization.unwrap_or_default() }
    }

    /// Answers a second. An answer that is no 200 ends the benchmark.
    pub fn run(&self, way: Way, case: Case) -> f64 {
        let script = Arc::new(self.script(way, case));
        let answers = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&answers);
        let begun = Instant::now();
        let callers = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let mut callers = JoinSet::new();
                for _ in 0..CALLERS {
                    callers.spawn(call(Arc::clone(&script), Arc::clone(&count)));
                }
                let ended = tokio::time::timeout(LENGTH, callers.join_next()).await;
                assert!(ended.is_err(), "a caller failed: {ended:?}");
            });
        });
        callers.join().unwrap();
        let answered = u32::try_from(answers.load(Ordering::Relaxed)).unwrap();
        f64::from(answered) / begun.elapsed().as_secs_f64()
    }

    fn script(&self, way: Way, case: Case) -> Script {
        let path = if case.page { "/page" } else { "/small" };
        let more = "User-Agent: bench\r\nAccept: */*\r\n";
        let authorization = &self.authorization;
        let (connect, request) = match way {
            Way::Plain => {
                let close = if case.keeps { "" } else { "Connection: close\r\n" };
                let request = format!(
                    "GET http://{SITE}{path} HTTP/1.1\r\nHost: {SITE}\r\n{more}{close}{authorization}\r\n"
                );
                (None, request)
            }
            Way::Connect => {
                let connect =
                    format!("CONNECT {SITE} HTTP/1.1\r\nHost: {SITE}\r\n{authorization}\r\n");
                (Some(connect), format!("GET {path} HTTP/1.1\r\nHost: {SITE}\r\n{more}\r\n"))
            }
        };
        let connect = connect.map(String::into_bytes);
        Script { proxy: self.proxy, connect, request: request.into_bytes(), keeps: case.keeps }
    }
}

async fn call(script: Arc<Script>, count: Arc<AtomicU64>) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(128 * 1024);
    loop {
        let mut stream = TcpStream::connect(script.proxy).await?;
        stream.set_nodelay(true)?;
        if let Some(connect) = &script.connect {
            stream.write_all(connect).await?;
            answer(&mut stream, &mut buffer).await?;
        }
        loop {
            stream.write_all(&script.request).await?;
            answer(&mut stream, &mut buffer).await?;
            count.fetch_add(1, Ordering::Relaxed);
            if !script.keeps {
                break;
            }
        }
    }
}

/// Reads one answer to its end.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.clear();
    let mut whole = None;
    while whole.is_none_or(|whole| buffer.len() < whole) {
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if whole.is_none()
            && let Some(end) = memchr::memmem::find(buffer, b"\r\n\r\n")
        {
            let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
            if !head.starts_with("http/1.1 200 ") {
                return Err(io::Error::other(head));
            }
            let length = head.split("content-length: ").nth(1).map_or("0", |rest| rest);
            let length = length.lines().next().and_then(|digits| digits.trim().parse().ok());
            whole = Some(end + 4 + length.unwrap_or(0_usize));
        }
    }
    Ok(())
}
