//! The head of a client's request, and the one that goes on to the upstream proxy.
//!
//! What goes on is written anew from what was understood, never copied whole: nobody behind us
//! can find a second request in it.

use super::{
    Framing, Target,
    framing::{BadFraming, Lengths},
    lines::is_strict,
};

/// Header lines of a request.
const MOST_HEADERS: usize = 128;

/// Why a head is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadHead {
    Malformed(&'static str),
    TooManyHeaders,
    Version,
    Coding,
}

impl From<BadFraming> for BadHead {
    fn from(bad: BadFraming) -> Self {
        match bad {
            BadFraming::Conflict(what) => Self::Malformed(what),
            BadFraming::Coding => Self::Coding,
        }
    }
}

impl From<httparse::Error> for BadHead {
    fn from(error: httparse::Error) -> Self {
        match error {
            httparse::Error::TooManyHeaders => Self::TooManyHeaders,
            httparse::Error::Version => Self::Version,
            httparse::Error::HeaderName => Self::Malformed("a header name is malformed"),
            httparse::Error::HeaderValue => Self::Malformed("a header value is malformed"),
            _ => Self::Malformed("the request line is malformed"),
        }
    }
}

/// What a request asks the gateway to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked<'b> {
    Tunnel(Target),
    /// The path with its query, as it came; it may be empty or begin with `?`.
    Forward {
        target: Target,
        path: &'b str,
    },
}

/// How a request is written for whoever is next.
#[derive(Debug, Clone, Copy)]
pub enum Form<'a> {
    /// For a proxy, with the value of `Proxy-Authorization`.
    Absolute(Option<&'a str>),
    /// For the site itself, at the end of a tunnel.
    Origin,
}

/// A head that was understood.
#[derive(Debug)]
pub struct RequestHead<'b> {
    pub method: &'b str,
    pub asked: Asked<'b>,
    pub framing: Framing,
    /// The client may send another request on the connection.
    pub keep_alive: bool,
    /// HTTP/1.0, which knows no chunked answers.
    pub old: bool,
    /// The value of `Proxy-Authorization`.
    pub authorization: Option<&'b [u8]>,
    headers: Vec<(&'b str, &'b [u8])>,
}

impl<'b> RequestHead<'b> {
    /// Reads a head that ends with its empty line.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, BadHead> {
        if !is_strict(bytes) {
            return Err(BadHead::Malformed("lines must end in CR LF"));
        }
        let mut space = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut request = httparse::Request::new(&mut space);
        if !request.parse(bytes)?.is_complete() {
            return Err(BadHead::Malformed("the head is not whole"));
        }
        let (Some(method), Some(target), Some(version)) =
            (request.method, request.path, request.version)
        else {
            return Err(BadHead::Malformed("the request line is malformed"));
        };
        let found = Found::read(request.headers)?;
        let asked = asked(method, target)?;
        let lengths = found.lengths;
        let has_body = lengths.chunked || lengths.length.is_some();
        if has_body && matches!(asked, Asked::Tunnel(_)) {
            return Err(BadHead::Malformed("CONNECT has no body"));
        }
        let old = version == 0;
        if old && lengths.chunked {
            return Err(BadHead::Malformed("HTTP/1.0 has no chunked bodies"));
        }
        Ok(Self {
            method,
            asked,
            framing: lengths.of_request(),
            keep_alive: !old && !found.close,
            old,
            authorization: found.authorization,
            headers: found.onward(request.headers),
        })
    }

    /// Whether the request may be sent again when its first connection broke without an answer.
    pub fn is_repeatable(&self) -> bool {
        self.framing == Framing::None && matches!(self.method, "GET" | "HEAD" | "OPTIONS")
    }

    /// Writes the head that goes on. Does nothing for what asks for a tunnel.
    pub fn write(&self, out: &mut Vec<u8>, form: Form<'_>) {
        let Asked::Forward { target, path } = &self.asked else { return };
        let host = target.host_header();
        let mut put = |parts: &[&[u8]]| parts.iter().for_each(|part| out.extend_from_slice(part));
        put(&[self.method.as_bytes(), b" "]);
        if let Form::Absolute(_) = form {
            put(&[b"http://", host.as_bytes()]);
        }
        if !path.starts_with('/') {
            put(&[b"/"]);
        }
        let version: &[u8] = if self.old { b" HTTP/1.0\r\nHost: " } else { b" HTTP/1.1\r\nHost: " };
        put(&[path.as_bytes(), version, host.as_bytes(), b"\r\n"]);
        for (name, value) in &self.headers {
            put(&[name.as_bytes(), b": ", value, b"\r\n"]);
        }
        match self.framing {
            Framing::Length(length) => {
                put(&[b"Content-Length: ", length.to_string().as_bytes(), b"\r\n"]);
            }
            Framing::Chunked => put(&[b"Transfer-Encoding: chunked\r\n"]),
            Framing::None | Framing::UntilClose => {}
        }
        if let Form::Absolute(Some(credentials)) = form {
            put(&[b"Proxy-Authorization: ", credentials.as_bytes(), b"\r\n"]);
        }
        let end: &[u8] = if self.old { b"Connection: close\r\n\r\n" } else { b"\r\n" };
        put(&[end]);
    }
}

