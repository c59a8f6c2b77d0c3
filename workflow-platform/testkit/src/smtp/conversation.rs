//! One connection (RFC 5321; STARTTLS as in RFC 3207, AUTH as in RFC 4954).

use std::{io, sync::Arc, sync::atomic::Ordering};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

use super::{ReceivedMail, Shared, SmtpBehaviour, SmtpTls};

/// Plain or through TLS.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// What to do after an answer.
enum Next {
    GoOn,
    StartTls,
    Stop,
}

pub(super) struct Conversation {
    wire: BufReader<Box<dyn Wire>>,
    shared: Arc<Shared>,
    secure: bool,
    trusted: bool,
    from: String,
    to: Vec<String>,
}

impl Conversation {
    /// Speaks TLS at once when the server does so.
    pub async fn open(stream: TcpStream, shared: Arc<Shared>) -> io::Result<Self> {
        let (wire, secure): (Box<dyn Wire>, _) = match &shared.tls {
            Some((SmtpTls::Implicit, identity)) => {
                (Box::new(identity.acceptor.accept(stream).await?), true)
            }
            _ => (Box::new(stream), false),
        };
        let trusted = shared.login.is_none();
        let wire = BufReader::new(wire);
        Ok(Self { wire, shared, secure, trusted, from: String::new(), to: Vec::new() })
    }

    async fn say(&mut self, answer: &str) -> io::Result<()> {
        self.wire.get_mut().write_all(format!("{answer}\r\n").as_bytes()).await?;
        self.wire.get_mut().flush().await
    }

    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        let read = self.wire.read_line(&mut line).await?;
        Ok((read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
    }

    fn behaviour(&self) -> SmtpBehaviour {
        *self.shared.behaviour.lock()
    }

    pub async fn run(mut self) -> io::Result<()> {
        if self.behaviour() == SmtpBehaviour::Silent {
            return std::future::pending().await;
        }
        self.say("220 testkit ESMTP").await?;
        while let Some(line) = self.line().await? {
            match self.turn(&line).await? {
                Next::GoOn => {}
                Next::StartTls => self = self.secured().await?,
                Next::Stop => break,
            }
        }
        Ok(())
    }

    async fn turn(&mut self, line: &str) -> io::Result<Next> {
        let upper = line.to_ascii_uppercase();
        match upper.as_str() {
            "QUIT" => {
                self.say("221 bye").await?;
                return Ok(Next::Stop);
            }
            "STARTTLS" if self.offers_tls() => {
                self.say("220 go on").await?;
                return Ok(Next::StartTls);
            }
            "DATA" if !self.to.is_empty() => self.take_data().await?,
            "AUTH LOGIN" => self.login_in_parts().await?,
            _ => {
                let answer = self.answer(line, &upper);
                self.say(&answer).await?;
            }
        }
        Ok(Next::GoOn)
    }

    fn offers_tls(&self) -> bool {
        !self.secure && matches!(self.shared.tls, Some((SmtpTls::StartTls, _)))
    }

    async fn secured(self) -> io::Result<Self> {
        let Some((_, identity)) = &self.shared.tls else { return Ok(self) };
        let stream = identity.acceptor.accept(self.wire.into_inner()).await?;
        let wire: Box<dyn Wire> = Box::new(stream);
        Ok(Self { wire: BufReader::new(wire), secure: true, ..self })
    }

    fn answer(&mut self, line: &str, upper: &str) -> String {
        let plain = match upper.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => return self.greeting(),
            "HELO" | "NOOP" => "250 ok",
            "RSET" => {
                self.to.clear();
                "250 ok"
            }
            "AUTH" => self.login(line.get("AUTH PLAIN ".len()..).unwrap_or_default()),
            "MAIL" | "RCPT" if !self.trusted => "530 5.7.0 log in first",
            "MAIL" => {
                self.from = between(line);
                self.to.clear();
                "250 ok"
            }
            "RCPT" => self.recipient(line),
            "DATA" => "503 no recipients",
            _ => "500 what?",
        };
        plain.to_owned()
    }

    /// A login is offered only where nobody listens, once there is TLS at all.
    fn greeting(&self) -> String {
        let mut offers = vec!["testkit"];
        if self.offers_tls() {
            offers.push("STARTTLS");
        }
        if self.shared.login.is_some() && (self.secure || self.shared.tls.is_none()) {
            offers.push(self.shared.mechanism);
        }
        offers.push("8BITMIME");
        let last = offers.len() - 1;
        let lines = offers.iter().enumerate().map(|(number, offer)| {
            let dash = if number == last { ' ' } else { '-' };
            format!("250{dash}{offer}")
        });
        lines.collect::<Vec<_>>().join("\r\n")
    }

    fn login(&mut self, given: &str) -> &'static str {
        self.shared.attempts.fetch_add(1, Ordering::Relaxed);
        let plain = |(user, password): &(String, String)| format!("\0{user}\0{password}");
        let expected = self.shared.login.as_ref().map(|login| STANDARD.encode(plain(login)));
        if expected.as_deref() != Some(given) {
            return "535 5.7.8 wrong";
        }
        self.trusted = true;
        self.shared.logins.fetch_add(1, Ordering::Relaxed);
        "235 welcome"
    }

    /// The older mechanism, which asks for name and password one after the other.
    async fn login_in_parts(&mut self) -> io::Result<()> {
        let mut parts = Vec::new();
        for question in ["Username:", "Password:"] {
            self.say(&format!("334 {}", STANDARD.encode(question))).await?;
            let answer = self.line().await?.unwrap_or_default();
            let answer = STANDARD.decode(answer).unwrap_or_default();
            parts.push(String::from_utf8_lossy(&answer).into_owned());
        }
        let given = STANDARD.encode(format!("\0{}\0{}", parts[0], parts[1]));
        let answer = self.login(&given);
        self.say(answer).await
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
        while let Some(line) = self.line().await? {
            if line == "." {
                break;
            }
            // A dot at the start of a line was doubled (section 4.5.2).
            data.push_str(line.strip_prefix('.').unwrap_or(&line));
            data.push_str("\r\n");
        }
        let (from, to) = (std::mem::take(&mut self.from), std::mem::take(&mut self.to));
        let secure = self.secure;
        self.shared.mails.lock().push(ReceivedMail { from, to, data, secure });
        self.say("250 kept").await
    }
}

/// What stands between the angle brackets.
fn between(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(address, _)| address.to_owned()).unwrap_or_default()
}
