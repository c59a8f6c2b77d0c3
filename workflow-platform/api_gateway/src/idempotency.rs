//! `Idempotency-Key`: a request that is sent again is answered again, and done once.
//!
//! Only what was done is remembered. A refusal changed nothing, and what caused it may be gone the
//! next time; a failure of ours is worth another try.

use std::{panic::resume_unwind, sync::Arc, time::Duration};

use axum::{
    body::{Body, HttpBody as _},
    extract::{FromRequestParts as _, MatchedPath, Request},
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use shared_kernel::{
    api::{Authenticated, Failure, IDEMPOTENCY_KEY, RequestContext, idempotency_key, read_body},
    application::{
        IdempotencyKeys, KeptAnswer, KeyLease, KeyState, KeyedOutcome, KeyedRequest, Principal,
    },
    domain::{ErrorKind, Fault, Text},
};
use tracing::{Instrument as _, Span, error};

use crate::{
    contract::Contract,
    guard::{GatewayFault, is_json},
};

/// On answers that were given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Answers up to this many bytes are kept.
const KEPT_BYTES: u64 = 256 * 1024;
/// Cut off then, before the lease of the key ends and somebody else may do the same work.
const LONGEST: Duration = Duration::from_secs(90);
/// When to ask again for what is under way, in seconds.
const RETRY_SECONDS: u64 = 1;

/// Why a key does not lead to an answer.
#[derive(Debug, thiserror::Error)]
enum KeyFault {
    #[error("a request with this key is under way")]
    InProgress,
    #[error("key belongs to another request")]
    Reused,
    #[error("answer was too large to keep")]
    Unkept,
}

impl Fault for KeyFault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InProgress | Self::Unkept => ErrorKind::Conflict,
            Self::Reused => ErrorKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::InProgress => "IDEMPOTENCY_IN_PROGRESS",
            Self::Reused => "IDEMPOTENCY_KEY_REUSED",
            Self::Unkept => "IDEMPOTENCY_ANSWER_NOT_KEPT",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::InProgress => Text::new(
                "使用同一 Idempotency-Key 的请求正在处理，请重试",
                "A request with this Idempotency-Key is under way; try again",
            ),
            Self::Reused => Text::new(
                "该 Idempotency-Key 已用于另一个请求",
                "This Idempotency-Key was used for another request",
            ),
            Self::Unkept => Text::new(
                "该请求已完成，但其响应过大，未被保存",
                "The request was done before; its answer was too large to be kept",
            ),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Reused => json!({ IDEMPOTENCY_KEY: ["belongs to another request"] }),
            _ => json!({}),
        }
    }

    fn retry_after(&self) -> Option<u64> {
        matches!(self, Self::InProgress).then_some(RETRY_SECONDS)
    }
}

/// Whether it is an operation that is done once, and a key is sent.
pub(crate) fn is_keyed(contract: &Contract, request: &Request) -> bool {
    request.headers().contains_key(IDEMPOTENCY_KEY)
        && contract.terms(request).is_some_and(|terms| terms.keyed)
}

/// What was answered before, or what is answered now.
pub(crate) async fn once(
    keys: &Arc<dyn IdempotencyKeys>,
    request: Request,
    next: Next,
) -> Response {
    match read(request).await {
        Ok((wish, request)) => answer(keys, wish, request, next).await,
        Err(failure) => failure.into_response(),
    }
}

/// The request as the table knows it, and as the handler will see it.
async fn read(request: Request) -> Result<(KeyedRequest, Request), Failure> {
    let (mut parts, body) = request.into_parts();
    let who = Principal::from_request_parts(&mut parts, &()).await?;
    let key =
        idempotency_key(&parts.headers)?.ok_or(GatewayFault::Refused(StatusCode::BAD_REQUEST))?;
    let (owner, proof) = (who.owner(), who.proof.into());
    parts.extensions.insert(Authenticated(who));
    let mut reading = Request::new(body);
    reading.extensions_mut().clone_from(&parts.extensions);
    let body = read_body(reading).await?;
    let target = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let wish =
        KeyedRequest { owner, proof, key, route: route_of(&parts), target, body: body.clone() };
    Ok((wish, Request::from_parts(parts, Body::from(body))))
}

fn route_of(parts: &Parts) -> String {
    let pattern = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    format!("{} {pattern}", parts.method)
}

async fn answer(
    keys: &Arc<dyn IdempotencyKeys>,
    wish: KeyedRequest,
    request: Request,
    next: Next,
) -> Response {
    match keys.claim(&wish).await {
        Ok(KeyState::Fresh(lease)) => work(keys, wish, lease, request, next).await,
        Ok(KeyState::Answered(kept)) => replay(kept),
        Ok(KeyState::InProgress) => Failure::from(KeyFault::InProgress).into_response(),
        Ok(KeyState::Taken) => Failure::from(KeyFault::Reused).into_response(),
        Ok(KeyState::Unkept) => Failure::from(KeyFault::Unkept).into_response(),
        Err(fault) => Failure::from(fault).into_response(),
    }
}

/// In a task of its own: a caller who goes away in the middle is the one who will ask again, and
/// must find what was done.
async fn work(
    keys: &Arc<dyn IdempotencyKeys>,
    wish: KeyedRequest,
    lease: KeyLease,
    request: Request,
    next: Next,
) -> Response {
    let (inside, kept_wish) = (Arc::clone(keys), wish.clone());
    let working = async move {
        let done = tokio::time::timeout(LONGEST, next.run(request)).await;
        let response =
            done.unwrap_or_else(|_| Failure::from(GatewayFault::TooSlow(LONGEST)).into_response());
        let (outcome, response) = outcome_of(response).await;
        settle(&*inside, &kept_wish, lease, outcome).await;
        response
    };
    let working = RequestContext::current().scope(working).instrument(Span::current());
    match tokio::spawn(working).await {
        Ok(response) => response,
        Err(ended) => {
            settle(&**keys, &wish, lease, KeyedOutcome::Refused).await;
            match ended.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => Failure::from(GatewayFault::Refused(StatusCode::SERVICE_UNAVAILABLE))
                    .into_response(),
            }
        }
    }
}

/// The answer stands either way. What is not settled stays under way until its lease ends.
async fn settle(
    keys: &dyn IdempotencyKeys,
    wish: &KeyedRequest,
    lease: KeyLease,
    outcome: KeyedOutcome,
) {
    if let Err(fault) = keys.settle(wish, lease, outcome).await {
        error!(error = ?fault, "what came of {} cannot be kept under its key", wish.route);
    }
}

async fn outcome_of(response: Response) -> (KeyedOutcome, Response) {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        return (KeyedOutcome::Refused, response);
    }
    let small = response.body().size_hint().upper().is_some_and(|bytes| bytes <= KEPT_BYTES);
    if !small || !is_json(&response) {
        return (KeyedOutcome::Unkept, response);
    }
    let (parts, body) = response.into_parts();
    let Ok(body) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
        let failed = GatewayFault::Refused(StatusCode::INTERNAL_SERVER_ERROR);
        return (KeyedOutcome::Unkept, Failure::from(failed).into_response());
    };
    let kept = KeptAnswer { status: status.as_u16(), body: body.clone() };
    (KeyedOutcome::Answered(kept), Response::from_parts(parts, Body::from(body)))
}

fn replay(KeptAnswer { status, body }: KeptAnswer) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
