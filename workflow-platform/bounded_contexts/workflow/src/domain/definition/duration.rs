//! Lengths of time as people write them.

use std::time::Duration;

/// Longest duration: ten years.
const LONGEST: Duration = Duration::from_hours(87840);

/// The text is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a duration such as 500ms, 90s, 30m, 1h30m or 7d, up to ten years")]
pub struct BadDuration;

/// Numbers with units `ms`, `s`, `m`, `h`, `d` and `w`, one after the other: `1h30m`.
pub fn parse_duration(text: &str) -> Result<Duration, BadDuration> {
    let mut total = Duration::ZERO;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(BadDuration);
    }
    while !rest.is_empty() {
        let (part, left) = part(rest)?;
        total = total.checked_add(part).filter(|total| *total <= LONGEST).ok_or(BadDuration)?;
        rest = left;
    }
    Ok(total)
}

fn part(text: &str) -> Result<(Duration, &str), BadDuration> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or(BadDuration)?;
    let number: u64 = text[..digits].parse().map_err(|_| BadDuration)?;
    let rest = &text[digits..];
    let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let millis: u64 = match &rest[..letters] {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 7 * 86_400_000,
        _ => return Err(BadDuration),
    };
    let millis = number.checked_mul(millis).ok_or(BadDuration)?;
    Ok((Duration::from_millis(millis), &rest[letters..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn units_add_up() {
        for (text, millis) in
            [("500ms", 500), ("90s", 90_000), ("1h30m", 5_400_000), ("2w", 1_209_600_000)]
        {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn what_has_no_unit_or_no_end_is_refused() {
        for text in ["", "5", "s", "1.5h", "-1s", "5 m", "99999999999999999999s", "11000d", "1y"] {
            assert_eq!(parse_duration(text), Err(BadDuration), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_duration_or_an_error(text in ".{0,30}") {
            let _ = parse_duration(&text);
        }
    }
}
