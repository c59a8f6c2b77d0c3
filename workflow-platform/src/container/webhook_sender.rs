//! Webhooks leave by the guarded way that pages come by, without its manners for pages.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use automations::application::{Answered, Message, MessageError, WebhookSender};
use data_collection::PoliteFetcher;
use shared_kernel::application::{FetchMethod, FetchRequest, trace};
use tokio_util::sync::CancellationToken;
use url::Url;

/// Never to an address that the policy, or the operator's word on the host, forbids.
pub struct GuardedSender(pub Arc<PoliteFetcher>);

#[async_trait]
impl WebhookSender for GuardedSender {
    fn check(&self, url: &str) -> Result<(), String> {
        let url = Url::parse(url).map_err(|error| format!("is no address: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err("must begin with https:// or http://".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not contain a user name or password".to_owned());
        }
        self.0.may_deliver(&url).map_err(|error| error.to_string())
    }

    async fn send(&self, message: Message) -> Result<Answered, MessageError> {
        let request = FetchRequest {
            method: FetchMethod::Post,
            headers: message.headers,
            body: Some(message.body.into()),
            timeout: message.timeout,
            max_bytes: message.max_answer,
            trace: trace::current(),
            ..FetchRequest::get(message.owner, message.url, CancellationToken::new())
        };
        let answer = self.0.deliver(&request).await;
        let answer = answer.map_err(|error| MessageError(error.to_string()))?;
        Ok(Answered {
            status: answer.status,
            retry_after: answer.retry_after.map(Duration::from_secs),
            answer: String::from_utf8_lossy(&answer.body).into_owned(),
        })
    }
}
