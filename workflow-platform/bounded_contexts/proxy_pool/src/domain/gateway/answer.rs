//! The head of an answer, and the one that goes back to the client.

use super::{
    Framing,
    framing::Lengths,
    head::{is_connection, is_hop_by_hop, tokens},
};

/// Header lines of an answer.
const MOST_HEADERS: usize = 256;

/// What came is no answer that can be passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer is no HTTP that can be passed on")]
pub struct BadAnswer;

/// A head that was understood.
#[derive(Debug)]
pub struct AnswerHead<'b> {
    pub status: u16,
    pub framing: Framing,
    /// The connection it came on may carry another request, of anybody.
    pub keep_alive: bool,
    reason: &'b str,
    length: Option<u64>,
    headers: Vec<(&'b str, &'b [u8])>,
}

impl<'b> AnswerHead<'b> {
    /// Reads a head that ends with its empty line. `to_head` is whether HEAD was asked, whose
    /// answers have no body whatever they say.
    pub fn parse(bytes: &'b [u8], to_head: bool) -> Result<Self, BadAnswer> {
        let mut space = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut response = httparse::Response::new(&mut space);
        match response.parse(bytes) {
            Ok(httparse::Status::Complete(length)) if length == bytes.len() => {}
            _ => return Err(BadAnswer),
        }
        let (Some(status), Some(version)) = (response.code, response.version) else {
            return Err(BadAnswer);
        };
        let mut lengths = Lengths::default();
        let (mut keep_alive, mut named, mut bound) = (version == 1, Vec::new(), false);
        for header in &*response.headers {
            let (name, value) = (header.name, header.value);
            if name.eq_ignore_ascii_case("content-length") {
                lengths.content_length(value).map_err(|_| BadAnswer)?;
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                lengths.transfer_encoding(value).map_err(|_| BadAnswer)?;
            } else if is_connection(name) {
                for token in tokens(value) {
                    keep_alive &= !token.eq_ignore_ascii_case("close");
                    keep_alive |= token.eq_ignore_ascii_case("keep-alive");
                    named.push(token);
                }
            } else if name.eq_ignore_ascii_case("www-authenticate") {
                bound |= binds_connection(value);
            }
        }
        let lengths = lengths.check().map_err(|_| BadAnswer)?;
        let bodiless = to_head || status < 200 || matches!(status, 204 | 304);
        let framing = match (lengths.chunked, lengths.length) {
            _ if bodiless => Framing::None,
            (true, _) => Framing::Chunked,
            (false, Some(length)) => Framing::Length(length),
            (false, None) => Framing::UntilClose,
        };
        let kept = response.headers.iter().filter(|header| !is_hop_by_hop(header.name, &named));
        let headers = kept.map(|header| (header.name, header.value)).collect();
        Ok(Self {
            status,
            framing,
            keep_alive: keep_alive && !bound && framing != Framing::UntilClose,
            reason: response.reason.unwrap_or_default(),
            length: lengths.length,
            headers,
        })
    }

    /// Answers before the answer (100, 103).
    pub fn is_interim(&self) -> bool {
        self.status < 200
    }

    /// Writes the head for the client. `close` is whether the connection ends with the answer.
    pub fn write(&self, out: &mut Vec<u8>, close: bool) {
        let mut put = |parts: &[&[u8]]| parts.iter().for_each(|part| out.extend_from_slice(part));
        let status = self.status.to_string();
        put(&[b"HTTP/1.1 ", status.as_bytes(), b" ", self.reason.as_bytes(), b"\r\n"]);
        for (name, value) in &self.headers {
            put(&[name.as_bytes(), b": ", value, b"\r\n"]);
        }
        if let Some(length) = self.length {
            put(&[b"Content-Length: ", length.to_string().as_bytes(), b"\r\n"]);
        }
        if self.framing == Framing::Chunked {
            put(&[b"Transfer-Encoding: chunked\r\n"]);
        }
        if close && !self.is_interim() {
            put(&[b"Connection: close\r\n"]);
        }
        put(&[b"\r\n"]);
    }
}

/// Schemes that sign in a connection instead of a request: such a connection is nobody else's.
fn binds_connection(value: &[u8]) -> bool {
    let scheme = value.split(|byte| *byte == b' ' || *byte == b',').next().unwrap_or_default();
    [&b"ntlm"[..], b"negotiate"].iter().any(|one| scheme.eq_ignore_ascii_case(one))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str, to_head: bool) -> Result<(Framing, bool), BadAnswer> {
        let text = format!("{}\r\n\r\n", text.replace('\n', "\r\n"));
        AnswerHead::parse(text.as_bytes(), to_head).map(|head| (head.framing, head.keep_alive))
    }

    #[test]
    fn the_end_of_an_answer_is_known_before_it_comes() {
        for (text, expected) in [
            ("HTTP/1.1 200 OK\nContent-Length: 5", (Framing::Length(5), true)),
            ("HTTP/1.1 200 OK\nContent-Length: 5\nConnection: close", (Framing::Length(5), false)),
            ("HTTP/1.0 200 OK\nContent-Length: 5", (Framing::Length(5), false)),
            (
                "HTTP/1.0 200 OK\nContent-Length: 5\nConnection: Keep-Alive",
                (Framing::Length(5), true),
            ),
            ("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", (Framing::Chunked, true)),
            ("HTTP/1.1 200 OK", (Framing::UntilClose, false)),
            ("HTTP/1.1 204 No Content\nContent-Length: 5", (Framing::None, true)),
            ("HTTP/1.1 304 Not Modified\nContent-Length: 5", (Framing::None, true)),
            (
                "HTTP/1.1 401 No\nContent-Length: 0\nWWW-Authenticate: NTLM",
                (Framing::Length(0), false),
            ),
        ] {
            assert_eq!(parsed(text, false), Ok(expected), "{text}");
        }
        assert_eq!(parsed("HTTP/1.1 200 OK\nContent-Length: 5", true), Ok((Framing::None, true)));
        for wrong in [
            "HTTP/1.1 200 OK\nContent-Length: 5\nTransfer-Encoding: chunked",
            "HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 6",
            "HTTP/1.1 200 OK\nTransfer-Encoding: gzip, chunked",
            "SSH-2.0-OpenSSH_9.2",
        ] {
            assert_eq!(parsed(wrong, false), Err(BadAnswer), "{wrong}");
        }
    }

    #[test]
    fn the_client_gets_what_is_the_sites_own() {
        let text =
            b"HTTP/1.1 200 Fine\r\nServer: s\r\nKeep-Alive: timeout=5\r\nConnection: X-Hop\r\n\
                     X-Hop: 1\r\nProxy-Authenticate: Basic\r\nContent-Length: 7\r\n\r\n";
        let head = AnswerHead::parse(text, false).unwrap();
        let mut out = Vec::new();
        head.write(&mut out, true);
        let expected =
            "HTTP/1.1 200 Fine\r\nServer: s\r\nContent-Length: 7\r\nConnection: close\r\n\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = AnswerHead::parse(&[b"HTTP/1.1 ", &bytes[..]].concat(), false);
        }
    }
}
