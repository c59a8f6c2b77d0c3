//! Which of the ways that files were compressed in at build a client takes.

use axum::http::{HeaderMap, header::ACCEPT_ENCODING};

/// A way that files were compressed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    /// The smaller one first.
    const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// As headers name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// What the build puts behind the name of the file.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }

    /// Whether a path is that of a compressed file, which is only there in place of its original.
    pub fn is_compressed(path: &str) -> bool {
        Self::ALL.iter().any(|encoding| path.ends_with(encoding.suffix()))
    }

    /// What the client takes, what it would rather have first.
    pub fn accepted(headers: &HeaderMap) -> impl Iterator<Item = Self> {
        let wishes: Vec<_> = headers
            .get_all(ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(wish)
            .collect();
        let weight = |name: &str| {
            let named = |wanted: &str| wishes.iter().find(|(one, _)| one == wanted);
            named(name).or_else(|| named("*")).map_or(0, |(_, weight)| *weight)
        };
        let mut found = Self::ALL.map(|encoding| (weight(encoding.name()), encoding));
        found.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        found.into_iter().filter(|(weight, _)| *weight > 0).map(|(_, encoding)| encoding)
    }
}

/// `br;q=0.8` as its name and thousandths; nothing of what is no wish.
fn wish(text: &str) -> Option<(String, u16)> {
    let (name, rest) = text.split_once(';').unwrap_or((text, ""));
    let weight = match rest.trim().strip_prefix("q=") {
        Some(number) => thousandths(number.trim())?,
        None if rest.trim().is_empty() => 1000,
        None => return None,
    };
    Some((name.trim().to_ascii_lowercase(), weight))
}

/// `0.8` as 800.
fn thousandths(number: &str) -> Option<u16> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match whole {
        "0" => format!("{part:0<3}").parse().ok(),
        "1" => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn taken(value: &'static str) -> Vec<Encoding> {
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(value))]);
        Encoding::accepted(&headers).collect()
    }

    #[test]
    fn a_browser_gets_the_smaller_one() {
        assert_eq!(taken("gzip, deflate, br, zstd"), [Encoding::Brotli, Encoding::Gzip]);
    }

    #[test]
    fn weights_decide() {
        assert_eq!(taken("br;q=0.5, gzip;q=0.8"), [Encoding::Gzip, Encoding::Brotli]);
        assert_eq!(taken("br;q=0, *;q=0.001"), [Encoding::Gzip]);
        assert_eq!(taken("GZIP; q=1.000"), [Encoding::Gzip]);
    }

    #[test]
    fn who_takes_none_gets_none() {
        for value in ["identity", "", "zstd, deflate", "br;q=0", "br;q=2", "br;q=0.1234", "br;x"] {
            assert_eq!(taken(value), [], "{value}");
        }
        assert_eq!(Encoding::accepted(&HeaderMap::new()).count(), 0);
    }
}
