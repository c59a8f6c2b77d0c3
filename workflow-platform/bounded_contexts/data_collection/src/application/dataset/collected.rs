//! How many records were collected over a time.

use std::time::Duration;

use shared_kernel::{
    application::Principal,
    domain::{BucketSpan, Permission, Timestamp},
};

use super::{DatasetsError, DatasetsModule, ports::Collected};

/// Buckets by their beginning.
pub type Buckets = Vec<(Timestamp, Collected)>;

impl DatasetsModule {
    /// What was written into all of the caller's datasets since a time, which counts from the
    /// beginning of its hour or day; empty buckets too. A day unless given.
    pub async fn collected(
        &self,
        who: &Principal,
        from: Option<Timestamp>,
        span: BucketSpan,
    ) -> Result<Buckets, DatasetsError> {
        who.require(Permission::DatasetRead)?;
        let now = self.ambient.now();
        let from = from.unwrap_or_else(|| now.minus(Duration::from_hours(24)));
        let from = span.beginning(from);
        if from > now || from.plus(span.length() * span.most()) <= now {
            let message = format!("must be within {} buckets before now", span.most());
            return Err(DatasetsError::input("from", message));
        }
        let starts = span.starts(from).take_while(|at| *at <= now);
        let mut buckets: Buckets = starts.map(|at| (at, Collected::default())).collect();
        for (place, collected) in self.store.collected(who.owner(), from, span.micros()).await? {
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            if let Some((_, bucket)) = buckets.get_mut(place) {
                *bucket = collected;
            }
        }
        Ok(buckets)
    }
}
