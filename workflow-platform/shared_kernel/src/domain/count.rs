//! Numbers as Chinese sites write them: 万, 亿, "- -", "10万+".

use serde::{Deserialize, Serialize};

/// A number read from a page, with what the page really said.
///
/// A number a site scrambles on purpose is not decoded: it has no value and is `protected`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Count {
    pub value: Option<u64>,
    /// As written on the page, without the white space around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The page rounded it ("1.2万") or gave a lower bound.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
    /// The value is at least this ("10万+").
    #[serde(default, skip_serializing_if = "is_false")]
    pub lower_bound: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub protected: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands references")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Count {
    /// A number given as a number.
    pub fn exact(value: u64) -> Self {
        Self { value: Some(value), ..Self::default() }
    }

    /// Reads a text that is a number, with or without a unit behind it ("569.44万字").
    /// `None` when it holds no number at its start.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_with_unit(text).map(|(count, _)| count)
    }

    /// As [`Count::parse`], and what stands behind the number ("9.8万月票" gives "月票").
    pub fn parse_with_unit(text: &str) -> Option<(Self, &str)> {
        let text = text.trim();
        let behind = text.trim_start_matches(|c: char| {
            is_scrambled(c) || c.is_ascii_digit() || matches!(c, '.' | ',')
        });
        if text.strip_suffix(behind).is_some_and(|number| number.contains(is_scrambled)) {
            let protected = Self { protected: true, ..Self::default() };
            return Some((protected, behind.trim_start_matches(['万', '亿', '+']).trim()));
        }
        if let Some(unit) = after_dashes(text) {
            let zero = Self { value: Some(0), text: Some(text.to_owned()), ..Self::default() };
            return Some((zero, unit));
        }
        let (whole, rest) = digits(text);
        if whole.is_empty() {
            return None;
        }
        let (fraction, rest) = match rest.strip_prefix(['.', '．']) {
            Some(behind) => digits(behind),
            None => (String::new(), rest),
        };
        let (power, rest) = magnitude(rest.trim_start());
        let (lower_bound, rest) = match rest.strip_prefix(['+', '＋']) {
            Some(behind) => (true, behind),
            None => (false, rest),
        };
        let count = Self {
            value: Some(scaled(&whole, &fraction, power)?),
            text: Some(text.to_owned()),
            approximate: power > 0 || lower_bound,
            lower_bound,
            protected: false,
        };
        Some((count, rest.trim_start()))
    }
}

/// Private-use and supplementary code points stand for digits in sites' scrambled fonts.
fn is_scrambled(c: char) -> bool {
    matches!(u32::from(c), 0xE000..=0xF8FF | 0x1_0000..)
}

/// What follows "--", "- -" or the like, which means nothing was counted.
fn after_dashes(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(['-', '—', '–', '－', ' ', '\u{a0}']);
    let marks = text.len() > rest.len() && text.starts_with(['-', '—', '–', '－']);
    (marks && !rest.starts_with(|c: char| c.is_ascii_digit())).then_some(rest)
}

/// Leading digits (full-width ones too, thousands separators dropped) and the rest.
fn digits(text: &str) -> (String, &str) {
    let mut found = String::new();
    let mut rest = text;
    loop {
        let mut chars = rest.chars();
        match chars.next() {
            Some(c @ '0'..='9') => found.push(c),
            Some(c @ '０'..='９') => {
                found.push(char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or('0'));
            }
            Some(',' | '，')
                if !found.is_empty()
                    && chars.clone().take(3).filter(char::is_ascii_digit).count() == 3 => {}
            _ => return (found, rest),
        }
        rest = chars.as_str();
    }
}

/// The power of ten a magnitude word stands for.
fn magnitude(text: &str) -> (u32, &str) {
    const WORDS: [(&str, u32); 8] = [
        ("万亿", 12),
        ("亿", 8),
        ("億", 8),
        ("千万", 7),
        ("百万", 6),
        ("万", 4),
        ("萬", 4),
        ("千", 3),
    ];
    for (word, power) in WORDS {
        if let Some(rest) = text.strip_prefix(word) {
            return (power, rest);
        }
    }
    match text.strip_prefix(['w', 'W']) {
        Some(rest) if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) => (4, rest),
        _ => (0, text),
    }
}

/// `whole.fraction × 10^power` in whole numbers, what is below one cut off.
fn scaled(whole: &str, fraction: &str, power: u32) -> Option<u64> {
    let unit = 10u64.checked_pow(power)?;
    let mut value = whole.parse::<u64>().ok()?.checked_mul(unit)?;
    let mut place = unit;
    for digit in fraction.chars().filter_map(|c| c.to_digit(10)) {
        place /= 10;
        value = value.checked_add(place.checked_mul(u64::from(digit))?)?;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(text: &str) -> Option<u64> {
        Count::parse(text).and_then(|count| count.value)
    }

    #[test]
    fn magnitudes_are_read_exactly() {
        assert_eq!(value("569.44万字"), Some(5_694_400));
        assert_eq!(value("1.2亿"), Some(120_000_000));
        assert_eq!(value("12,345"), Some(12_345));
        assert_eq!(value("300"), Some(300));
        assert_eq!(value("2.5"), Some(2));
        assert_eq!(value("１２万"), Some(120_000));
        assert_eq!(value("字数不详"), None);
        assert_eq!(value(""), None);
    }

    #[test]
    fn the_unit_stands_behind_the_number() {
        let (count, unit) = Count::parse_with_unit("9.8万月票").unwrap();
        assert_eq!((count.value, unit), (Some(98_000), "月票"));
        assert!(count.approximate && !count.lower_bound);
    }

    #[test]
    fn dashes_mean_nothing_was_counted() {
        assert_eq!(value("- -"), Some(0));
        assert_eq!(value("--"), Some(0));
        assert_eq!(value("-5"), None);
    }

    #[test]
    fn a_plus_makes_a_lower_bound() {
        let count = Count::parse("10万+").unwrap();
        assert_eq!(count.value, Some(100_000));
        assert!(count.lower_bound && count.approximate);
    }

    #[test]
    fn scrambled_digits_stay_unread() {
        let count = Count::parse("\u{1880D}\u{18811}.\u{18810}万").unwrap();
        assert_eq!(
            serde_json::to_value(count).unwrap(),
            serde_json::json!({"value": null, "protected": true})
        );
    }

    proptest! {
        #[test]
        fn a_whole_number_survives_its_text(n in 0u64..1_000_000_000_000) {
            prop_assert_eq!(value(&n.to_string()), Some(n));
        }

        #[test]
        fn hundredths_of_wan_survive_their_text(n in 0u64..1_000_000_000) {
            prop_assert_eq!(value(&format!("{}.{:02}万字", n / 100, n % 100)), Some(n * 100));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = Count::parse_with_unit(&text);
        }

        #[test]
        fn numbers_that_do_not_fit_are_not_guessed(tail in "[0-9]{20,30}") {
            prop_assert_eq!(value(&format!("9{tail}亿")), None);
        }
    }
}
