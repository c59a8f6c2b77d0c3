//! How many records were collected over a time.

use std::time::Duration;

use shared_kernel::{
    application::Principal,
    domain::{Permission, Timestamp},
};

use super::{DatasetsError, DatasetsModule, ports::Collected};

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
#[schema(as = CollectedSpan)]
pub enum Span {
    #[default]
    Hour,
    Day,
}

impl Span {
    const fn length(self) -> Duration {
        match self {
            Self::Hour => Duration::from_hours(1),
            Self::Day => Duration::from_hours(24),
        }
    }

    /// Buckets of one answer.
    const fn most(self) -> u32 {
        match self {
            Self::Hour => 31 * 24,
            Self::Day => 366,
        }
    }
}

/// Buckets by their beginning.
pub type Buckets = Vec<(Timestamp, Collected)>;

impl DatasetsModule {
    /// What was written into all of the caller's datasets since a time, which counts from the
    /// beginning of its hour or day; empty buckets too. A day unless given.
    pub async fn collected(
        &self,
        who: &Principal,
        from: Option<Timestamp>,
        span: Span,
    ) -> Result<Buckets, DatasetsError> {
        who.require(Permission::DatasetRead)?;
        let now = self.ambient.now();
        let stretch = i64::try_from(span.length().as_micros()).unwrap_or(i64::MAX);
        let from = from.unwrap_or_else(|| now.minus(Duration::from_hours(24)));
        let from = from.micros().div_euclid(stretch).saturating_mul(stretch);
        let from = Timestamp::from_micros(from);
        if from > now || from.plus(span.length() * span.most()) <= now {
            let message = format!("must be within {} buckets before now", span.most());
            return Err(DatasetsError::input("from", message));
        }
        let starts = (0..span.most()).map(|place| from.plus(span.length() * place));
        let starts = starts.take_while(|at| *at <= now);
        let mut buckets: Buckets = starts.map(|at| (at, Collected::default())).collect();
        for (place, collected) in self.store.collected(who.owner(), from, stretch).await? {
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            if let Some((_, bucket)) = buckets.get_mut(place) {
                *bucket = collected;
            }
        }
        Ok(buckets)
    }
}
