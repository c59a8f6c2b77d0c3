//! `/collection/statistics`.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiQuery, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
    domain::{BucketSpan, Timestamp},
};

use super::Module;
use crate::application::dataset::Buckets;

/// The time that is asked about: up to 744 hours or 366 days before now.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CollectedQuery {
    /// A day before now unless given.
    #[garde(skip)]
    from: Option<Timestamp>,
    /// `hour` (unless given) or `day`, in UTC.
    #[garde(skip)]
    #[serde(default)]
    #[param(inline, required = false)]
    step: BucketSpan,
}

/// What was written into datasets within an hour or day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CollectedBucketView {
    pub starts_at: Timestamp,
    /// New records.
    #[schema(example = 120)]
    pub added: u64,
    /// Records of which something changed.
    #[schema(example = 8)]
    pub changed: u64,
    pub removed: u64,
}

/// How many records were collected over a time.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CollectedView {
    pub step: BucketSpan,
    /// The whole time in order, empty buckets too.
    pub buckets: Vec<CollectedBucketView>,
}

impl CollectedView {
    fn new(step: BucketSpan, buckets: Buckets) -> Self {
        let buckets = buckets.into_iter().map(|(starts_at, it)| CollectedBucketView {
            starts_at,
            added: it.added,
            changed: it.changed,
            removed: it.removed,
        });
        Self { step, buckets: buckets.collect() }
    }
}

/// How many records were written into all of the caller's datasets, by the hour or day.
#[utoipa::path(
    get, path = "/collection/statistics", tag = "datasets",
    operation_id = "collection_statistics",
    params(CollectedQuery),
    responses(
        (status = 200, body = Envelope<CollectedView>),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn show(
    module: Module,
    who: Principal,
    ApiQuery(CollectedQuery { from, step }): ApiQuery<CollectedQuery>,
) -> Result<Reply<CollectedView>, Failure> {
    let buckets = module.collected(&who, from, step).await?;
    Ok(Reply::ok(CollectedView::new(step, buckets)))
}
