//! Mails as they arrived.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A mail as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMail {
    pub from: String,
    pub to: Vec<String>,
    /// Headers and body as sent, lines ending in CRLF.
    pub data: String,
    /// It came through TLS.
    pub secure: bool,
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
