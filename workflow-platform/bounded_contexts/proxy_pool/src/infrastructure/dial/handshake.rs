//! What is said to a proxy before it leads to a target.

use std::io;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{
    application::gateway::{DialError, Duplex},
    domain::gateway::{AnswerHead, SiteFault, Target, head_end, socks5},
};

/// Bytes of a proxy's answer to CONNECT.
const LONGEST_ANSWER: usize = 16 * 1024;

type Credentials<'a> = Option<&'a (String, SecretString)>;

/// Without the number of the system's.
pub(super) fn broken(error: &io::Error) -> DialError {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or_default().to_lowercase();
    DialError::Proxy(format!("connection failed: {words}"))
}

/// `Proxy-Authorization` with these.
pub fn basic((user, password): &(String, SecretString)) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.expose_secret())))
}

fn senseless() -> DialError {
    DialError::Proxy("its answer makes no sense".to_owned())
}

/// CONNECT; gives what came behind the answer.
pub(super) async fn connect<S: Duplex + ?Sized>(
    stream: &mut S,
    target: &Target,
    credentials: Credentials<'_>,
) -> Result<Bytes, DialError> {
    let place = target.authority();
    let mut head = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n");
    if let Some(credentials) = credentials {
        head.push_str(&format!("Proxy-Authorization: {}\r\n", basic(credentials)));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await.map_err(|error| broken(&error))?;
    stream.flush().await.map_err(|error| broken(&error))?;
    let mut answer = BytesMut::with_capacity(1024);
    let end = loop {
        let before = answer.len();
        let read = stream.read_buf(&mut answer).await.map_err(|error| broken(&error))?;
        match head_end(&answer, before) {
            Some(end) => break end,
            None if read == 0 || answer.len() > LONGEST_ANSWER => return Err(senseless()),
            None => {}
        }
    };
    let head = answer.split_to(end);
    let head = AnswerHead::parse(&head, false).map_err(|_| senseless())?;
    match head.status {
        200..300 => Ok(answer.freeze()),
        407 => Err(DialError::Proxy("it wants other credentials (407)".to_owned())),
        403 | 405 => Err(DialError::Site(SiteFault::NotAllowed)),
        504 => Err(DialError::Site(SiteFault::TimedOut)),
        400..600 => Err(DialError::Site(SiteFault::Other)),
        _ => Err(senseless()),
    }
}

/// SOCKS5; nothing comes behind the answer that was not asked for before.
pub(super) async fn socks5<S: Duplex + ?Sized>(
    stream: &mut S,
    target: &Target,
    credentials: Credentials<'_>,
) -> Result<(), DialError> {
    let password = credentials.is_some();
    say(stream, &socks5::ask_method(password)).await?;
    let mut said = [0; 2];
    stream.read_exact(&mut said).await.map_err(|error| broken(&error))?;
    if !socks5::method_taken(said, password).map_err(|_| senseless())? {
        return Err(DialError::Proxy("it wants other credentials".to_owned()));
    }
    if let Some((user, password)) = credentials {
        let login = socks5::ask_login(user, password.expose_secret())
            .ok_or_else(|| DialError::Proxy("its credentials are too long".to_owned()))?;
        say(stream, &login).await?;
        stream.read_exact(&mut said).await.map_err(|error| broken(&error))?;
        if said[1] != 0 {
            return Err(DialError::Proxy("it wants other credentials".to_owned()));
        }
    }
    say(stream, &socks5::ask_connect(target)).await?;
    match replied(stream).await? {
        socks5::Reply::Succeeded => Ok(()),
        socks5::Reply::NotAllowed => Err(DialError::Site(SiteFault::NotAllowed)),
        socks5::Reply::Refused => Err(DialError::Site(SiteFault::Refused)),
        socks5::Reply::TimedOut => Err(DialError::Site(SiteFault::TimedOut)),
        socks5::Reply::NetworkUnreachable | socks5::Reply::HostUnreachable => {
            Err(DialError::Site(SiteFault::Unreachable))
        }
        _ => Err(DialError::Site(SiteFault::Other)),
    }
}

async fn say<S: Duplex + ?Sized>(stream: &mut S, message: &[u8]) -> Result<(), DialError> {
    stream.write_all(message).await.map_err(|error| broken(&error))?;
    stream.flush().await.map_err(|error| broken(&error))
}

/// The length is known only from the reply, and what follows it belongs to the site.
async fn replied<S: Duplex + ?Sized>(stream: &mut S) -> Result<socks5::Reply, DialError> {
    let mut reply = Vec::with_capacity(22);
    loop {
        match socks5::reply(&reply).map_err(|_| senseless())? {
            Some((reply, _)) => return Ok(reply),
            None if reply.len() > socks5::LONGEST => return Err(senseless()),
            None => {}
        }
        // five bytes tell how long it is; the shortest has seven
        let least = if reply.len() < 5 { 5 - reply.len() } else { missing(&reply) };
        let start = reply.len();
        reply.resize(start + least, 0);
        stream.read_exact(&mut reply[start..]).await.map_err(|error| broken(&error))?;
    }
}

/// Bytes of the reply that have not come yet.
fn missing(reply: &[u8]) -> usize {
    let whole = match reply[3] {
        1 => 10,
        4 => 22,
        _ => 7 + usize::from(reply[4]),
    };
    whole.saturating_sub(reply.len()).max(1)
}

#[cfg(test)]
mod tests {
    use tokio::io::duplex;

    use super::*;

    fn target() -> Target {
        Target::parse("example.com:443", None).unwrap()
    }

    async fn connected(answer: &'static str) -> (Result<Bytes, DialError>, String) {
        let (mut near, mut far) = duplex(4096);
        let credentials = ("user".to_owned(), SecretString::from("pw"));
        let proxy = async {
            let mut asked = [0; 4096];
            let length = far.read(&mut asked).await.unwrap();
            far.write_all(answer.as_bytes()).await.unwrap();
            drop(far);
            String::from_utf8(asked[..length].to_vec()).unwrap()
        };
        let target = target();
        tokio::join!(connect(&mut near, &target, Some(&credentials)), proxy)
    }

    #[tokio::test]
    async fn what_comes_behind_the_consent_is_kept() {
        let (early, asked) = connected("HTTP/1.1 200 OK\r\nX: y\r\n\r\nSSH-2.0").await;
        assert_eq!(early.unwrap(), "SSH-2.0");
        assert_eq!(
            asked,
            "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\
             Proxy-Authorization: Basic dXNlcjpwdw==\r\n\r\n"
        );
    }

    #[tokio::test]
    async fn the_proxy_and_the_site_are_told_apart() {
        for answer in ["HTTP/1.1 407 No\r\n\r\n", "HTTP/1.1 200", "", "nonsense\r\n\r\n"] {
            let (found, _) = connected(answer).await;
            assert!(matches!(found, Err(DialError::Proxy(_))), "{answer}");
        }
        for (answer, fault) in [
            ("HTTP/1.1 502 No\r\n\r\n", SiteFault::Other),
            ("HTTP/1.1 504 No\r\n\r\n", SiteFault::TimedOut),
            ("HTTP/1.1 403 No\r\n\r\n", SiteFault::NotAllowed),
        ] {
            assert_eq!(connected(answer).await.0, Err(DialError::Site(fault)), "{answer}");
        }
    }

    #[tokio::test]
    async fn a_reply_is_read_to_its_end_and_no_further() {
        for reply in [
            &b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"[..],
            b"\x05\x00\x00\x03\x02ab\x00\x50",
            b"\x05\x00\x00\x03\x00\x00\x50",
            &[&b"\x05\x00\x00\x04"[..], &[0; 18]].concat(),
        ] {
            let (mut near, mut far) = duplex(4096);
            far.write_all(b"\x05\x00").await.unwrap();
            far.write_all(reply).await.unwrap();
            far.write_all(b"banner").await.unwrap();
            socks5(&mut near, &target(), None).await.unwrap();
            let mut rest = [0; 6];
            near.read_exact(&mut rest).await.unwrap();
            assert_eq!(&rest, b"banner", "{reply:?}");
        }
    }
}
