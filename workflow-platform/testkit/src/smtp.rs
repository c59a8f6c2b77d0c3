//! A small real SMTP server on loopback (RFC 5321, no STARTTLS): keeps every mail, wants a login
//! when told to, and misbehaves on demand.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use parking_lot::Mutex;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};
use tokio_util::sync::CancellationToken;

/// How the server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SmtpBehaviour {
    #[default]
    Works,
    /// 451 to every recipient: come again later.
    Busy,
    /// 550 to every recipient: never.
    Refuses,
    /// Takes connections and never says a word.
    Silent,
}

/// A mail as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMail {
    pub from: String,
    pub to: Vec<String>,
    /// Headers and body as sent, lines ending in CRLF.
    pub data: String,
}

impl ReceivedMail {
    /// The value of a header, unfolded, not decoded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.data.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        head.split("\r\n").find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    /// The part of a content type such as `text/plain`, decoded.
    pub fn part(&self, content_type: &str) -> Option<String> {
        let mut parts = self.data.split("\r\n--");
        let part = parts.find(|part| {
            part.split("\r\n\r\n").next().is_some_and(|head| head.contains(content_type))
        })?;
        let (head, body) = part.split_once("\r\n\r\n")?;
        Some(decoded(&head.to_ascii_lowercase(), body))
    }
}

fn decoded(head: &str, body: &str) -> String {
    let bytes = if head.contains("transfer-encoding: base64") {
        STANDARD.decode(body.replace(['\r', '\n'], "")).unwrap_or_default()
    } else if head.contains("transfer-encoding: quoted-printable") {
        unquoted(&body.replace("=\r\n", ""))
    } else {
        body.as_bytes().to_vec()
    };
    String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
}

fn unquoted(text: &str) -> Vec<u8> {
    let mut pieces = text.split('=');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (code, rest) = piece.split_at_checked(2).unwrap_or((piece, ""));
        bytes.extend(u8::from_str_radix(code, 16));
        bytes.extend(rest.as_bytes());
    }
    bytes
}

#[derive(Default)]
struct Shared {
    /// The expected SASL PLAIN answer, if any.
    expected: Option<String>,
    behaviour: Mutex<SmtpBehaviour>,
    mails: Mutex<Vec<ReceivedMail>>,
    logins: AtomicU64,
    stop: CancellationToken,
}

/// A running server; it stops when dropped.
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl SmtpServer {
    /// Takes mail from everybody.
    pub async fn start() -> io::Result<Self> {
        Self::listen(None).await
    }

    /// Takes mail from who knows the password only.
    pub async fn start_with_login(user: &str, password: &str) -> io::Result<Self> {
        Self::listen(Some(STANDARD.encode(format!("\0{user}\0{password}")))).await
    }

    async fn listen(expected: Option<String>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { expected, ..Shared::default() });
        tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes effect on the next command.
    pub fn behave(&self, behaviour: SmtpBehaviour) {
        *self.shared.behaviour.lock() = behaviour;
    }

    /// All mails so far, in order of arrival.
    pub fn mails(&self) -> Vec<ReceivedMail> {
        self.shared.mails.lock().clone()
    }

    /// Logins that succeeded.
    pub fn logins(&self) -> u64 {
        self.shared.logins.load(Ordering::Relaxed)
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let stream = tokio::select! {
            () = shared.stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = stream else { continue };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let stop = shared.stop.clone();
            tokio::select! {
                () = stop.cancelled() => {}
                // A client that hangs up ends its conversation, nothing else.
                _ = Conversation::new(stream, shared).run() => {}
            }
        });
    }
}

/// One connection.
struct Conversation {
    lines: Lines<BufReader<OwnedReadHalf>>,
    answers: OwnedWriteHalf,
    shared: Arc<Shared>,
    trusted: bool,
    from: String,
    to: Vec<String>,
}

impl Conversation {
    fn new(stream: TcpStream, shared: Arc<Shared>) -> Self {
        let (read, answers) = stream.into_split();
        let trusted = shared.expected.is_none();
        let lines = BufReader::new(read).lines();
        Self { lines, answers, shared, trusted, from: String::new(), to: Vec::new() }
    }

    async fn say(&mut self, answer: &str) -> io::Result<()> {
        self.answers.write_all(format!("{answer}\r\n").as_bytes()).await
    }

    fn behaviour(&self) -> SmtpBehaviour {
        *self.shared.behaviour.lock()
    }

    async fn run(mut self) -> io::Result<()> {
        if self.behaviour() == SmtpBehaviour::Silent {
            return std::future::pending().await;
        }
        self.say("220 testkit ESMTP").await?;
        while let Some(line) = self.lines.next_line().await? {
            let upper = line.to_ascii_uppercase();
            if upper == "QUIT" {
                return self.say("221 bye").await;
            }
            if upper == "DATA" && !self.to.is_empty() {
                self.take_data().await?;
                continue;
            }
            let answer = self.answer(&line, &upper);
            self.say(answer).await?;
        }
        Ok(())
    }

    fn answer(&mut self, line: &str, upper: &str) -> &'static str {
        match upper.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" if self.shared.expected.is_some() => {
                "250-testkit\r\n250-AUTH PLAIN\r\n250 8BITMIME"
            }
            "EHLO" => "250-testkit\r\n250 8BITMIME",
            "HELO" | "NOOP" => "250 ok",
            "RSET" => {
                self.to.clear();
                "250 ok"
            }
            "AUTH" => self.login(line),
            "MAIL" | "RCPT" if !self.trusted => "530 5.7.0 log in first",
            "MAIL" => {
                self.from = between(line);
                self.to.clear();
                "250 ok"
            }
            "RCPT" => self.recipient(line),
            "DATA" => "503 no recipients",
            _ => "500 what?",
        }
    }

    fn login(&mut self, line: &str) -> &'static str {
        let given = line.strip_prefix("AUTH PLAIN ");
        if given.is_none() || given != self.shared.expected.as_deref() {
            return "535 5.7.8 wrong";
        }
        self.trusted = true;
        self.shared.logins.fetch_add(1, Ordering::Relaxed);
        "235 welcome"
    }

    fn recipient(&mut self, line: &str) -> &'static str {
        match self.behaviour() {
            SmtpBehaviour::Busy => "451 4.7.1 later",
            SmtpBehaviour::Refuses => "550 5.1.1 nobody here",
            SmtpBehaviour::Works | SmtpBehaviour::Silent => {
                self.to.push(between(line));
                "250 ok"
            }
        }
    }

    async fn take_data(&mut self) -> io::Result<()> {
        self.say("354 go on").await?;
        let mut data = String::new();
        while let Some(line) = self.lines.next_line().await? {
            if line == "." {
                break;
            }
            // A dot at the start of a line was doubled (section 4.5.2).
            data.push_str(line.strip_prefix('.').unwrap_or(&line));
            data.push_str("\r\n");
        }
        let (from, to) = (std::mem::take(&mut self.from), std::mem::take(&mut self.to));
        self.shared.mails.lock().push(ReceivedMail { from, to, data });
        self.say("250 kept").await
    }
}

/// What stands between the angle brackets.
fn between(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(address, _)| address.to_owned()).unwrap_or_default()
}
