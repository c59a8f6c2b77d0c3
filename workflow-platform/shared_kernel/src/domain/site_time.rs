//! Times as Chinese sites write them, all at +08:00: "刚刚", "3小时前", "昨日15:04", "06-27 15:04", "2026-06-27 15:04:05".

use std::time::Duration;

use super::Timestamp;
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// China has no daylight saving, and the site writes its own time.
const OFFSET_SECONDS: i32 = 8 * 3600;

/// Reads a time as Chinese sites write it. Relative ones, and dates without a year, are counted from
/// `seen_at`; without it they are unknown.
pub fn parse_time(text: &str, seen_at: Option<Timestamp>) -> Option<Timestamp> {
    let text = strip_label(text.trim());
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    if text.len() >= 10 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return from_epoch(text.parse().ok()?);
    }
    full_date(text).or_else(|| relative(text, seen_at?))
}

/// Seconds or milliseconds since 1970, told apart by size; zero and less mean unknown.
pub fn from_epoch(number: i64) -> Option<Timestamp> {
    match number {
        1..100_000_000_000 => Some(Timestamp::from_millis(number * 1000)),
        100_000_000_000..100_000_000_000_000 => Some(Timestamp::from_millis(number)),
        _ => None,
    }
}

fn strip_label(text: &str) -> &str {
    let label = text.trim_start_matches("最近").trim_start_matches("最后");
    label
        .trim_start_matches("更新")
        .trim_start_matches("时间")
        .trim_start_matches(['于', ':', '：', '·', ' '])
        .trim()
}

fn full_date(text: &str) -> Option<Timestamp> {
    let (date, clock) = match text.split_once([' ', 'T']) {
        Some((date, clock)) => (date, Some(clock.trim())),
        None => (text, None),
    };
    let date = date.replace(['年', '月', '/', '.'], "-").replace('日', "");
    let mut parts = date.split('-');
    let year = number(parts.next()?, 4..=4)?;
    let month = number(parts.next()?, 1..=2)?;
    let day = number(parts.next()?, 1..=2)?;
    if parts.next().is_some() {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let clock = clock.map_or(Some(NaiveTime::MIN), wall_clock)?;
    in_china(date.and_time(clock))
}

/// Words for days, and how many days ago they were.
const DAYS: [(&str, i64); 6] =
    [("昨日", 1), ("昨天", 1), ("今日", 0), ("今天", 0), ("前天", 2), ("前日", 2)];

fn relative(text: &str, seen_at: Timestamp) -> Option<Timestamp> {
    if text == "刚刚" {
        return Some(seen_at);
    }
    if let Some(ago) = text.strip_suffix('前') {
        return Some(seen_at.minus(span(ago)?));
    }
    let today = china(seen_at)?.date_naive();
    for (word, days) in DAYS {
        if let Some(clock) = text.strip_prefix(word) {
            let date = today.checked_sub_signed(TimeDelta::days(days))?;
            return in_china(date.and_time(day_clock(clock)?));
        }
    }
    month_and_day(text, today)
}

fn span(text: &str) -> Option<Duration> {
    const UNITS: [(&str, u64); 8] = [
        ("秒钟", 1),
        ("秒", 1),
        ("分钟", 60),
        ("分", 60),
        ("小时", 3600),
        ("天", 86_400),
        ("日", 86_400),
        ("周", 604_800),
    ];
    let (digits, seconds) =
        UNITS.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))?;
    let count = u64::from(number(digits.trim().trim_end_matches('个'), 1..=4)?);
    Some(Duration::from_secs(count * seconds))
}

/// The latest such day that is not after `today`.
fn month_and_day(text: &str, today: NaiveDate) -> Option<Timestamp> {
    let (date, clock) = text.split_once(' ').unwrap_or((text, ""));
    let date = date.replace(['月', '/'], "-").replace('日', "");
    let (month, day) = date.split_once('-')?;
    let (month, day) = (number(month, 1..=2)?, number(day, 1..=2)?);
    let clock = day_clock(clock)?;
    // eight years reach the last 29 February across a century that has none
    let date = (0..=8)
        .filter_map(|back| NaiveDate::from_ymd_opt(today.year() - back, month, day))
        .find(|date| *date <= today)?;
    in_china(date.and_time(clock))
}