/// What the header lines say to us.
#[derive(Default)]
struct Found<'b> {
    lengths: Lengths,
    close: bool,
    authorization: Option<&'b [u8]>,
    hosts: usize,
    /// Names that a `Connection` header keeps to this connection.
    named: Vec<&'b str>,
}

impl<'b> Found<'b> {
    fn read(headers: &[httparse::Header<'b>]) -> Result<Self, BadHead> {
        let mut found = Self::default();
        for header in headers {
            found.one(header.name, header.value)?;
        }
        found.lengths = found.lengths.check()?;
        if found.hosts > 1 {
            return Err(BadHead::Malformed("Host is given twice"));
        }
        Ok(found)
    }

    fn one(&mut self, name: &str, value: &'b [u8]) -> Result<(), BadHead> {
        if name.eq_ignore_ascii_case("content-length") {
            self.lengths.content_length(value)?;
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            self.lengths.transfer_encoding(value)?;
        } else if name.eq_ignore_ascii_case("host") {
            self.hosts += 1;
        } else if name.eq_ignore_ascii_case("proxy-authorization") {
            if self.authorization.replace(value).is_some() {
                return Err(BadHead::Malformed("Proxy-Authorization is given twice"));
            }
        } else if is_connection(name) {
            for token in tokens(value) {
                self.close |= token.eq_ignore_ascii_case("close");
                self.named.push(token);
            }
        }
        Ok(())
    }

    fn onward(&self, headers: &[httparse::Header<'b>]) -> Vec<(&'b str, &'b [u8])> {
        let kept = headers.iter().filter(|header| !is_hop_by_hop(header.name, &self.named));
        kept.map(|header| (header.name, header.value)).collect()
    }
}

fn asked<'b>(method: &str, target: &'b str) -> Result<Asked<'b>, BadHead> {
    let malformed = |_| BadHead::Malformed("the target is not host:port");
    if method == "CONNECT" {
        return Ok(Asked::Tunnel(Target::parse(target, None).map_err(malformed)?));
    }
    let Some((scheme, rest)) = target.split_once("://") else {
        return Err(BadHead::Malformed("this is a proxy: ask for a whole address"));
    };
    if scheme.eq_ignore_ascii_case("https") {
        return Err(BadHead::Malformed("https goes through CONNECT"));
    }
    if !scheme.eq_ignore_ascii_case("http") || rest.contains('#') {
        return Err(BadHead::Malformed("only addresses with http:// can be asked for"));
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let target = Target::parse(&rest[..end], Some(80)).map_err(malformed)?;
    Ok(Asked::Forward { target, path: &rest[end..] })
}

pub(super) fn is_connection(name: &str) -> bool {
    name.eq_ignore_ascii_case("connection") || name.eq_ignore_ascii_case("proxy-connection")
}

pub(super) fn tokens(value: &[u8]) -> impl Iterator<Item = &str> {
    let parts = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    parts.filter_map(|part| std::str::from_utf8(part).ok()).filter(|part| !part.is_empty())
}

/// Headers that end here (RFC 9110, section 7.6.1), and those that are written anew.
pub(super) fn is_hop_by_hop(name: &str, named: &[&str]) -> bool {
    const HERE: [&str; 10] = [
        "host",
        "connection",
        "keep-alive",
        "proxy-connection",
        "proxy-authorization",
        "proxy-authenticate",
        "te",
        "upgrade",
        "transfer-encoding",
        "content-length",
    ];
    HERE.iter().chain(named).any(|here| name.eq_ignore_ascii_case(here))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head(text: &str) -> String {
        format!("{}\r\n\r\n", text.replace('\n', "\r\n"))
    }

    fn onward(text: &str, form: Form<'_>) -> String {
        let head = head(text);
        let mut out = Vec::new();
        RequestHead::parse(head.as_bytes()).unwrap().write(&mut out, form);
        String::from_utf8(out).unwrap().replace("\r\n", "\n")
    }

    fn refused(text: &str) -> BadHead {
        RequestHead::parse(head(text).as_bytes()).unwrap_err()
    }

    #[test]
    fn what_goes_on_is_written_anew() {
        let asked = "GET http://Example.com/a?b HTTP/1.1\nHost: other.example\nAccept: */*\n\
                     Proxy-Authorization: Basic cG9vbC1hOmI=\nConnection: keep-alive, X-Own\n\
                     X-Own: 1\nKeep-Alive: 5\nTE: trailers\nUpgrade: h2c";
        assert_eq!(
            onward(asked, Form::Absolute(Some("Basic eDp5"))),
            "GET http://example.com/a?b HTTP/1.1\nHost: example.com\nAccept: */*\n\
             Proxy-Authorization: Basic eDp5\n\n"
        );
        assert_eq!(
            onward("POST http://[::1]:81?x HTTP/1.1\nContent-Length: 05\nX: y", Form::Origin),
            "POST /?x HTTP/1.1\nHost: [::1]:81\nX: y\nContent-Length: 5\n\n"
        );
        assert_eq!(
            onward("GET http://a HTTP/1.0", Form::Absolute(None)),
            "GET http://a/ HTTP/1.0\nHost: a\nConnection: close\n\n"
        );
    }

    #[test]
    fn a_connection_header_cannot_take_the_framing_away() {
        let asked = "POST http://a/ HTTP/1.1\nConnection: content-length, host\nContent-Length: 3";
        assert!(onward(asked, Form::Origin).contains("Host: a\nContent-Length: 3\n"));
    }

    #[test]
    fn smuggled_requests_are_refused() {
        let get = "POST http://a/ HTTP/1.1\n";
        for lines in [
            "Content-Length: 5\nTransfer-Encoding: chunked",
            "Content-Length: 5\nContent-Length: 5",
            "Content-Length: 5, 5",
            "Content-Length: +5",
            "Content-Length: 0x5",
            "Content-Length: 99999999999999999999",
            "Content-Length:",
            "Transfer-Encoding: chunked\nTransfer-Encoding: chunked",
            "Transfer-Encoding : chunked",
            "Transfer-Encoding:\n chunked",
            "Host: a\nHost: b",
            "A\0: b",
            "Proxy-Authorization: Basic a\nProxy-Authorization: Basic b",
        ] {
            assert!(
                matches!(refused(&format!("{get}{lines}")), BadHead::Malformed(_)),
                "{lines:?}"
            );
        }
        for coding in
            ["gzip", "gzip, chunked", "chunked, chunked", "xchunked", "identity", "\x0bchunked"]
        {
            let bad = refused(&format!("{get}Transfer-Encoding: {coding}"));
            assert_ne!(bad, BadHead::Version, "{coding}");
        }
        for bare in
            ["GET http://a/ HTTP/1.1\nA: b\r\n\r\n", "GET http://a/ HTTP/1.1\r\nA: b\rC: d\r\n\r\n"]
        {
            assert!(RequestHead::parse(bare.as_bytes()).is_err(), "{bare:?}");
        }
    }

    #[test]
    fn only_what_a_proxy_is_asked_is_taken() {
        for line in [
            "GET / HTTP/1.1",
            "GET https://a/ HTTP/1.1",
            "GET ftp://a/ HTTP/1.1",
            "GET http:///x HTTP/1.1",
            "GET http://a/#b HTTP/1.1",
            "GET http://u:p@a/ HTTP/1.1",
            "GET http://a:0/ HTTP/1.1",
            "CONNECT a HTTP/1.1",
            "CONNECT http://a:1/ HTTP/1.1",
            "CONNECT a:1 HTTP/1.1\nContent-Length: 0",
            "POST http://a/ HTTP/1.0\nTransfer-Encoding: chunked",
        ] {
            assert!(matches!(refused(line), BadHead::Malformed(_)), "{line:?}");
        }
        assert_eq!(refused("GET http://a/ HTTP/2.0"), BadHead::Version);
        let many = format!("GET http://a/ HTTP/1.1{}", "\nA: b".repeat(200));
        assert_eq!(refused(&many), BadHead::TooManyHeaders);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = RequestHead::parse(&bytes);
        }

        /// Whatever the headers are, what goes on is one whole head that says the same.
        #[test]
        fn what_goes_on_can_be_read_again(
            names in prop::collection::vec("[A-Za-z-]{1,12}", 0..8),
            value in "[ -~]{0,20}",
            path in "(/[a-z?=&%0-9]{0,20})?",
        ) {
            let mut text = format!("POST http://a.example:81{path} HTTP/1.1");
            for name in &names {
                text.push_str(&format!("\n{name}: {value}"));
            }
            let head = head(&text);
            if let Ok(first) = RequestHead::parse(head.as_bytes()) {
                let mut out = Vec::new();
                first.write(&mut out, Form::Absolute(None));
                let again = RequestHead::parse(&out).unwrap();
                prop_assert_eq!(again.framing, first.framing);
                prop_assert_eq!(super::super::head_end(&out, 0), Some(out.len()));
            }
        }
    }
}
