//! The store of endpoints and deliveries; here is how deliveries are taken and settled.

use std::collections::HashMap;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, DbErr};
use shared_kernel::{
    domain::{Id, Owner, Page, PageRequest, Timestamp},
    infrastructure::db::{Backend, Database, UnitOfWork},
};
use uuid::Uuid;

use super::{deliveries, endpoints};
use crate::{
    application::{Claimed, DeliveryQuery, Settled, StoreError, WebhookSecrets, WebhookStore},
    domain::{Attempt, Delivery, DisabledReason, Endpoint, Notification},
    infrastructure::{notifications, signed},
};

/// Of one endpoint so many are taken at once, so that a slow one does not hold up the others.
const OF_ONE: i64 = 4;
/// Deliveries that are looked at to find some of other endpoints.
const LOOKED_AT: i64 = 1000;
const IS_DUE: &str =
    "SELECT 1 FROM webhook_deliveries WHERE state = 'pending' AND due_at <= $1 LIMIT 1";
const ATTEMPT: &str = "INSERT INTO webhook_attempts \
     (delivery_id, number, user_id, at, elapsed_ms, status, error, answer) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
/// Of endpoints that are there no more.
const ORPHANED: &str =
    "UPDATE webhook_deliveries SET state = 'failed', ended_at = $2 WHERE id = $1";

/// Both engines.
#[derive(Debug, Clone)]
pub struct SqlWebhooks(Database);

impl SqlWebhooks {
    pub const fn new(database: Database) -> Self {
        Self(database)
    }

    fn take(&self) -> String {
        let lock = match self.0.backend() {
            Backend::Postgres => " FOR UPDATE SKIP LOCKED",
            Backend::Sqlite => "",
        };
        format!(
            "WITH due AS (SELECT id, endpoint_id, due_at FROM webhook_deliveries \
             WHERE state = 'pending' AND due_at <= $1 ORDER BY due_at LIMIT {LOOKED_AT}), \
             ranked AS (SELECT id, ROW_NUMBER() OVER \
             (PARTITION BY endpoint_id ORDER BY due_at, id) AS place FROM due), \
             mine AS (SELECT id FROM webhook_deliveries WHERE state = 'pending' AND due_at <= $1 \
             AND id IN (SELECT id FROM ranked WHERE place <= {OF_ONE}) \
             ORDER BY due_at LIMIT $3{lock}) \
             UPDATE webhook_deliveries \
             SET due_at = $2, attempts = attempts + 1, tries = tries + 1 \
             WHERE id IN (SELECT id FROM mine) RETURNING *"
        )
    }

    /// The deliveries with their endpoints; those of endpoints that are gone have failed.
    async fn with_endpoints(
        &self,
        work: &UnitOfWork,
        taken: Vec<Delivery>,
        now: Timestamp,
    ) -> Result<Vec<Claimed>, StoreError> {
        let mut known = HashMap::new();
        let mut claimed = Vec::with_capacity(taken.len());
        for delivery in taken {
            let id = delivery.endpoint.uuid();
            let found = match known.get(&id) {
                Some(found) => found,
                None => known.entry(id).or_insert(self.endpoint(work, id).await?),
            };
            if let Some((endpoint, secrets)) = found.clone() {
                claimed.push(Claimed { delivery, endpoint, secrets });
            } else {
                let values = [delivery.id.into(), now.into()];
                work.conn().execute_raw(self.0.statement(ORPHANED, values)).await?;
            }
        }
        Ok(claimed)
    }

    async fn endpoint(
        &self,
        work: &UnitOfWork,
        id: Uuid,
    ) -> Result<Option<(Endpoint, WebhookSecrets)>, StoreError> {
        let sql = "SELECT * FROM webhook_endpoints WHERE id = $1";
        let row = work.conn().query_one_raw(self.0.statement(sql, [id.into()])).await?;
        row.as_ref().map(endpoints::with_secrets).transpose()
    }

    /// False when a later attempt was begun.
    async fn write_delivery(&self, work: &UnitOfWork, delivery: &Delivery) -> Result<bool, DbErr> {
        let sql = "UPDATE webhook_deliveries SET state = $3, due_at = $4, status = $5, \
                   error = $6, ended_at = $7 \
                   WHERE id = $1 AND attempts = $2 AND state = 'pending'";
        let values = [
            delivery.id.into(),
            signed(delivery.attempts).into(),
            delivery.state.as_str().into(),
            delivery.due_at.into(),
            delivery.status.map(i32::from).into(),
            delivery.error.clone().into(),
            delivery.ended_at.map(Timestamp::micros).into(),
        ];
        Ok(work.conn().execute_raw(self.0.statement(sql, values)).await?.rows_affected() > 0)
    }

