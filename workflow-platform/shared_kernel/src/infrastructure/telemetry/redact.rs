//! Masks what looks like a secret: the last guard, for what should not have been said.

use std::{
    borrow::Cow,
    io::{self, Write},
    sync::LazyLock,
};

use regex::Regex;
use tracing_subscriber::fmt::MakeWriter;

/// Fields whose value is never shown.
const SECRET: [&str; 11] = [
    "password",
    "passwd",
    "secret",
    "token",
    "access_token",
    "refresh_token",
    "authorization",
    "proxy_authorization",
    "cookie",
    "set_cookie",
    "api_key",
];

pub(super) fn is_secret(field: &str) -> bool {
    SECRET.iter().any(|secret| field.eq_ignore_ascii_case(secret))
}

/// Credentials within an address, bearer and basic tokens, JSON Web Tokens, API keys of the platform,
/// keys of Stripe.
static LOOKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?P<before>[A-Za-z][A-Za-z0-9+.-]*://)[^/\s@\x22\\]+@|(?P<scheme>(?i:bearer|basic) )[A-Za-z0-9._~+/=-]{12,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+|(?P<kind>wfp_|whsec_|sk_live_|sk_test_|rk_live_)[A-Za-z0-9_]{8,}",
    )
    .ok()
});

/// Text that no secret of these looks can be in needs no search.
fn may_hold(text: &str) -> bool {
    ["://", "eyJ", "earer ", "asic ", "wfp_", "whsec_", "sk_", "rk_", "EARER ", "ASIC "]
        .iter()
        .any(|mark| text.contains(mark))
}

pub(super) fn redact(text: &str) -> Cow<'_, str> {
    let Some(looks) = LOOKS.as_ref().filter(|_| may_hold(text)) else { return text.into() };
    looks.replace_all(text, |found: &regex::Captures<'_>| {
        let kept = |name| found.name(name).map_or("", |part| part.as_str());
        if found.name("before").is_some() {
            return format!("{}***@", kept("before"));
        }
        format!("{}{}***", kept("scheme"), kept("kind"))
    })
}

/// Masks each line before it is written.
pub(super) struct Redacted<M>(pub M);

/// Writes masked lines. A line comes in one piece.
pub(super) struct Masking<W>(W);

impl<W: Write> Write for Masking<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.0.write_all(redact(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacted<M> {
    type Writer = Masking<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Masking(self.0.make_writer())
    }

    fn make_writer_for(&'a self, meta: &tracing::Metadata<'_>) -> Self::Writer {
        Masking(self.0.make_writer_for(meta))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_and_the_rest_is_left() {
        let cases = [
            ("postgres://u:p@db/x failed", "postgres://***@db/x failed"),
            ("redis://:p@cache", "redis://***@cache"),
            ("https://site.example/a?b=c@d", "https://site.example/a?b=c@d"),
            ("Authorization: bearer abcdefghijklmno", "Authorization: bearer ***"),
            ("basic facts", "basic facts"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "***"),
            ("key wfp_01KGHGbDCjuHuGfGWgjGhb_abc", "key wfp_***"),
            ("whsec_0123456789", "whsec_***"),
            ("nothing here", "nothing here"),
        ];
        for (said, shown) in cases {
            assert_eq!(redact(said), shown);
        }
    }
}
