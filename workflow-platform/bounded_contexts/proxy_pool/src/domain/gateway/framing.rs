//! How long a body is (RFC 9112, section 6), read so that nobody behind us can read it otherwise.

/// Where a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    None,
    Length(u64),
    Chunked,
    /// Answers only: the body ends with the connection.
    UntilClose,
}

/// Content-Length and Transfer-Encoding contradict each other or cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadFraming {
    Conflict(&'static str),
    /// A transfer coding other than `chunked`.
    Coding,
}

/// What the two headers said so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lengths {
    pub length: Option<u64>,
    pub chunked: bool,
}

impl Lengths {
    /// The second Content-Length is refused, even when it says the same.
    pub fn content_length(&mut self, value: &[u8]) -> Result<(), BadFraming> {
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        let text = std::str::from_utf8(value).ok().filter(|_| digits);
        let length = text.and_then(|text| text.parse().ok());
        let length = length.ok_or(BadFraming::Conflict("Content-Length is not one number"))?;
        if self.length.replace(length).is_some() {
            return Err(BadFraming::Conflict("Content-Length is given twice"));
        }
        Ok(())
    }

    pub fn transfer_encoding(&mut self, value: &[u8]) -> Result<(), BadFraming> {
        if !value.eq_ignore_ascii_case(b"chunked") {
            return Err(BadFraming::Coding);
        }
        if std::mem::replace(&mut self.chunked, true) {
            return Err(BadFraming::Conflict("Transfer-Encoding is given twice"));
        }
        Ok(())
    }

    /// Both together are what smuggled requests are made of.
    pub fn check(self) -> Result<Self, BadFraming> {
        if self.chunked && self.length.is_some() {
            return Err(BadFraming::Conflict(
                "Content-Length and Transfer-Encoding are both given",
            ));
        }
        Ok(self)
    }

    /// What a request with these headers brings.
    pub fn of_request(self) -> Framing {
        match (self.chunked, self.length) {
            (true, _) => Framing::Chunked,
            (false, Some(length)) => Framing::Length(length),
            (false, None) => Framing::None,
        }
    }
}
