//! One real request through one proxy.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use shared_kernel::application::ProxyAddress;
use tokio::time::{Instant, timeout};
use tokio_util::task::AbortOnDropHandle;
use url::{Position, Url};

use super::dial::{Dialer, Dialled};
use crate::application::ports::{AddressRules, ProbeAnswer, ProbeFailure, ProxyProbe};

/// Most bytes of a page that is read.
const MOST_BODY: usize = 64 * 1024;

/// [`ProxyProbe`] over connections of its own: a client for each of ten thousand proxies would
/// cost more than the requests. Any answer below 400 counts: the target was reached.
pub struct HttpProbe {
    dialer: Dialer,
    user_agent: String,
}

impl HttpProbe {
    pub fn new(rules: Arc<dyn AddressRules>, user_agent: String) -> Self {
        Self { dialer: Dialer::new(rules), user_agent }
    }

    async fn ask(&self, dialled: Dialled, target: &Url) -> Result<ProbeAnswer, ProbeFailure> {
        let Dialled { stream, forward, authorization } = dialled;
        let lost = |error: hyper::Error| lost(&error);
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(lost)?;
        let _driven = AbortOnDropHandle::new(tokio::spawn(connection));
        let request = self.request(target, forward, authorization)?;
        let response = sender.send_request(request).await.map_err(lost)?;
        let status = response.status();
        if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Err(ProbeFailure::proxy("proxy refused the credentials (407)"));
        }
        if status.as_u16() >= 400 {
            return Err(ProbeFailure::target(format!("answer was {}", status.as_u16())));
        }
        let body = Limited::new(response.into_body(), MOST_BODY).collect().await;
        let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Ok(ProbeAnswer { elapsed: Duration::ZERO, body })
    }

    fn request(
        &self,
        target: &Url,
        forward: bool,
        authorization: Option<String>,
    ) -> Result<Request<Empty<Bytes>>, ProbeFailure> {
        let path = &target[Position::BeforePath..Position::AfterQuery];
        let uri = if forward { &target[..Position::AfterQuery] } else { path };
        let host = &target[Position::BeforeHost..Position::AfterPort];
        let mut request = Request::get(uri)
            .header(header::HOST, host)
            .header(header::USER_AGENT, &self.user_agent)
            .header(header::CONNECTION, "close");
        if let Some(authorization) = authorization {
            request = request.header(header::PROXY_AUTHORIZATION, authorization);
        }
        request
            .body(Empty::new())
            .map_err(|_| ProbeFailure::target("the address cannot be asked for"))
    }
}

/// The innermost cause; addresses and credentials stay out.
fn lost(error: &hyper::Error) -> ProbeFailure {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    ProbeFailure::proxy(format!("connection failed: {cause}"))
}

#[async_trait]
impl ProxyProbe for HttpProbe {
    async fn probe(
        &self,
        proxy: Option<&ProxyAddress>,
        target: &Url,
        limit: Duration,
    ) -> Result<ProbeAnswer, ProbeFailure> {
        let begun = Instant::now();
        let exchange = async {
            let dialled = match proxy {
                Some(proxy) => self.dialer.through(proxy, target).await?,
                None => self.dialer.direct(target).await?,
            };
            self.ask(dialled, target).await
        };
        let answer = timeout(limit, exchange).await.unwrap_or_else(|_| {
            Err(ProbeFailure::target(format!("no answer within {} s", limit.as_secs())))
        })?;
        Ok(ProbeAnswer { elapsed: begun.elapsed(), ..answer })
    }
}
