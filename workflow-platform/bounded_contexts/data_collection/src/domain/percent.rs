//! Percent-encoding in one spelling (RFC 3986, section 6.2.2).

/// Each byte of the text, and whether it was encoded. What only looks encoded is left.
pub(super) fn octets(text: &str) -> impl Iterator<Item = (u8, bool)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let byte = *bytes.get(at)?;
        if byte == b'%'
            && let Some(decoded) = hex_pair(bytes, at)
        {
            at += 3;
            return Some((decoded, true));
        }
        at += 1;
        Some((byte, false))
    })
}

fn hex_pair(bytes: &[u8], at: usize) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let high = digit(*bytes.get(at + 1)?)?;
    let low = digit(*bytes.get(at + 2)?)?;
    u8::try_from(high * 16 + low).ok()
}

pub(super) const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

pub(super) fn push_encoded(out: &mut String, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(HEX[usize::from(byte >> 4)]));
    out.push(char::from(HEX[usize::from(byte & 15)]));
}

/// What need not be encoded is not, and what is has capital digits. Everything else stays.
pub(super) fn normalised(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (byte, encoded) in octets(text) {
        if (encoded && !is_unreserved(byte)) || !byte.is_ascii() {
            push_encoded(&mut out, byte);
        } else {
            out.push(char::from(byte));
        }
    }
    out
}
