//! Lines of a head.

/// Where the head that begins the buffer ends, behind its empty line. `from` is how much of the
/// buffer was looked through before.
pub fn head_end(buffer: &[u8], from: usize) -> Option<usize> {
    let start = from.saturating_sub(3).min(buffer.len());
    memchr::memmem::find(&buffer[start..], b"\r\n\r\n").map(|at| start + at + 4)
}

/// Whether every line ends in CR LF and no other CR is there. Readers that differ on a lone CR or
/// LF see different requests in the same bytes.
pub(super) fn is_strict(head: &[u8]) -> bool {
    let ends = memchr::memchr2_iter(b'\r', b'\n', head);
    let mut after_cr = None;
    for at in ends {
        match (head[at], after_cr) {
            (b'\r', None) => after_cr = Some(at),
            (b'\n', Some(cr)) if cr + 1 == at => after_cr = None,
            _ => return false,
        }
    }
    after_cr.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_found_in_whatever_pieces_the_head_comes() {
        let head = b"GET / HTTP/1.1\r\nA: b\r\n\r\nbody";
        let end = head.len() - 4;
        for cut in 0..head.len() {
            assert_eq!(head_end(&head[..cut], 0).is_some(), cut >= end);
            assert_eq!(head_end(head, cut.min(end - 1)), Some(end), "{cut}");
        }
    }

    #[test]
    fn only_cr_lf_ends_a_line() {
        assert!(is_strict(b"a\r\nb\r\n\r\n"));
        for wrong in [&b"a\nb\r\n"[..], b"a\rb\r\n", b"a\r\r\nb", b"a\r\n\n", b"a\r"] {
            assert!(!is_strict(wrong), "{wrong:?}");
        }
    }
}
