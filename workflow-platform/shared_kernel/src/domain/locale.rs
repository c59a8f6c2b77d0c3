//! The two languages the product speaks.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Language of messages and mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Locale {
    #[default]
    #[serde(rename = "zh-CN")]
    ZhCn,
    #[serde(rename = "en")]
    En,
}

impl Locale {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// The best of an `Accept-Language` header (RFC 9110, section 12.5.4), or `fallback`.
    pub fn negotiate(header: Option<&str>, fallback: Self) -> Self {
        let Some(header) = header else { return fallback };
        let mut best: Option<(f32, Self)> = None;
        for range in header.split(',').take(32) {
            let mut parts = range.split(';');
            let Ok(locale) = parts.next().unwrap_or_default().trim().parse() else { continue };
            let quality = parts
                .find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok())
                .unwrap_or(1.0);
            if quality > 0.0 && best.is_none_or(|(top, _)| quality > top) {
                best = Some((quality, locale));
            }
        }
        best.map_or(fallback, |(_, locale)| locale)
    }
}

/// The tag names no language the product speaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown language")]
pub struct UnknownLocale;

impl FromStr for Locale {
    type Err = UnknownLocale;

    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        match tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "zh" => Ok(Self::ZhCn),
            "en" => Ok(Self::En),
            _ => Err(UnknownLocale),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_wins() {
        let pick = |header| Locale::negotiate(Some(header), Locale::ZhCn);
        assert_eq!(pick("en-GB,en;q=0.9,zh;q=0.8"), Locale::En);
        assert_eq!(pick("en;q=0.1, zh-CN"), Locale::ZhCn);
        assert_eq!(pick("fr, de"), Locale::ZhCn);
        assert_eq!(pick("en;q=0"), Locale::ZhCn);
    }
}
