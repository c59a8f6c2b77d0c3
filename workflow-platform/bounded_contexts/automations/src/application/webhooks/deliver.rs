//! Delivers what is due.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use shared_kernel::domain::{Locale, Text, Timestamp};
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook, WebhookError,
};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{Answered, Claimed, Message, MessageError, Settled};
use crate::{
    application::{AutomationError, AutomationService, StoreError},
    domain::{
        Attempt, Delivery, DeliveryState, DisabledReason, Endpoint, LONGEST_FAILURE, Notification,
        wait_after,
    },
};

/// Deliveries taken at once, and under way side by side.
const AT_ONCE: u32 = 32;
const PARALLEL: usize = 32;
/// For the whole of one attempt.
const PATIENCE: Duration = Duration::from_secs(15);
/// A delivery that was taken is ours for so long: more than any attempt takes.
const LEASE: Duration = Duration::from_mins(2);
const POLL: Duration = Duration::from_secs(1);
/// Bytes of an answer that are kept.
const ANSWER: u64 = 4096;
/// Longest error that is kept, characters.
const LONGEST_ERROR: usize = 500;
/// The answer by which an endpoint says that it is gone for good.
const GONE: u16 = 410;

/// The message cannot be signed.
#[derive(Debug, thiserror::Error)]
enum SignError {
    #[error("the endpoint's secret cannot be opened")]
    Secret(#[source] AutomationError),
    #[error("the message cannot be signed")]
    Sign(#[from] WebhookError),
}

impl AutomationService {
    /// Until told to stop; what is under way then comes to its end. May run in any number of
    /// processes.
    pub async fn run_deliveries(self, stop: CancellationToken) {
        let mut laps = tokio::time::interval(POLL);
        laps.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(laps.tick()).await.is_some() {
            while !stop.is_cancelled() {
                match Box::pin(self.deliver_some()).await {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(error) => {
                        let error = &error as &dyn std::error::Error;
                        warn!(error, "webhooks could not be delivered");
                        break;
                    }
                }
            }
        }
    }

    /// Tries some deliveries that are due, side by side; tells how many.
    pub async fn deliver_some(&self) -> Result<usize, StoreError> {
        let now = self.ports.ambient.now();
        let claimed = self.ports.webhooks.claim(now, now.plus(LEASE), AT_ONCE).await?;
        let count = claimed.len();
        let outcomes = stream::iter(claimed)
            .map(|one| Box::pin(self.deliver(one)))
            .buffer_unordered(PARALLEL)
            .collect::<Vec<_>>()
            .await;
        outcomes.into_iter().collect::<Result<(), StoreError>>()?;
        Ok(count)
    }

    async fn deliver(&self, claimed: Claimed) -> Result<(), StoreError> {
        if !claimed.endpoint.enabled {
            return self.give_up(claimed.delivery, "the endpoint is disabled").await;
        }
        let message = match self.signed(&claimed) {
            Ok(message) => message,
            Err(error) => {
                warn!(
                    delivery.id = %claimed.delivery.id,
                    error = &error as &dyn std::error::Error,
                    "a webhook could not be signed"
                );
                return self.give_up(claimed.delivery, &error.to_string()).await;
            }
        };
        let at = self.ports.ambient.now();
        let begun = Instant::now();
        let answered = self.ports.sender.send(message).await;
        let Claimed { delivery, endpoint, .. } = claimed;
        let attempt = attempt_of(delivery.attempts, at, begun.elapsed(), &answered);
        self.conclude(delivery, endpoint, attempt, answered).await
    }

    /// Without an attempt.
    async fn give_up(&self, delivery: Delivery, reason: &str) -> Result<(), StoreError> {
        let delivery = Delivery {
            state: DeliveryState::Failed,
            error: Some(reason.to_owned()),
            ended_at: Some(self.ports.ambient.now()),
            ..delivery
        };
        self.ports.webhooks.settle(&Settled { delivery, attempt: None, disabled: None }).await
    }

    /// As Standard Webhooks (specification 1.0, "Signature scheme") says; each secret signs.
    fn signed(&self, claimed: &Claimed) -> Result<Message, SignError> {
        let Claimed { delivery, endpoint, secrets } = claimed;
        let secrets = self.signing_secrets(endpoint.id, secrets).map_err(SignError::Secret)?;
        let (id, at) = (delivery.message_id(), self.ports.ambient.now().seconds());
        let body = &delivery.body;
        let sign = |secret: &String| Webhook::new(secret)?.sign(&id, at, body.as_bytes());
        let signatures = secrets.iter().map(sign).collect::<Result<Vec<_>, _>>()?;
        let headers = [
            ("content-type", "application/json".to_owned()),
            (HEADER_WEBHOOK_TIMESTAMP, at.to_string()),
            (HEADER_WEBHOOK_SIGNATURE, signatures.join(" ")),
            (HEADER_WEBHOOK_ID, id),
        ];
        Ok(Message {
            owner: endpoint.owner,
            url: endpoint.url.clone(),
            headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
            body: body.clone(),
            timeout: PATIENCE,
            max_answer: ANSWER,
        })
    }

    async fn conclude(
        &self,
        delivery: Delivery,
        endpoint: Endpoint,
        attempt: Attempt,
        answered: Result<Answered, MessageError>,
    ) -> Result<(), StoreError> {
        let now = self.ports.ambient.now();
        let gone = attempt.status == Some(GONE);
        let retry_after = answered.ok().and_then(|answered| answered.retry_after);
        let wait = wait_after(delivery.tries, retry_after, &self.ports.ambient);
        let (state, due_at) = match wait {
            _ if attempt.error.is_none() => (DeliveryState::Delivered, delivery.due_at),
            Some(wait) if !gone => (DeliveryState::Pending, now.plus(wait)),
            _ => (DeliveryState::Failed, delivery.due_at),
        };
        let disabled = match (&attempt.error, gone) {
            (None, _) => None,
            (Some(_), true) => Some(DisabledReason::Gone),
            (Some(_), false) => self.fails_for_days(&endpoint, now).await?,
        };
        let disabled = match disabled {
            Some(reason) => Some((reason, self.note_disabled(&endpoint, reason, now).await)),
            None => None,
        };
        let delivery = Delivery {
            state,
            due_at,
            status: attempt.status,
            error: attempt.error.clone(),
            ended_at: (state != DeliveryState::Pending).then_some(now),
            ..delivery
        };
        let told = disabled.is_some();
        let settled = Settled { delivery, attempt: Some(attempt), disabled };
        self.ports.webhooks.settle(&settled).await?;
        if told {
            self.ring(endpoint.owner).await;
        }
        Ok(())
    }

    async fn fails_for_days(
        &self,
        endpoint: &Endpoint,
        now: Timestamp,
    ) -> Result<Option<DisabledReason>, StoreError> {
        let since = self.ports.webhooks.failing_since(endpoint.id).await?;
        let long = since.is_some_and(|since| now.since(since) >= LONGEST_FAILURE);
        Ok(long.then_some(DisabledReason::Failing))
    }

    /// In the owner's language, as far as it can be told.
    async fn note_disabled(
        &self,
        endpoint: &Endpoint,
        reason: DisabledReason,
        now: Timestamp,
    ) -> Notification {
        let contact = self.ports.people.contact(endpoint.owner.user()).await;
        let locale = contact.ok().flatten().map_or_else(Locale::default, |contact| contact.locale);
        let because = match reason {
            DisabledReason::Gone => Text::new("它回复了 410 Gone", "it answered 410 Gone"),
            DisabledReason::Failing => Text::new(
                "三天来每次投递都失败了",
                "for three days, every attempt to deliver failed",
            ),
        };
        let because = because.of(locale);
        info!(endpoint.id = %endpoint.id, "webhook endpoint {} is disabled: {because}", endpoint.id);
        let url = &endpoint.url;
        let (title, body) = match locale {
            Locale::ZhCn => (
                "Webhook 端点已停用".to_owned(),
                format!("{url}：{because}。修复后请重新启用，并重新投递失败的消息。"),
            ),
            Locale::En => (
                "A webhook endpoint was disabled".to_owned(),
                format!(
                    "{url}: {because}. Enable it again once it works, and redeliver what failed."
                ),
            ),
        };
        Notification {
            id: self.ports.ambient.id(),
            title,
            body,
            automation: None,
            created_at: now,
            read_at: None,
        }
    }
}

fn attempt_of(
    number: u32,
    at: Timestamp,
    elapsed: Duration,
    answered: &Result<Answered, MessageError>,
) -> Attempt {
    let (status, error, answer) = match answered {
        Ok(Answered { status, answer, .. }) => {
            let ok = (200..300).contains(status);
            let error = (!ok).then(|| format!("the endpoint answered {status}"));
            (Some(*status), error, Some(plain(answer)))
        }
        Err(error) => {
            let error = plain(&error.to_string()).chars().take(LONGEST_ERROR).collect();
            (None, Some(error), None)
        }
    };
    Attempt { number, at, elapsed, status, error, answer }
}

/// PostgreSQL keeps no text with a zero character.
fn plain(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
