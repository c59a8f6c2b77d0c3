//! Bodies that come too slowly.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{HeaderValue, StatusCode, header::CONNECTION},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use shared_kernel::api::Failure;
use tokio::time::Sleep;

use crate::guard::{self, GatewayFault};

/// Gives a body so long in all, however steadily it drips.
pub(crate) async fn answer(limit: Duration, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return guard::answer(request, next).await;
    }
    let late = Arc::new(AtomicBool::new(false));
    let drip = |inner| Timed {
        inner,
        deadline: Box::pin(tokio::time::sleep(limit)),
        late: Arc::clone(&late),
    };
    let timed = request.map(|body| Body::new(drip(body)));
    let response = guard::answer(timed, next).await;
    if late.load(Ordering::Relaxed) { slow(limit) } else { response }
}

/// The rest of the body may still be on its way, so the connection is of no further use.
fn slow(limit: Duration) -> Response {
    let mut response = Failure::from(GatewayFault::SlowBody(limit)).into_response();
    *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

struct Timed {
    inner: Body,
    deadline: Pin<Box<Sleep>>,
    late: Arc<AtomicBool>,
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        if self.deadline.as_mut().poll(cx).is_ready() {
            self.late.store(true, Ordering::Relaxed);
            let error = std::io::Error::from(std::io::ErrorKind::TimedOut);
            return Poll::Ready(Some(Err(axum::Error::new(error))));
        }
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.inner.size_hint()
    }
}
