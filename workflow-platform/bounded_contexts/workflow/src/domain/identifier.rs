//! Names that can stand after a dot in an expression.

/// 1 to 64 of `A-Z a-z 0-9 _`, no digit first.
pub(crate) fn is_identifier(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !text.starts_with(|c: char| c.is_ascii_digit())
}
