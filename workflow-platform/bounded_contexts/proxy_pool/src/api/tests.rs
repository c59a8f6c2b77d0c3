//! `/proxy/pools/{id}/test` and `/tests`: tests of all proxies of a pool.

use std::{convert::Infallible, time::Duration};

use axum::{
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::StreamExt as _;
use garde::Validate;
use serde::Deserialize;
use serde_json::json;
use shared_kernel::{
    api::{
        ApiJson, ApiPath, ApiQuery, BadRequest, Envelope, ErrorEnvelope, Failure, PageQuery, Reply,
    },
    application::Principal,
    domain::{Page, PageRequest},
};

use super::{
    Module,
    test_shapes::{ResultsView, TestPool, TestSummary, TestView, TestedView},
};
use crate::{
    application::TestUpdate,
    domain::{PoolId, TestId},
};

/// Between two signs that the stream lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Sends one request through every enabled proxy of the pool and updates their states. The answer
/// waits up to 20 seconds for the end; a longer test goes on in the background.
#[utoipa::path(
    post, path = "/proxy/pools/{id}/test", tag = "proxy", request_body = TestPool,
    params(("id" = uuid::Uuid, Path, description = "pool")),
    responses(
        (status = 200, body = Envelope<TestView>),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "TEST_RUNNING", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn test(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
    ApiJson(body): ApiJson<TestPool>,
) -> Result<Reply<TestView>, Failure> {
    let target = body.target.as_deref();
    let ended = if body.wait {
        module.test_pool(&who, id, target).await?
    } else {
        (module.start_test(&who, id, target).await?, Vec::new())
    };
    Ok(Reply::ok(ended.into()))
}

/// Tests of the pool, newest first; the last 20 are kept.
#[utoipa::path(
    get, path = "/proxy/pools/{id}/tests", tag = "proxy", operation_id = "list_proxy_tests",
    params(("id" = uuid::Uuid, Path, description = "pool"), PageQuery),
    responses((status = 200, body = Envelope<Page<TestSummary>>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<TestSummary>>, Failure> {
    let tests = module.list_tests(&who, id, query.page()?).await?;
    Ok(Reply::ok(tests.map(Into::into)))
}

/// How far a test is.
#[utoipa::path(
    get, path = "/proxy/pools/{id}/tests/{test_id}", tag = "proxy",
    operation_id = "show_proxy_test",
    params(
        ("id" = uuid::Uuid, Path, description = "pool"),
        ("test_id" = uuid::Uuid, Path, description = "test"),
    ),
    responses((status = 200, body = Envelope<TestSummary>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(
    module: Module,
    who: Principal,
    ApiPath((id, test)): ApiPath<(PoolId, TestId)>,
) -> Result<Reply<TestSummary>, Failure> {
    Ok(Reply::ok(module.show_test(&who, id, test).await?.into()))
}

/// Stops a test in a moment; what it found stays.
#[utoipa::path(
    post, path = "/proxy/pools/{id}/tests/{test_id}/cancel", tag = "proxy",
    operation_id = "cancel_proxy_test",
    params(
        ("id" = uuid::Uuid, Path, description = "pool"),
        ("test_id" = uuid::Uuid, Path, description = "test"),
    ),
    responses((status = 200, body = Envelope<TestSummary>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn cancel(
    module: Module,
    who: Principal,
    ApiPath((id, test)): ApiPath<(PoolId, TestId)>,
) -> Result<Reply<TestSummary>, Failure> {
    Ok(Reply::ok(module.cancel_test(&who, id, test).await?.into()))
}

/// Which results are listed.
#[derive(Debug, Default, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ResultsQuery {
    /// Rows of a page, 1 to 200; 50 unless given.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// The last number seen; 0 unless given.
    #[garde(range(max = 1_000_000_000))]
    #[param(maximum = 1_000_000_000, example = 0)]
    pub after: Option<u32>,
}

/// Results in the order in which they came.
#[utoipa::path(
    get, path = "/proxy/pools/{id}/tests/{test_id}/results", tag = "proxy",
    operation_id = "list_proxy_test_results",
    params(
        ("id" = uuid::Uuid, Path, description = "pool"),
        ("test_id" = uuid::Uuid, Path, description = "test"),
        ResultsQuery,
    ),
    responses(
        (status = 200, body = Envelope<ResultsView>),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn results(
    module: Module,
    who: Principal,
    ApiPath((id, test)): ApiPath<(PoolId, TestId)>,
    ApiQuery(query): ApiQuery<ResultsQuery>,
) -> Result<Reply<ResultsView>, Failure> {
    let limit = query.limit.unwrap_or(PageRequest::DEFAULT);
    let after = query.after.unwrap_or(0);
    let rows = module.test_results(&who, id, test, after, limit).await?;
    Ok(Reply::ok(ResultsView { items: rows.into_iter().map(Into::into).collect() }))
}

/// Follows a test as server-sent events: `result` with its number as `id`, `progress` now and
/// then, and `end`. Resumes after `Last-Event-ID`.
#[utoipa::path(
    get, path = "/proxy/pools/{id}/tests/{test_id}/events", tag = "proxy",
    operation_id = "follow_proxy_test",
    params(
        ("id" = uuid::Uuid, Path, description = "pool"),
        ("test_id" = uuid::Uuid, Path, description = "test"),
        ("Last-Event-ID" = Option<u32>, Header, description = "last number seen"),
    ),
    responses(
        (status = 200, content_type = "text/event-stream", body = String),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn events(
    module: Module,
    who: Principal,
    ApiPath((id, test)): ApiPath<(PoolId, TestId)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let updates = module.follow_test(&who, id, test, last_seen(&headers)?).await?;
    let events = updates.map(|update| Ok::<_, Infallible>(event(update)));
    let sse = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    Ok(([("cache-control", "no-store"), ("x-accel-buffering", "no")], sse).into_response())
}

fn last_seen(headers: &HeaderMap) -> Result<u32, BadRequest> {
    let Some(header) = headers.get("last-event-id") else { return Ok(0) };
    let number = header.to_str().ok().and_then(|text| text.trim().parse().ok());
    number.ok_or_else(|| BadRequest::field("Last-Event-ID", "must be the number of an event"))
}

fn event(update: TestUpdate) -> Event {
    match update {
        TestUpdate::Result(row) => Event::default()
            .id(row.seq.to_string())
            .event("result")
            .data(json!(TestedView::from(*row)).to_string()),
        TestUpdate::Progress(test) => {
            Event::default().event("progress").data(json!(TestSummary::from(*test)).to_string())
        }
        TestUpdate::End(test) => {
            Event::default().event("end").data(json!(TestSummary::from(*test)).to_string())
        }
    }
}
