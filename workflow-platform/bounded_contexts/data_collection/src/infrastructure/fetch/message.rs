//! Messages to where a user points: one request, guarded as every page is, but of no site.

use std::time::Duration;

use bytes::Bytes;
use shared_kernel::application::{FetchError, FetchMethod, FetchRequest};
use url::Url;

use super::{
    PoliteFetcher,
    exchange::{Hop, exchange},
    guard::judge,
};

/// What was answered to a message.
#[derive(Debug, Clone)]
pub struct MessageAnswer {
    pub status: u16,
    /// Seconds of `Retry-After`, when it names some.
    pub retry_after: Option<u64>,
    /// The beginning of the body, `max_bytes` of the request.
    pub body: Bytes,
}

impl PoliteFetcher {
    /// Sends a message and reads the beginning of the answer. The guard judges the address before
    /// and after connecting, and what the operator decided about the host holds; robots.txt, turns
    /// and pages of a plan are of crawling and do not count here. Redirects are not followed.
    pub async fn deliver(&self, request: &FetchRequest) -> Result<MessageAnswer, FetchError> {
        let limit = request.timeout;
        match tokio::time::timeout(limit, self.delivered(request, limit)).await {
            Ok(answer) => answer,
            Err(_) => Err(FetchError::Timeout(limit)),
        }
    }

    /// Why no message may ever go to the address, as far as the address alone tells.
    pub fn may_deliver(&self, url: &Url) -> Result<(), FetchError> {
        if self.parts.policy.allows_url(url) {
            return Ok(());
        }
        Err(FetchError::Forbidden { address: url.host_str().unwrap_or_default().to_owned() })
    }

    async fn delivered(
        &self,
        request: &FetchRequest,
        limit: Duration,
    ) -> Result<MessageAnswer, FetchError> {
        let url =
            Url::parse(&request.url).map_err(|error| FetchError::BadUrl(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::BadUrl(format!("{} is neither http nor https", url.scheme())));
        }
        judge(&self.parts.policy, &self.names, &url, false).await?;
        self.host(&url).await.refuse_blocked()?;
        let hop = Hop {
            request,
            url: &url,
            method: FetchMethod::Post,
            body: request.body.clone(),
            same_origin: true,
            extra: &[],
            cut: true,
            policy: Some(&self.parts.policy),
        };
        let answer = exchange(&self.clients.direct()?, &hop, limit, None).await?;
        let retry_after = answer.header("retry-after").and_then(|text| text.trim().parse().ok());
        Ok(MessageAnswer { status: answer.status, retry_after, body: answer.body })
    }
}