/// A time of day, midnight when there is none.
fn day_clock(text: &str) -> Option<NaiveTime> {
    match text.trim() {
        "" => Some(NaiveTime::MIN),
        clock => wall_clock(clock),
    }
}

fn wall_clock(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split([':', '：']);
    let hour = number(parts.next()?, 1..=2)?;
    let minute = number(parts.next()?, 2..=2)?;
    let second = parts.next().map_or(Some(0), |second| number(second, 2..=2))?;
    parts.next().is_none().then(|| NaiveTime::from_hms_opt(hour, minute, second))?
}

fn number(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && length.contains(&text.len());
    plain.then(|| text.parse().ok())?
}

fn china(at: Timestamp) -> Option<DateTime<FixedOffset>> {
    Some(at.to_chrono().with_timezone(&FixedOffset::east_opt(OFFSET_SECONDS)?))
}

fn in_china(local: NaiveDateTime) -> Option<Timestamp> {
    let at = local.and_local_timezone(FixedOffset::east_opt(OFFSET_SECONDS)?).single()?;
    Some(at.to_utc().into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// 2026-03-02 10:30:00 in China, a day after the end of February.
    const SEEN: &str = "2026-03-02T02:30:00Z";

    fn read(text: &str) -> Option<String> {
        parse_time(text, SEEN.parse().ok()).map(|at| at.to_string().replace(".000000Z", "Z"))
    }

    #[rstest]
    #[case("刚刚", "2026-03-02T02:30:00Z")]
    #[case("5分钟前", "2026-03-02T02:25:00Z")]
    #[case("更新时间:3小时前", "2026-03-01T23:30:00Z")]
    #[case("2天前", "2026-02-28T02:30:00Z")]
    #[case("昨日15:04", "2026-03-01T07:04:00Z")]
    #[case("前天 00:10", "2026-02-27T16:10:00Z")]
    #[case("03-01 09:00", "2026-03-01T01:00:00Z")]
    #[case("06-27 15:04", "2025-06-27T07:04:00Z")]
    #[case("02-29", "2024-02-28T16:00:00Z")]
    #[case("2025-10-29", "2025-10-28T16:00:00Z")]
    #[case("2025-10-29 15:04", "2025-10-29T07:04:00Z")]
    #[case("2025-10-29 15:04:05", "2025-10-29T07:04:05Z")]
    #[case("2025年1月9日", "2025-01-08T16:00:00Z")]
    #[case("1761721445", "2025-10-29T07:04:05Z")]
    #[case("1761721445000", "2025-10-29T07:04:05Z")]
    fn the_sites_times_are_read(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(read(text).as_deref(), Some(expected));
    }

    #[rstest]
    #[case("")]
    #[case("待定")]
    #[case("2025-13-01")]
    #[case("2025-10-29 25:00")]
    #[case("昨日晚上")]
    #[case("99999999小时前")]
    #[case("0")]
    fn what_is_no_time_stays_unknown(#[case] text: &str) {
        assert_eq!(read(text), None);
    }

    #[test]
    fn relative_times_need_the_time_of_sight() {
        assert_eq!(parse_time("3小时前", None), None);
        assert_eq!(parse_time("06-27 15:04", None), None);
        assert!(parse_time("2025-06-27 15:04", None).is_some());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            let _ = parse_time(&text, SEEN.parse().ok());
        }

        #[test]
        fn nearly_times_do_not_panic(text in "[0-9年月日:前天昨小时分 -]{0,16}") {
            let _ = parse_time(&text, SEEN.parse().ok());
        }

        #[test]
        fn every_minute_survives_its_text(minutes in 0i64..80_000_000) {
            let at = Timestamp::from_millis(minutes * 60_000);
            let text = china(at).unwrap().format("%Y-%m-%d %H:%M").to_string();
            prop_assert_eq!(parse_time(&text, None), Some(at));
        }

        #[test]
        fn a_day_without_a_year_is_within_the_past_year(days in 0u64..364) {
            let seen: Timestamp = SEEN.parse().unwrap();
            let at = seen.minus(Duration::from_secs(days * 86_400));
            let text = china(at).unwrap().format("%m-%d %H:%M").to_string();
            prop_assert_eq!(parse_time(&text, Some(seen)), Some(at));
        }
    }
}
