//! Limits per month begin anew with each calendar month in UTC.

use chrono::{Datelike as _, NaiveDate, NaiveTime};
use shared_kernel::domain::Timestamp;

/// The first instant of the month `at` lies in.
pub fn beginning_of_month(at: Timestamp) -> Timestamp {
    let date = at.to_chrono().date_naive();
    let first = date.with_day(1).unwrap_or(date);
    first.and_time(NaiveTime::MIN).and_utc().into()
}

/// The first instant of the month after the one `at` lies in.
pub fn end_of_month(at: Timestamp) -> Timestamp {
    let date = at.to_chrono().date_naive();
    let (year, month) =
        if date.month() == 12 { (date.year() + 1, 1) } else { (date.year(), date.month() + 1) };
    let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(date);
    first.and_time(NaiveTime::MIN).and_utc().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_where_the_next_begins() {
        for (at, end) in [
            ("2026-11-23T15:00:00Z", "2026-12-01T00:00:00Z"),
            ("2026-12-31T23:59:59.999999Z", "2027-01-01T00:00:00Z"),
            ("2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"),
        ] {
            let end: Timestamp = end.parse().unwrap();
            let at = at.parse().unwrap();
            assert_eq!(end_of_month(at), end);
            assert_eq!(end_of_month(beginning_of_month(at)), end);
        }
    }
}
