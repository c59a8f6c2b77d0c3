//! Hours and days that counts of a time are gathered by.

use std::time::Duration;

use super::Timestamp;

/// What one bucket covers, in UTC.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum BucketSpan {
    #[default]
    Hour,
    Day,
}

impl BucketSpan {
    pub const fn length(self) -> Duration {
        match self {
            Self::Hour => Duration::from_hours(1),
            Self::Day => Duration::from_hours(24),
        }
    }

    /// Buckets of one answer.
    pub const fn most(self) -> u32 {
        match self {
            Self::Hour => 31 * 24,
            Self::Day => 366,
        }
    }

    /// Microseconds.
    pub fn micros(self) -> i64 {
        i64::try_from(self.length().as_micros()).unwrap_or(i64::MAX)
    }

    /// The beginning of the bucket that the time falls into.
    pub fn beginning(self, at: Timestamp) -> Timestamp {
        let length = self.micros();
        Timestamp::from_micros(at.micros().div_euclid(length).saturating_mul(length))
    }

    /// The beginnings of as many buckets as an answer may have.
    pub fn starts(self, from: Timestamp) -> impl Iterator<Item = Timestamp> {
        (0..self.most()).map(move |place| from.plus(self.length() * place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_belongs_to_the_bucket_before_it_also_before_1970() {
        let at = Timestamp::from_millis;
        assert_eq!(BucketSpan::Hour.beginning(at(3_600_001)), at(3_600_000));
        assert_eq!(BucketSpan::Day.beginning(at(86_399_999)), at(0));
        assert_eq!(BucketSpan::Hour.beginning(at(-1)), at(-3_600_000));
        let starts: Vec<_> = BucketSpan::Day.starts(at(0)).collect();
        assert_eq!((starts.len(), starts[1]), (366, at(86_400_000)));
    }
}
