//! Payments in the database.

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, Value};
use shared_kernel::{
    domain::{Owner, Timestamp},
    infrastructure::db::{Database, UnitOfWork},
};
use uuid::Uuid;

use super::rows::{self, at, bad, column};
use crate::{
    application::payment_ports::PaymentStore,
    application::ports::StoreError,
    domain::{InvoiceId, Payment, PaymentId, PaymentStatus},
};

const PUT: &str = "INSERT INTO payments (id, invoice_id, user_id, currency, amount_minor, status, \
     reference, url, created_at, settled_at, asked_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
     ON CONFLICT (id) DO UPDATE SET amount_minor = excluded.amount_minor, \
     status = excluded.status, reference = excluded.reference, url = excluded.url, \
     settled_at = excluded.settled_at, asked_at = CASE WHEN excluded.asked_at IS NULL THEN NULL \
     ELSE payments.asked_at END";

/// Those that somebody else asks about meanwhile are not taken.
const CLAIM: &str = "UPDATE payments SET asked_at = $2 WHERE id IN (SELECT id FROM payments \
     WHERE asked_at <= $1 ORDER BY asked_at, id LIMIT $3) AND asked_at <= $1 RETURNING *";

/// How long it is remembered that a notice was heard. Providers repeat theirs for days.
const REMEMBERED: Duration = Duration::from_hours(24 * 40);

/// [`PaymentStore`] on SQLite or PostgreSQL.
#[derive(Debug)]
pub struct SqlPayments {
    database: Database,
}

impl SqlPayments {
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

pub(super) fn payment(row: &QueryResult) -> Result<Payment, StoreError> {
    let status: String = column(row, "status")?;
    let status = PaymentStatus::ALL.into_iter().find(|known| known.as_str() == status);
    Ok(Payment {
        id: column::<Uuid>(row, "id")?.into(),
        invoice: column::<Uuid>(row, "invoice_id")?.into(),
        owner: Owner::new(column::<Uuid>(row, "user_id")?.into()),
        currency: rows::currency(row)?,
        amount_minor: column(row, "amount_minor")?,
        status: status.ok_or_else(|| bad("status", "unknown"))?,
        reference: column(row, "reference")?,
        url: column(row, "url")?,
        created_at: at(row, "created_at")?,
        settled_at: column::<Option<i64>>(row, "settled_at")?.map(Timestamp::from_micros),
    })
}

async fn first(
    work: &mut UnitOfWork,
    sql: &str,
    values: Vec<Value>,
) -> Result<Option<Payment>, StoreError> {
    let statement = work.database().statement(sql, values);
    work.conn().query_one_raw(statement).await?.as_ref().map(payment).transpose()
}

#[async_trait]
impl PaymentStore for SqlPayments {
    async fn whose(&self, id: PaymentId) -> Result<Option<Owner>, StoreError> {
        let sql = "SELECT user_id FROM payments WHERE id = $1";
        let statement = self.database.statement(sql, [id.into()]);
        let row = self.database.read().query_one_raw(statement).await?;
        row.map(|row| Ok(Owner::new(column::<Uuid>(&row, "user_id")?.into()))).transpose()
    }

    async fn payment(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        id: PaymentId,
    ) -> Result<Option<Payment>, StoreError> {
        let sql = "SELECT * FROM payments WHERE id = $1 AND user_id = $2";
        first(work, sql, vec![id.into(), owner.into()]).await
    }

    async fn pending(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        invoice: InvoiceId,
        since: Timestamp,
    ) -> Result<Option<Payment>, StoreError> {
        let sql = "SELECT * FROM payments WHERE invoice_id = $1 AND user_id = $2 \
                   AND created_at > $3 AND status = 'pending' \
                   ORDER BY created_at DESC, id DESC LIMIT 1";
        first(work, sql, vec![invoice.into(), owner.into(), since.into()]).await
    }

    async fn put(&self, work: &mut UnitOfWork, payment: &Payment) -> Result<(), StoreError> {
        let waits = payment.status == PaymentStatus::Pending;
        let values = [
            payment.id.into(),
            payment.invoice.into(),
            payment.owner.into(),
            payment.currency.as_str().into(),
            payment.amount_minor.into(),
            payment.status.as_str().into(),
            payment.reference.clone().into(),
            payment.url.clone().into(),
            payment.created_at.into(),
            payment.settled_at.map(Timestamp::micros).into(),
            waits.then(|| payment.created_at.micros()).into(),
        ];
        work.conn().execute_raw(self.database.statement(PUT, values)).await?;
        Ok(())
    }

    async fn claim_waiting(
        &self,
        before: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Payment>, StoreError> {
        let values = [before.into(), now.into(), i64::from(limit).into()];
        let statement = self.database.statement(CLAIM, values);
        self.database.write().query_all_raw(statement).await?.iter().map(payment).collect()
    }

    async fn heard(&self, notice: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 AS n FROM payment_notices WHERE id = $1";
        let statement = self.database.statement(sql, [notice.into()]);
        Ok(self.database.read().query_one_raw(statement).await?.is_some())
    }

    async fn hear(
        &self,
        work: &mut UnitOfWork,
        notice: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let forget = "DELETE FROM payment_notices WHERE at < $1";
        let before = at.minus(REMEMBERED);
        work.conn().execute_raw(self.database.statement(forget, [before.into()])).await?;
        let sql =
            "INSERT INTO payment_notices (id, at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
        let statement = self.database.statement(sql, [notice.into(), at.into()]);
        Ok(work.conn().execute_raw(statement).await?.rows_affected() > 0)
    }
}
