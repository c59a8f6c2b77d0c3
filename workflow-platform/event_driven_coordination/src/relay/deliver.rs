//! Hands one event to all that want it.

use std::{error::Error, panic::AssertUnwindSafe};

use futures::FutureExt as _;
use sea_orm::{ConnectionTrait, DbErr};
use shared_kernel::{
    application::{EffectHandler, EventHandler, HandlerError},
    domain::DomainEvent,
};
use tokio::time::Instant;
use tracing::{error, warn};

use super::{Relay, hold::Hold, outbox::Leased};
use crate::handlers::Handler;

/// Why an event was not handled this time.
#[derive(Debug, thiserror::Error)]
enum DeliveryError {
    #[error("handler {handler} failed")]
    Handler { handler: &'static str, source: HandlerError },
    #[error("handling took too long")]
    TooLong,
    #[error("a handler panicked")]
    Panicked,
    #[error("database failed")]
    Database(#[from] DbErr),
}

impl DeliveryError {
    fn lasts(&self) -> bool {
        matches!(self, Self::Handler { source: HandlerError::Lasting(_), .. })
    }
}

const MEMORY: &str = "INSERT INTO inbox (event_id, handler, handled_at) VALUES ($1, $2, $3) \
                      ON CONFLICT (event_id, handler) DO NOTHING";

/// Longest error text kept with an event.
const ERROR_LENGTH: usize = 2000;

impl Relay {
    /// Handles events of one aggregate. The first that fails, or that there is no time left for,
    /// holds back the rest. When `hold` ends they are somebody else's.
    pub(super) async fn deliver_in_order(
        &self,
        events: Vec<Leased>,
        hold: &Hold,
    ) -> Result<(), DbErr> {
        let mut blocked = false;
        for leased in events {
            if !hold.lasts() {
                return Ok(());
            }
            let late = self.ambient.now().plus(self.settings.event_limit) > leased.until;
            if blocked || late {
                self.hand_back(&leased).await?;
                blocked = true;
            } else if let Err(failure) = self.deliver(&leased.event).await {
                blocked = !self.failed(&leased, &failure).await?;
            } else if !self.delivered(&leased).await? {
                warn!(event.id = %leased.event.id, "the lease of event {} was lost", leased.event.id);
            }
        }
        Ok(())
    }

    /// Parks the event or has it tried again later; tells whether it was parked.
    async fn failed(&self, leased: &Leased, failure: &DeliveryError) -> Result<bool, DbErr> {
        let (event, attempts) = (&leased.event, leased.attempts);
        let text: String = chain(failure).chars().take(ERROR_LENGTH).collect();
        let park = failure.lasts() || attempts >= self.settings.attempts;
        if park {
            error!(event.id = %event.id, event.kind = event.kind, attempts, "event {} is parked: {text}", event.id);
            metrics::counter!("events_parked_total").increment(1);
            self.park(leased, &text).await?;
        } else {
            let wait = self.settings.wait(attempts);
            warn!(event.id = %event.id, event.kind = event.kind, attempts, wait_ms = wait.as_millis(),
                "event {} is tried again later: {text}", event.id);
            self.retry_at(leased, self.ambient.now().plus(wait), &text).await?;
        }
        Ok(park)
    }

    /// All handlers together have the event's time; one that was done before costs nothing.
    async fn deliver(&self, event: &DomainEvent) -> Result<(), DeliveryError> {
        let deadline = Instant::now() + self.settings.event_limit;
        let mut lasting = None;
        for handler in self.handlers.of(&event.kind) {
            match self.hand(event, handler, deadline).await {
                Ok(()) => {}
                // What fails for good is no reason to keep the event from the others.
                Err(failure) if failure.lasts() => {
                    lasting.get_or_insert(failure);
                }
                Err(failure) => return Err(failure),
            }
        }
        if let Some(failure) = lasting {
            return Err(failure);
        }
        metrics::counter!("events_delivered_total").increment(1);
        Ok(())
    }

    async fn hand(
        &self,
        event: &DomainEvent,
        handler: Handler,
        deadline: Instant,
    ) -> Result<(), DeliveryError> {
        match handler {
            Handler::Write(handler) => {
                within(deadline, self.write(event, handler.as_ref())).await?
            }
            Handler::Effect(handler) => self.perform(event, handler.as_ref(), deadline).await,
        }
    }

    /// The memory of having handled and what the handler writes are one transaction.
    async fn write(
        &self,
        event: &DomainEvent,
        handler: &dyn EventHandler,
    ) -> Result<(), DeliveryError> {
        let mut work = self.database.begin().await?;
        if !self.remember(work.conn(), event, handler.name()).await? {
            return Ok(work.roll_back().await?);
        }
        let failed = |source| DeliveryError::Handler { handler: handler.name(), source };
        handler.handle(event, &mut work).await.map_err(failed)?;
        Ok(work.commit().await?)
    }

    /// No transaction is open while the handler works. Once it has, that is remembered however
    /// long it takes: giving up here would do it a second time.
    async fn perform(
        &self,
        event: &DomainEvent,
        handler: &dyn EffectHandler,
        deadline: Instant,
    ) -> Result<(), DeliveryError> {
        let sql = "SELECT 1 AS found FROM inbox WHERE event_id = $1 AND handler = $2";
        let asked = self.database.statement(sql, [event.id.into(), handler.name().into()]);
        if self.database.read().query_one_raw(asked).await?.is_some() {
            return Ok(());
        }
        let failed = |source| DeliveryError::Handler { handler: handler.name(), source };
        within(deadline, handler.perform(event)).await?.map_err(failed)?;
        self.remember(self.database.write(), event, handler.name()).await?;
        Ok(())
    }

    /// False when it was handled before.
    async fn remember(
        &self,
        connection: &impl ConnectionTrait,
        event: &DomainEvent,
        handler: &str,
    ) -> Result<bool, DbErr> {
        let values = [event.id.into(), handler.into(), self.ambient.now().into()];
        let memory = self.database.statement(MEMORY, values);
        Ok(connection.execute_raw(memory).await?.rows_affected() > 0)
    }
}

/// What a handler's call gave, unless it took too long or panicked.
async fn within<T>(deadline: Instant, call: impl Future<Output = T>) -> Result<T, DeliveryError> {
    let ended = tokio::time::timeout_at(deadline, AssertUnwindSafe(call).catch_unwind()).await;
    ended.map_err(|_| DeliveryError::TooLong)?.map_err(|_| DeliveryError::Panicked)
}

/// `error: source: source of the source`.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(next) = source {
        text.push_str(": ");
        text.push_str(&next.to_string());
        source = next.source();
    }
    text
}