    async fn write_attempt(
        &self,
        work: &UnitOfWork,
        delivery: &Delivery,
        attempt: &Attempt,
    ) -> Result<(), DbErr> {
        let row = deliveries::attempt_row(delivery, attempt);
        work.conn().execute_raw(self.0.statement(ATTEMPT, row)).await?;
        let id = delivery.endpoint;
        let statement = if attempt.error.is_none() {
            let sql = "UPDATE webhook_endpoints SET failing_since = NULL \
                       WHERE id = $1 AND failing_since IS NOT NULL";
            self.0.statement(sql, [id.into()])
        } else {
            let sql = "UPDATE webhook_endpoints SET failing_since = $2 \
                       WHERE id = $1 AND failing_since IS NULL";
            self.0.statement(sql, [id.into(), attempt.at.into()])
        };
        work.conn().execute_raw(statement).await?;
        Ok(())
    }

    /// The owner is told once.
    async fn disable(
        &self,
        work: &UnitOfWork,
        delivery: &Delivery,
        reason: DisabledReason,
        note: &Notification,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE webhook_endpoints SET enabled = FALSE, disabled_reason = $2, \
                   updated_at = $3 WHERE id = $1 AND enabled";
        let values = [delivery.endpoint.into(), reason.as_str().into(), note.created_at.into()];
        let done = work.conn().execute_raw(self.0.statement(sql, values)).await?;
        if done.rows_affected() > 0 {
            let statement = notifications::put(&self.0, delivery.owner, note);
            work.conn().execute_raw(statement).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl WebhookStore for SqlWebhooks {
    async fn insert(
        &self,
        endpoint: &Endpoint,
        sealed: &str,
        most: u32,
    ) -> Result<bool, StoreError> {
        endpoints::insert(&self.0, endpoint, sealed, most).await
    }

    async fn replace(&self, endpoint: &Endpoint) -> Result<bool, StoreError> {
        endpoints::replace(&self.0, endpoint).await
    }

    async fn rotate(
        &self,
        owner: Owner,
        id: Id<Endpoint>,
        sealed: &str,
        old_until: Timestamp,
    ) -> Result<bool, StoreError> {
        endpoints::rotate(&self.0, owner, id, sealed, old_until).await
    }

    async fn delete(&self, owner: Owner, id: Id<Endpoint>) -> Result<bool, StoreError> {
        endpoints::delete(&self.0, owner, id).await
    }

    async fn find(&self, owner: Owner, id: Id<Endpoint>) -> Result<Option<Endpoint>, StoreError> {
        endpoints::find(&self.0, owner, id).await
    }

    async fn list(&self, owner: Owner, page: PageRequest) -> Result<Page<Endpoint>, StoreError> {
        endpoints::list(&self.0, owner, page).await
    }

    async fn put(&self, delivery: &Delivery, most: u32) -> Result<bool, StoreError> {
        deliveries::put(&self.0, delivery, most).await
    }

    async fn delivery(
        &self,
        owner: Owner,
        endpoint: Id<Endpoint>,
        id: Id<Delivery>,
    ) -> Result<Option<Delivery>, StoreError> {
        deliveries::find(&self.0, owner, endpoint, id).await
    }

    async fn deliveries(
        &self,
        owner: Owner,
        endpoint: Id<Endpoint>,
        query: DeliveryQuery,
    ) -> Result<Page<Delivery>, StoreError> {
        deliveries::list(&self.0, owner, endpoint, query).await
    }

    async fn attempts(&self, id: Id<Delivery>, most: u32) -> Result<Vec<Attempt>, StoreError> {
        deliveries::attempts(&self.0, id, most).await
    }

    async fn again(&self, delivery: &Delivery, now: Timestamp) -> Result<bool, StoreError> {
        deliveries::again(&self.0, delivery, now).await
    }

    async fn claim(
        &self,
        now: Timestamp,
        until: Timestamp,
        most: u32,
    ) -> Result<Vec<Claimed>, StoreError> {
        // Most of the time nothing is due, and then nothing is to be written.
        let statement = self.0.statement(IS_DUE, [now.into()]);
        if self.0.read().query_one_raw(statement).await?.is_none() {
            return Ok(Vec::new());
        }
        let work = self.0.begin().await?;
        let values = [now.into(), until.into(), i64::from(most).into()];
        let rows = work.conn().query_all_raw(self.0.statement(self.take(), values)).await?;
        let taken = rows.iter().map(deliveries::delivery).collect::<Result<Vec<_>, _>>()?;
        let claimed = self.with_endpoints(&work, taken, now).await?;
        work.commit().await?;
        Ok(claimed)
    }

    async fn failing_since(&self, id: Id<Endpoint>) -> Result<Option<Timestamp>, StoreError> {
        endpoints::failing_since(&self.0, id).await
    }

    async fn settle(&self, settled: &Settled) -> Result<(), StoreError> {
        let Settled { delivery, attempt, disabled } = settled;
        let work = self.0.begin().await?;
        if !self.write_delivery(&work, delivery).await? {
            return Ok(work.roll_back().await?);
        }
        if let Some(attempt) = attempt {
            self.write_attempt(&work, delivery, attempt).await?;
        }
        if let Some((reason, note)) = disabled {
            self.disable(&work, delivery, *reason, note).await?;
        }
        Ok(work.commit().await?)
    }

    async fn prune(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        deliveries::prune(&self.0, before, most).await
    }
}
