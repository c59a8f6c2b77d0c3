//! The passwords that people use most.

use std::{io::Read as _, sync::LazyLock};

use flate2::read::GzDecoder;

static PACKED: &[u8] = include_bytes!("../../assets/common-passwords.txt.gz");

/// Sorted, in lower case, one a line; unpacked when the first password is judged. A list that
/// cannot be unpacked is empty: a test says so.
static LIST: LazyLock<String> = LazyLock::new(|| {
    let mut text = String::new();
    match GzDecoder::new(PACKED).read_to_string(&mut text) {
        Ok(_) => text,
        Err(_) => String::new(),
    }
});

/// Where the lines begin.
static LINES: LazyLock<Vec<&'static str>> = LazyLock::new(|| LIST.lines().collect());

/// Whether the password is on the list, whatever its case.
pub(super) fn is_common(password: &str) -> bool {
    LINES.binary_search(&password.to_lowercase().as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_knows_what_everybody_uses() {
        assert!(LINES.len() > 8000 && LINES.is_sorted());
        for common in ["password", "PassWord1", "12345678", "iloveyou", "trustno1"] {
            assert!(is_common(common), "{common}");
        }
        assert!(!is_common("correct horse battery"));
    }
}
