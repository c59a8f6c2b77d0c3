//! Refunds in the database.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, Value};
use shared_kernel::{
    domain::{Cursor, Id, Owner, Page, PageRequest, Timestamp},
    infrastructure::db::{Database, UnitOfWork},
};
use uuid::Uuid;

use super::{
    billing::{after, limit},
    payments,
    rows::{self, at, bad, column},
};
use crate::{
    application::{
        ports::StoreError,
        refund_ports::{RefundStore, Refundable},
    },
    domain::{InvoiceId, Refund, RefundId, RefundStatus},
};

const PUT: &str = "INSERT INTO refunds (id, invoice_id, user_id, currency, amount_minor, reason, \
     status, payment_id, credit_note_id, reference, created_at, settled_at, asked_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, reference = excluded.reference, \
     settled_at = excluded.settled_at, asked_at = CASE WHEN excluded.asked_at IS NULL THEN NULL \
     ELSE refunds.asked_at END";

/// Those that somebody else asks about meanwhile are not taken.
const CLAIM: &str = "UPDATE refunds SET asked_at = $2 WHERE id IN (SELECT id FROM refunds \
     WHERE asked_at <= $1 ORDER BY asked_at, id LIMIT $3) AND asked_at <= $1 RETURNING *";

/// [`RefundStore`] on SQLite or PostgreSQL.
#[derive(Debug)]
pub struct SqlRefunds {
    database: Database,
}

impl SqlRefunds {
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

fn refund(row: &QueryResult) -> Result<Refund, StoreError> {
    let status: String = column(row, "status")?;
    let status = RefundStatus::ALL.into_iter().find(|known| known.as_str() == status);
    Ok(Refund {
        id: column::<Uuid>(row, "id")?.into(),
        invoice: column::<Uuid>(row, "invoice_id")?.into(),
        owner: Owner::new(column::<Uuid>(row, "user_id")?.into()),
        currency: rows::currency(row)?,
        amount_minor: column(row, "amount_minor")?,
        reason: column(row, "reason")?,
        status: status.ok_or_else(|| bad("status", "unknown"))?,
        payment: column::<Option<Uuid>>(row, "payment_id")?.map(Into::into),
        credit_note: column::<Option<Uuid>>(row, "credit_note_id")?.map(Into::into),
        reference: column(row, "reference")?,
        created_at: at(row, "created_at")?,
        settled_at: column::<Option<i64>>(row, "settled_at")?.map(Timestamp::from_micros),
    })
}

async fn rows_of(
    work: &mut UnitOfWork,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<QueryResult>, StoreError> {
    let statement = work.database().statement(sql, values);
    Ok(work.conn().query_all_raw(statement).await?)
}

#[async_trait]
impl RefundStore for SqlRefunds {
    async fn whose(&self, id: RefundId) -> Result<Option<Owner>, StoreError> {
        let sql = "SELECT user_id FROM refunds WHERE id = $1";
        let statement = self.database.statement(sql, [id.into()]);
        let row = self.database.read().query_one_raw(statement).await?;
        row.map(|row| Ok(Owner::new(column::<Uuid>(&row, "user_id")?.into()))).transpose()
    }

    async fn refund(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        id: RefundId,
    ) -> Result<Option<Refund>, StoreError> {
        let sql = "SELECT * FROM refunds WHERE id = $1 AND user_id = $2";
        rows_of(work, sql, vec![id.into(), owner.into()]).await?.first().map(refund).transpose()
    }

    async fn refundable(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        invoice: InvoiceId,
    ) -> Result<Refundable, StoreError> {
        let values = || vec![invoice.into(), owner.into()];
        let paid = "SELECT * FROM payments WHERE invoice_id = $1 AND user_id = $2 \
                    AND status = 'succeeded' ORDER BY created_at, id";
        let given = "SELECT * FROM refunds WHERE invoice_id = $1 AND user_id = $2 \
                     AND status <> 'failed' ORDER BY created_at, id";
        let noted = "SELECT CAST(COALESCE(SUM(net_minor + tax_minor), 0) AS bigint) AS gross, \
                     CAST(COALESCE(SUM(tax_minor), 0) AS bigint) AS tax FROM credit_notes \
                     WHERE invoice_id = $1 AND user_id = $2";
        let payments = rows_of(work, paid, values()).await?;
        let refunds = rows_of(work, given, values()).await?;
        let sums = rows_of(work, noted, values()).await?;
        let sums = sums.first().ok_or_else(|| bad("credit_notes", "no sum"))?;
        Ok(Refundable {
            payments: payments.iter().map(payments::payment).collect::<Result<_, _>>()?,
            refunds: refunds.iter().map(refund).collect::<Result<_, _>>()?,
            noted: (column(sums, "gross")?, column(sums, "tax")?),
        })
    }

    async fn put(&self, work: &mut UnitOfWork, refund: &Refund) -> Result<(), StoreError> {
        // What is done by hand waits for nobody.
        let waits = refund.status == RefundStatus::Pending;
        let values = [
            refund.id.into(),
            refund.invoice.into(),
            refund.owner.into(),
            refund.currency.as_str().into(),
            refund.amount_minor.into(),
            refund.reason.clone().into(),
            refund.status.as_str().into(),
            refund.payment.map(Id::uuid).into(),
            refund.credit_note.map(Id::uuid).into(),
            refund.reference.clone().into(),
            refund.created_at.into(),
            refund.settled_at.map(Timestamp::micros).into(),
            waits.then(|| refund.created_at.micros()).into(),
        ];
        work.conn().execute_raw(self.database.statement(PUT, values)).await?;
        Ok(())
    }

    async fn refunds(
        &self,
        invoice: Option<InvoiceId>,
        page: PageRequest,
    ) -> Result<Page<Refund>, StoreError> {
        let (at, id) = after(page);
        let mut values = vec![at.into(), id.into(), limit(page)];
        let mut wanted = "";
        if let Some(invoice) = invoice {
            values.push(invoice.into());
            wanted = " AND invoice_id = $4";
        }
        let sql = format!(
            "SELECT * FROM refunds WHERE (created_at, id) < ($1, $2){wanted} \
             ORDER BY created_at DESC, id DESC LIMIT $3"
        );
        let statement = self.database.statement(sql, values);
        let found = self.database.read().query_all_raw(statement).await?;
        let found = found.iter().map(refund).collect::<Result<Vec<_>, _>>()?;
        let key = |refund: &Refund| Cursor { at: refund.created_at, id: refund.id.uuid() };
        Ok(Page::cut(found, page.limit, key))
    }

    async fn claim_waiting(
        &self,
        before: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Refund>, StoreError> {
        let values = [before.into(), now.into(), i64::from(limit).into()];
        let statement = self.database.statement(CLAIM, values);
        self.database.write().query_all_raw(statement).await?.iter().map(refund).collect()
    }
}
