//! One real request through one proxy.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use shared_kernel::{
    application::{ProxyAddress, ProxyScheme},
    infrastructure::outbound::OutboundPolicy,
};
use tokio::time::{Instant, timeout};
use tokio_util::task::AbortOnDropHandle;
use url::{Position, Url};

use super::dial::{NameGuard, OwnPorts, ProxyDialer, basic};
use crate::{
    application::{
        gateway::{DialError, Dialer as _, Duplex, TargetGuard as _},
        ports::{AddressRules as _, ListFetcher, ProbeAnswer, ProbeFailure, ProxyProbe},
    },
    domain::gateway::Target,
};

/// Most bytes of a page that is read.
const MOST_BODY: usize = 64 * 1024;
/// Redirects of a list that are followed, each judged anew.
const REDIRECTS: usize = 3;

/// [`ProxyProbe`] over connections of its own: a client for each of ten thousand proxies would
/// cost more than the requests. Any answer below 400 counts: the target was reached.
pub struct HttpProbe {
    dialer: ProxyDialer,
    policy: Arc<OutboundPolicy>,
    guard: NameGuard,
    user_agent: String,
}

/// A connection to the target, or to the proxy that is to be asked in absolute form.
struct Dialled {
    stream: Box<dyn Duplex>,
    /// The proxy wants whole addresses, and this in `Proxy-Authorization`.
    forward: bool,
    authorization: Option<String>,
}

impl Dialled {
    fn to_target(stream: Box<dyn Duplex>) -> Self {
        Self { stream, forward: false, authorization: None }
    }
}

impl From<DialError> for ProbeFailure {
    fn from(error: DialError) -> Self {
        match error {
            DialError::Proxy(text) => Self::proxy(text),
            DialError::Site(_) => Self::target("proxy could not reach the target"),
        }
    }
}

impl HttpProbe {
    /// `authorities` is PEM.
    pub fn new(
        policy: Arc<OutboundPolicy>,
        authorities: Option<Vec<u8>>,
        user_agent: String,
    ) -> Self {
        let own = OwnPorts::default();
        let dialer = ProxyDialer::new(Arc::clone(&policy), own.clone(), authorities);
        let guard = NameGuard::new(Arc::clone(&policy), own);
        Self { dialer, policy, guard, user_agent }
    }

    /// Connects to the target's host without a proxy.
    async fn direct(&self, target: &Url) -> Result<Dialled, ProbeFailure> {
        let place = place(target)?;
        let stream = Box::new(self.dialer.tcp(&place.host().to_string(), place.port()).await?);
        self.spoken_to(stream, target).await
    }

    /// Connects to the target through the proxy; plain HTTP goes in absolute form, as browsers
    /// do it. Proxies resolve names by themselves, which is why they are looked at before.
    async fn through(&self, proxy: &ProxyAddress, target: &Url) -> Result<Dialled, ProbeFailure> {
        let place = place(target)?;
        if !self.guard.allows(&place).await {
            return Err(ProbeFailure::target("the target's address is not allowed"));
        }
        if target.scheme() == "http" && proxy.scheme != ProxyScheme::Socks5 {
            let stream = self.dialer.proxy(proxy).await?.stream;
            let authorization = proxy.credentials.as_ref().map(basic);
            return Ok(Dialled { stream, forward: true, authorization });
        }
        let line = self.dialer.tunnel(proxy, &place).await?;
        self.spoken_to(line.stream, target).await
    }

    async fn spoken_to(
        &self,
        stream: Box<dyn Duplex>,
        target: &Url,
    ) -> Result<Dialled, ProbeFailure> {
        if target.scheme() != "https" {
            return Ok(Dialled::to_target(stream));
        }
        let host = target.host_str().unwrap_or_default();
        let secured = self.dialer.secured(stream, host).await;
        match secured {
            Ok(stream) => Ok(Dialled::to_target(stream)),
            Err(error) => Err(ProbeFailure { proxy_failed: false, ..error.into() }),
        }
    }

    async fn ask(&self, dialled: Dialled, target: &Url) -> Result<ProbeAnswer, ProbeFailure> {
        let (head, body) = self.exchange(dialled, target, MOST_BODY).await?;
        if head.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Err(ProbeFailure::proxy("proxy refused the credentials (407)"));
        }
        if head.status.as_u16() >= 400 {
            return Err(ProbeFailure::target(format!("answer was {}", head.status.as_u16())));
        }
        Ok(ProbeAnswer { elapsed: Duration::ZERO, body: body.unwrap_or_default() })
    }

    /// Head and body of one answer; no body when it is longer than `most`.
    async fn exchange(
        &self,
        dialled: Dialled,
        target: &Url,
        most: usize,
    ) -> Result<(http::response::Parts, Option<Bytes>), ProbeFailure> {
        let Dialled { stream, forward, authorization } = dialled;
        let lost = |error: hyper::Error| lost(&error);
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(lost)?;
        let _driven = AbortOnDropHandle::new(tokio::spawn(connection));
        let request = self.request(target, forward, authorization)?;
        let response = sender.send_request(request).await.map_err(lost)?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, most).collect().await.ok();
        Ok((head, body.map(http_body_util::Collected::to_bytes)))
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

fn place(target: &Url) -> Result<Target, ProbeFailure> {
    Target::of(target).map_err(|_| ProbeFailure::target("the address has no host"))
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
                Some(proxy) => self.through(proxy, target).await?,
                None => self.direct(target).await?,
            };
            self.ask(dialled, target).await
        };
        let answer = timeout(limit, exchange).await.unwrap_or_else(|_| {
            Err(ProbeFailure::target(format!("no answer within {} s", limit.as_secs())))
        })?;
        Ok(ProbeAnswer { elapsed: begun.elapsed(), ..answer })
    }
}

impl HttpProbe {
    async fn list(&self, url: &Url, most: usize) -> Result<String, String> {
        let mut url = url.clone();
        for _ in 0..=REDIRECTS {
            if !matches!(url.scheme(), "http" | "https") || !self.policy.target_allowed(&url) {
                return Err("its address is not allowed".to_owned());
            }
            let dialled = self.direct(&url).await.map_err(|failure| failure.text)?;
            let exchange = self.exchange(dialled, &url, most).await;
            let (head, body) = exchange.map_err(|failure| failure.text)?;
            let next = head.headers.get(header::LOCATION).and_then(|to| to.to_str().ok());
            match (head.status.as_u16(), next) {
                (301 | 302 | 303 | 307 | 308, Some(next)) => {
                    url = url.join(next).map_err(|_| "redirect leads nowhere".to_owned())?;
                }
                (200..=299, _) => {
                    let body = body.ok_or_else(|| format!("list is larger than {most} bytes"))?;
                    return Ok(String::from_utf8_lossy(&body).into_owned());
                }
                (status, _) => return Err(format!("answer was {status}")),
            }
        }
        Err(format!("more than {REDIRECTS} redirects"))
    }
}

#[async_trait]
impl ListFetcher for HttpProbe {
    async fn fetch(&self, url: &Url, most: usize, limit: Duration) -> Result<String, String> {
        let list = timeout(limit, self.list(url, most)).await;
        list.unwrap_or_else(|_| Err(format!("no answer within {} s", limit.as_secs())))
    }
}
