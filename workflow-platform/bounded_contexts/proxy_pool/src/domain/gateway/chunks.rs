//! The framing of a chunked body (RFC 9112, section 7.1), followed without taking it apart: the
//! bytes go on as they came, once it is sure where they end.

/// Bytes of the extensions of one chunk.
const MOST_EXTENSION: u32 = 1024;
/// Bytes of all trailer fields.
const MOST_TRAILER: u32 = 8192;
/// Hexadecimal digits of a chunk's size.
const MOST_DIGITS: u8 = 15;

/// The body is not chunked as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the chunked body is malformed")]
pub struct BadChunk;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Size { value: u64, digits: u8 },
    Extension { value: u64, length: u32 },
    SizeLf { value: u64 },
    Data { left: u64 },
    DataCr,
    DataLf,
    LineStart,
    Trailer,
    TrailerLf,
    EndLf,
    Done,
}

/// Where in a chunked body we are.
#[derive(Debug, Clone)]
pub struct Chunks {
    state: State,
    trailer: u32,
}

impl Default for Chunks {
    fn default() -> Self {
        Self { state: State::Size { value: 0, digits: 0 }, trailer: 0 }
    }
}

impl Chunks {
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// How many of the bytes belong to the body.
    pub fn scan(&mut self, bytes: &[u8]) -> Result<usize, BadChunk> {
        let mut at = 0;
        while at < bytes.len() && self.state != State::Done {
            if let State::Data { left } = self.state {
                let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len() - at);
                at += here;
                let left = left - here as u64;
                self.state = if left == 0 { State::DataCr } else { State::Data { left } };
            } else {
                self.state = self.step(bytes[at])?;
                at += 1;
            }
        }
        Ok(at)
    }

    fn step(&mut self, byte: u8) -> Result<State, BadChunk> {
        Ok(match (self.state, byte) {
            (State::Size { value, digits }, _) => size(value, digits, byte)?,
            (State::Extension { value, .. }, b'\r') => State::SizeLf { value },
            (State::Extension { value, length }, byte)
                if is_text(byte) && length < MOST_EXTENSION =>
            {
                State::Extension { value, length: length + 1 }
            }
            (State::SizeLf { value: 0 }, b'\n') => State::LineStart,
            (State::SizeLf { value }, b'\n') => State::Data { left: value },
            (State::DataCr, b'\r') => State::DataLf,
            (State::DataLf, b'\n') => State::Size { value: 0, digits: 0 },
            (State::LineStart, b'\r') => State::EndLf,
            (State::Trailer, b'\r') => State::TrailerLf,
            (State::LineStart | State::Trailer, byte)
                if is_text(byte) && self.trailer < MOST_TRAILER =>
            {
                self.trailer += 1;
                State::Trailer
            }
            (State::TrailerLf, b'\n') => State::LineStart,
            (State::EndLf, b'\n') => State::Done,
            _ => return Err(BadChunk),
        })
    }
}

fn size(value: u64, digits: u8, byte: u8) -> Result<State, BadChunk> {
    let digit = char::from(byte).to_digit(16);
    match (digit, byte) {
        (Some(digit), _) if digits < MOST_DIGITS => {
            Ok(State::Size { value: value << 4 | u64::from(digit), digits: digits + 1 })
        }
        (None, b'\r') if digits > 0 => Ok(State::SizeLf { value }),
        (None, b';') if digits > 0 => Ok(State::Extension { value, length: 0 }),
        _ => Err(BadChunk),
    }
}

fn is_text(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_body_ends_where_its_framing_says() {
        for body in [
            &b"0\r\n\r\n"[..],
            b"5\r\nhello\r\n0\r\n\r\n",
            b"a;x=\"y\"\r\n0123456789\r\n0\r\nDigest: x\r\nB: c\r\n\r\n",
        ] {
            let mut chunks = Chunks::default();
            let with_more = [body, b"GET / HTTP/1.1\r\n"].concat();
            assert_eq!(chunks.scan(&with_more), Ok(body.len()));
            assert!(chunks.is_done());
        }
    }

    #[test]
    fn what_others_might_read_otherwise_is_refused() {
        for body in [
            "\r\n",
            "x\r\n",
            "-1\r\n",
            "0x5\r\n",
            " 5\r\n",
            "5 \r\n",
            "5\nhello",
            "5\r\nhelloX",
            "5\r\nhello\n",
            "ffffffffffffffff\r\n",
            "0\n\n",
            "0\r\nA: b\n",
            "0\r\nA: b\r\r\n",
            "5;a\nhello",
        ] {
            let mut chunks = Chunks::default();
            assert_eq!(chunks.scan(body.as_bytes()), Err(BadChunk), "{body:?}");
        }
        let endless = format!("5;{}", "x".repeat(2000));
        assert_eq!(Chunks::default().scan(endless.as_bytes()), Err(BadChunk));
        let endless = format!("0\r\n{}", "A: b\r\n".repeat(3000));
        assert_eq!(Chunks::default().scan(endless.as_bytes()), Err(BadChunk));
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter_and_nothing_panics(
            bytes in prop::collection::vec(prop::sample::select(b"0123afF;=x \r\n".to_vec()), 0..200),
            cuts in prop::collection::vec(1_usize..20, 0..40),
        ) {
            let mut whole = Chunks::default();
            let expected = whole.scan(&bytes);
            let (mut pieces, mut rest, mut taken) = (Chunks::default(), &bytes[..], Ok(0));
            for cut in cuts.into_iter().chain([bytes.len()]) {
                let (piece, behind) = rest.split_at(cut.min(rest.len()));
                match pieces.scan(piece) {
                    Ok(used) => {
                        taken = taken.map(|sum| sum + used);
                        if used < piece.len() { break; }
                    }
                    Err(error) => { taken = Err(error); break; }
                }
                rest = behind;
            }
            prop_assert_eq!(taken, expected);
            if expected.is_ok() {
                prop_assert_eq!(pieces.is_done(), whole.is_done());
            }
        }
    }
}
