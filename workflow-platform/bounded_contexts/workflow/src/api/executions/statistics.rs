//! `/workflow/executions/statistics`.

use axum::extract::State;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiQuery, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
    domain::{BucketSpan, Timestamp},
};

use super::Api;
use crate::application::statistics::{Bucket, Statistics, Wanted};

/// The time that is asked about: up to 744 hours or 366 days.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatisticsQuery {
    /// A day before the end unless given.
    #[garde(skip)]
    from: Option<Timestamp>,
    /// Now unless given.
    #[garde(skip)]
    before: Option<Timestamp>,
    /// `hour` (unless given) or `day`, in UTC.
    #[garde(skip)]
    #[serde(default)]
    #[param(inline, required = false)]
    step: BucketSpan,
}

/// How executions ended within an hour or day, and where those stand that were asked for in it and
/// have not ended. One that was retried ended more than once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BucketView {
    pub starts_at: Timestamp,
    pub pending: u64,
    #[schema(example = 3)]
    pub running: u64,
    pub waiting: u64,
    #[schema(example = 41)]
    pub succeeded: u64,
    #[schema(example = 2)]
    pub failed: u64,
    pub cancelled: u64,
    pub timed_out: u64,
}

impl From<Bucket> for BucketView {
    fn from(bucket: Bucket) -> Self {
        let Bucket { starts_at, pending, running, waiting, .. } = bucket;
        let Bucket { succeeded, failed, cancelled, timed_out, .. } = bucket;
        Self { starts_at, pending, running, waiting, succeeded, failed, cancelled, timed_out }
    }
}

/// How executions ended over a time.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StatisticsView {
    pub step: BucketSpan,
    /// Executions that have not ended now, counted up to 10,000.
    #[schema(example = 3)]
    pub unfinished: u64,
    /// The whole range in order, empty buckets too.
    pub buckets: Vec<BucketView>,
}

impl From<Statistics> for StatisticsView {
    fn from(Statistics { span, unfinished, buckets }: Statistics) -> Self {
        let buckets = buckets.into_iter().map(Into::into).collect();
        Self { step: span, unfinished, buckets }
    }
}

/// How executions ended, by the hour or day. An end is counted within seconds.
#[utoipa::path(
    get, path = "/workflow/executions/statistics", tag = "workflow",
    operation_id = "execution_statistics",
    params(StatisticsQuery),
    responses(
        (status = 200, body = Envelope<StatisticsView>),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn statistics(
    State(api): Api,
    who: Principal,
    ApiQuery(query): ApiQuery<StatisticsQuery>,
) -> Result<Reply<StatisticsView>, Failure> {
    let StatisticsQuery { from, before, step } = query;
    let shown = api.statistics.show(&who, Wanted { from, before, span: step }).await?;
    Ok(Reply::ok(shown.into()))
}
