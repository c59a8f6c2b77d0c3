//! How the caller's executions ended over a time.

use std::{sync::Arc, time::Duration};

use shared_kernel::{
    application::Principal,
    domain::{Ambient, BucketSpan, Permission, Timestamp},
};

use super::{EndCounts, Ends};
use crate::{
    application::executions::{Executions, ExecutionsError},
    domain::execution::Status,
};

/// Unfinished executions are counted up to so many.
const MOST_UNFINISHED: u64 = 10_000;
const DAY: Duration = Duration::from_hours(24);

/// The time that is asked about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// A day before the end unless given.
    pub from: Option<Timestamp>,
    /// Now unless given.
    pub before: Option<Timestamp>,
    pub span: BucketSpan,
}

/// Ends of one hour or day, and where those that were asked for in it and have not ended stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bucket {
    pub starts_at: Timestamp,
    pub pending: u64,
    pub running: u64,
    pub waiting: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub cancelled: u64,
    pub timed_out: u64,
}

impl Bucket {
    fn empty(starts_at: Timestamp) -> Self {
        Self { starts_at, ..Self::default() }
    }

    const fn add(&mut self, status: Status, count: u64) {
        let place = match status {
            Status::Succeeded => &mut self.succeeded,
            Status::Failed => &mut self.failed,
            Status::Cancelled => &mut self.cancelled,
            Status::TimedOut => &mut self.timed_out,
            Status::Pending => &mut self.pending,
            Status::Running => &mut self.running,
            Status::Waiting => &mut self.waiting,
        };
        *place = place.saturating_add(count);
    }
}

/// How executions ended, and how many have not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    pub span: BucketSpan,
    /// Executions that have not ended now, counted up to 10,000.
    pub unfinished: u64,
    /// All of the range in their order, those without anything too.
    pub buckets: Vec<Bucket>,
}

/// Shows statistics of executions.
#[derive(Clone)]
pub struct StatisticsService {
    pub(crate) counts: Arc<dyn EndCounts>,
    pub(crate) executions: Arc<dyn Executions>,
    pub(crate) ambient: Ambient,
}

impl StatisticsService {
    /// Of the caller's executions.
    pub async fn show(
        &self,
        who: &Principal,
        wanted: Wanted,
    ) -> Result<Statistics, ExecutionsError> {
        who.require(Permission::WorkflowRead)?;
        let span = wanted.span;
        let before = wanted.before.unwrap_or_else(|| self.ambient.now());
        let from = span.beginning(wanted.from.unwrap_or_else(|| before.minus(DAY)));
        let mut buckets = empty(span, from, before)?;
        let ends = self.counts.between(who.owner(), from, before).await?;
        fill(&mut buckets, span, &ends);
        let open = self.counts.under_way(who.owner(), from, MOST_UNFINISHED).await?;
        fill(&mut buckets, span, &open);
        let unfinished = self.executions.unfinished(who.owner(), MOST_UNFINISHED).await?;
        Ok(Statistics { span, unfinished, buckets })
    }
}

fn empty(
    span: BucketSpan,
    from: Timestamp,
    before: Timestamp,
) -> Result<Vec<Bucket>, ExecutionsError> {
    if before <= from {
        return Err(ExecutionsError::field("before", "must be later than from"));
    }
    let most = from.plus(span.length() * span.most());
    if before > most {
        let message = format!("must be within {} buckets after from", span.most());
        return Err(ExecutionsError::field("before", message));
    }
    Ok(span.starts(from).take_while(|at| *at < before).map(Bucket::empty).collect())
}

fn fill(buckets: &mut [Bucket], span: BucketSpan, ends: &[Ends]) {
    for Ends { hour, status, count } in ends {
        let starts_at = span.beginning(*hour);
        if let Ok(place) = buckets.binary_search_by_key(&starts_at, |bucket| bucket.starts_at)
            && let Some(bucket) = buckets.get_mut(place)
        {
            bucket.add(*status, *count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(hours: i64) -> Timestamp {
        Timestamp::from_millis(hours * 3_600_000)
    }

    #[test]
    fn days_gather_their_hours() {
        let mut buckets = empty(BucketSpan::Day, at(48), at(97)).unwrap();
        let ends = [
            Ends { hour: at(50), status: Status::Failed, count: 2 },
            Ends { hour: at(71), status: Status::Failed, count: 1 },
            Ends { hour: at(96), status: Status::Succeeded, count: 7 },
        ];
        fill(&mut buckets, BucketSpan::Day, &ends);
        let found: Vec<_> = buckets.iter().map(|b| (b.starts_at, b.succeeded, b.failed)).collect();
        assert_eq!(found, [(at(48), 0, 3), (at(72), 0, 0), (at(96), 7, 0)]);
    }

    #[test]
    fn a_range_is_bounded() {
        assert_eq!(empty(BucketSpan::Hour, at(0), at(31 * 24)).unwrap().len(), 744);
        for (from, before) in [(at(0), at(31 * 24 + 1)), (at(5), at(5)), (at(6), at(5))] {
            assert!(empty(BucketSpan::Hour, from, before).is_err());
        }
        let far = Timestamp::from_micros(i64::MAX);
        assert!(empty(BucketSpan::Day, at(0), far).is_err());
        assert!(empty(BucketSpan::Day, far, Timestamp::from_micros(i64::MIN)).is_err());
    }
}
