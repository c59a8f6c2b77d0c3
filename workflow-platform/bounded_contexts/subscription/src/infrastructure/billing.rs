//! Money in the database.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, Value};
use shared_kernel::{
    domain::{Cursor, Id, Owner, Page, PageRequest, Timestamp},
    infrastructure::db::{Backend, Database, UnitOfWork},
};
use uuid::Uuid;

use super::{
    differences,
    rows::{self, CouponTerms, column, to_json, to_word},
};
use crate::{
    application::ports::{
        BillingStore, CustomerAccount, Differences, Document, InvoiceFilter, StoreError,
    },
    domain::{
        Coupon, CouponId, CreditNote, CreditNoteId, Interval, Invoice, InvoiceId, Subscription,
        ledger::Posting,
    },
};

const LIVE: &str = "SELECT id AS subscription_id, user_id, plan_id, started_at, state \
     FROM subscriptions WHERE user_id = $1 AND ended_at IS NULL";
const PUT_SUBSCRIPTION: &str = "INSERT INTO subscriptions (id, user_id, plan_id, interval, \
     started_at, period_ends_at, ended_at, status, state, due_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET \
     plan_id = excluded.plan_id, interval = excluded.interval, \
     period_ends_at = excluded.period_ends_at, ended_at = excluded.ended_at, \
     status = excluded.status, state = excluded.state, due_at = excluded.due_at";
const PUT_INVOICE: &str = "INSERT INTO invoices (id, number, user_id, subscription_id, reason, \
     status, currency, lines, total_minor, credit_minor, credited_minor, paid_minor, refunded_minor, \
     issued_at, due_at, settled_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, \
     credit_minor = excluded.credit_minor, credited_minor = excluded.credited_minor, \
     paid_minor = excluded.paid_minor, refunded_minor = excluded.refunded_minor, settled_at = excluded.settled_at";
const ADD_COUPON: &str = "INSERT INTO coupons (id, code, terms, max_redemptions, redeemed, \
     disabled, created_at) VALUES ($1, $2, $3, $4, 0, FALSE, $5) ON CONFLICT (code) DO NOTHING";

/// [`BillingStore`] on SQLite or PostgreSQL.
#[derive(Debug)]
pub struct SqlBilling {
    database: Database,
}

fn micros(at: Option<Timestamp>) -> Value {
    at.map(Timestamp::micros).into()
}

impl SqlBilling {
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// On SQLite there is one writer at a time anyway.
    fn for_update(&self) -> &'static str {
        match self.database.backend() {
            Backend::Postgres => " FOR UPDATE",
            Backend::Sqlite => "",
        }
    }

    async fn read(
        &self,
        sql: impl Into<String>,
        values: Vec<Value>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        Ok(self.database.read().query_all_raw(self.database.statement(sql, values)).await?)
    }
}

/// Statements within a unit of work.
async fn rows_of(
    work: &mut UnitOfWork,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<Vec<QueryResult>, StoreError> {
    let statement = work.database().statement(sql, values);
    Ok(work.conn().query_all_raw(statement).await?)
}

async fn change(
    work: &mut UnitOfWork,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<u64, StoreError> {
    let statement = work.database().statement(sql, values);
    Ok(work.conn().execute_raw(statement).await?.rows_affected())
}

fn account(row: Option<&QueryResult>) -> Result<CustomerAccount, StoreError> {
    let Some(row) = row else { return Ok(CustomerAccount::default()) };
    let (credit_minor, trial_used) = (column(row, "credit_minor")?, column(row, "trial_used")?);
    Ok(CustomerAccount { credit_minor, trial_used })
}

#[async_trait]
impl BillingStore for SqlBilling {
    async fn lock(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
    ) -> Result<CustomerAccount, StoreError> {
        let make = "INSERT INTO billing_accounts (user_id, credit_minor, trial_used) \
                    VALUES ($1, 0, FALSE) ON CONFLICT (user_id) DO NOTHING";
        change(work, make, vec![owner.into()]).await?;
        let sql = format!("SELECT * FROM billing_accounts WHERE user_id = $1{}", self.for_update());
        account(rows_of(work, sql, vec![owner.into()]).await?.first())
    }

    async fn put_account(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        account: &CustomerAccount,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE billing_accounts SET credit_minor = $2, trial_used = $3 \
                   WHERE user_id = $1";
        let values = vec![owner.into(), account.credit_minor.into(), account.trial_used.into()];
        change(work, sql, values).await?;
        Ok(())
    }

    async fn live(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
    ) -> Result<Option<Subscription>, StoreError> {
        // Held until the end, so that whoever erases its owner waits: written afterwards, it would be
        // there again.
        let sql = format!("{LIVE}{}", self.for_update());
        let rows = rows_of(work, sql, vec![owner.into()]).await?;
        rows.first().map(rows::subscription).transpose()
    }

    async fn put_subscription(
        &self,
        work: &mut UnitOfWork,
        subscription: &Subscription,
        due_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let (state, terms) = (&subscription.state, subscription.state.terms());
        let values = vec![
            subscription.id.into(),
            subscription.owner.into(),
            subscription.plan.into(),
            terms.map(|terms| Interval::as_str(terms.interval)).into(),
            subscription.started_at.into(),
            micros(terms.map(|terms| terms.period.end)),
            micros(state.ended_at()),
            state.status().as_str().into(),
            to_json(state)?.into(),
            micros(due_at),
        ];
        change(work, PUT_SUBSCRIPTION, values).await?;
        Ok(())
    }

    async fn next_number(
        &self,
        work: &mut UnitOfWork,
        document: Document,
    ) -> Result<i64, StoreError> {
        let name = match document {
            Document::Invoice => "invoice",
            Document::CreditNote => "credit_note",
        };
        let sql = "INSERT INTO document_numbers AS n (document, last) VALUES ($1, 1) \
                   ON CONFLICT (document) DO UPDATE SET last = n.last + 1 RETURNING last";
        let rows = rows_of(work, sql, vec![name.into()]).await?;
        let row = rows.first().ok_or_else(|| rows::bad("document_numbers", "gave no number"))?;
        column(row, "last")
    }

    async fn put_invoice(
        &self,
        work: &mut UnitOfWork,
        invoice: &Invoice,
    ) -> Result<(), StoreError> {
        let values = vec![
            invoice.id.into(),
            invoice.number.clone().into(),
            invoice.owner.into(),
            invoice.subscription.into(),
            to_word(&invoice.reason)?.into(),
            invoice.status.as_str().into(),
            invoice.currency.as_str().into(),
            to_json(&invoice.lines)?.into(),
            invoice.total_minor().into(),
            invoice.credit_minor.into(),
            invoice.credited_minor.into(),
            invoice.paid_minor.into(),
            invoice.refunded_minor.into(),
            invoice.issued_at.into(),
            invoice.due_at.into(),
            micros(invoice.settled_at),
        ];
        change(work, PUT_INVOICE, values).await?;
        Ok(())
    }

    async fn locked_invoice(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        id: InvoiceId,
    ) -> Result<Option<Invoice>, StoreError> {
        let sql = "SELECT * FROM invoices WHERE id = $1 AND user_id = $2";
        let found = rows_of(work, sql, vec![id.into(), owner.into()]).await?;
        found.first().map(rows::invoice).transpose()
    }

    async fn held(&self, work: &mut UnitOfWork, owner: Owner) -> Result<i64, StoreError> {
        let sql = "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS bigint) AS n FROM ledger_entries \
                   WHERE user_id = $1 AND account IN ('cash', 'refunds_payable')";
        let rows = rows_of(work, sql, vec![owner.into()]).await?;
        column(rows.first().ok_or_else(|| rows::bad("ledger_entries", "no sum"))?, "n")
    }

    async fn open_invoices(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
    ) -> Result<Vec<Invoice>, StoreError> {
        let sql =
            "SELECT * FROM invoices WHERE user_id = $1 AND status = 'open' ORDER BY due_at, id";
        rows_of(work, sql, vec![owner.into()]).await?.iter().map(rows::invoice).collect()
    }

    async fn put_credit_note(
        &self,
        work: &mut UnitOfWork,
        note: &CreditNote,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO credit_notes (id, number, user_id, subscription_id, currency, \
                   net_minor, tax_minor, invoice_id, reason, issued_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let values = vec![
            note.id.into(),
            note.number.clone().into(),
            note.owner.into(),
            note.subscription.into(),
            note.currency.as_str().into(),
            note.net_minor.into(),
            note.tax_minor.into(),
            note.invoice.map(Id::uuid).into(),
            note.reason.clone().into(),
            note.issued_at.into(),
        ];
        change(work, sql, values).await?;
        Ok(())
    }

    async fn post(
        &self,
        work: &mut UnitOfWork,
        id: Uuid,
        owner: Owner,
        posting: &Posting,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO ledger_entries (posting_id, position, kind, reference, user_id, \
                   account, currency, amount_minor, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        for (position, (account, amount)) in (0_i32..).zip(posting.entries()) {
            let values = vec![
                id.into(),
                position.into(),
                posting.kind().as_str().into(),
                posting.reference().into(),
                owner.into(),
                account.as_str().into(),
                posting.currency().as_str().into(),
                (*amount).into(),
                at.into(),
            ];
            change(work, sql, values).await?;
        }
        Ok(())
    }

    async fn coupon(
        &self,
        work: &mut UnitOfWork,
        code: &str,
    ) -> Result<Option<Coupon>, StoreError> {
        let sql = format!("SELECT * FROM coupons WHERE code = $1{}", self.for_update());
        rows_of(work, sql, vec![code.into()]).await?.first().map(rows::coupon).transpose()
    }

    async fn redeem(
        &self,
        work: &mut UnitOfWork,
        coupon: CouponId,
        owner: Owner,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO coupon_redemptions (coupon_id, user_id, at) VALUES ($1, $2, $3) \
                   ON CONFLICT (coupon_id, user_id) DO NOTHING";
        if change(work, sql, vec![coupon.into(), owner.into(), at.into()]).await? == 0 {
            return Ok(false);
        }
        let count = "UPDATE coupons SET redeemed = redeemed + 1 WHERE id = $1";
        change(work, count, vec![coupon.into()]).await?;
        Ok(true)
    }

    async fn add_coupon(&self, work: &mut UnitOfWork, coupon: &Coupon) -> Result<bool, StoreError> {
        let most = coupon.max_redemptions.map(|most| i32::try_from(most).unwrap_or(i32::MAX));
        let values = vec![
            coupon.id.into(),
            coupon.code.clone().into(),
            to_json(&CouponTerms::from(coupon))?.into(),
            most.into(),
            coupon.created_at.into(),
        ];
        Ok(change(work, ADD_COUPON, values).await? > 0)
    }

    async fn disable_coupon(&self, work: &mut UnitOfWork, code: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE coupons SET disabled = TRUE WHERE code = $1";
        Ok(change(work, sql, vec![code.into()]).await? > 0)
    }

    async fn coupons(&self, page: PageRequest) -> Result<Page<Coupon>, StoreError> {
        let (at, id) = after(page);
        let sql = "SELECT * FROM coupons WHERE (created_at, id) < ($1, $2) \
                   ORDER BY created_at DESC, id DESC LIMIT $3";
        let values = vec![at.into(), id.into(), limit(page)];
        let found = self.read(sql, values).await?;
        let found = found.iter().map(rows::coupon).collect::<Result<Vec<_>, _>>()?;
        let key = |coupon: &Coupon| Cursor { at: coupon.created_at, id: coupon.id.uuid() };
        Ok(Page::cut(found, page.limit, key))
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<Owner>, StoreError> {
        let sql = "SELECT user_id FROM subscriptions WHERE due_at IS NOT NULL AND due_at <= $1 \
                   AND ended_at IS NULL ORDER BY due_at LIMIT $2";
        let found = self.read(sql, vec![now.into(), i64::from(limit).into()]).await?;
        let owner = |row: &QueryResult| Ok(Owner::new(column::<Uuid>(row, "user_id")?.into()));
        found.iter().map(owner).collect()
    }

    async fn invoices(
        &self,
        filter: InvoiceFilter,
        page: PageRequest,
    ) -> Result<Page<Invoice>, StoreError> {
        let (at, id) = after(page);
        let mut values = vec![at.into(), id.into(), limit(page)];
        let mut wanted = String::new();
        if let Some(owner) = filter.owner {
            values.push(owner.into());
            wanted.push_str(&format!(" AND user_id = ${}", values.len()));
        }
        if let Some(status) = filter.status {
            values.push(status.as_str().into());
            wanted.push_str(&format!(" AND status = ${}", values.len()));
        }
        let sql = format!(
            "SELECT * FROM invoices WHERE (issued_at, id) < ($1, $2){wanted} \
             ORDER BY issued_at DESC, id DESC LIMIT $3"
        );
        let found = self.read(sql, values).await?;
        let found = found.iter().map(rows::invoice).collect::<Result<Vec<_>, _>>()?;
        let key = |invoice: &Invoice| Cursor { at: invoice.issued_at, id: invoice.id.uuid() };
        Ok(Page::cut(found, page.limit, key))
    }

    async fn invoice(&self, owner: Owner, id: InvoiceId) -> Result<Option<Invoice>, StoreError> {
        let sql = "SELECT * FROM invoices WHERE id = $1 AND user_id = $2";
        let found = self.read(sql, vec![id.into(), owner.into()]).await?;
        found.first().map(rows::invoice).transpose()
    }

    async fn anybodys_invoice(&self, id: InvoiceId) -> Result<Option<Invoice>, StoreError> {
        let found = self.read("SELECT * FROM invoices WHERE id = $1", vec![id.into()]).await?;
        found.first().map(rows::invoice).transpose()
    }

    async fn credit_notes(
        &self,
        owner: Option<Owner>,
        page: PageRequest,
    ) -> Result<Page<CreditNote>, StoreError> {
        let (at, id) = after(page);
        let mut values = vec![at.into(), id.into(), limit(page)];
        let mut wanted = "";
        if let Some(owner) = owner {
            values.push(owner.into());
            wanted = " AND user_id = $4";
        }
        let sql = format!(
            "SELECT * FROM credit_notes WHERE (issued_at, id) < ($1, $2){wanted} \
             ORDER BY issued_at DESC, id DESC LIMIT $3"
        );
        let found = self.read(sql, values).await?;
        let found = found.iter().map(rows::credit_note).collect::<Result<Vec<_>, _>>()?;
        let key = |note: &CreditNote| Cursor { at: note.issued_at, id: note.id.uuid() };
        Ok(Page::cut(found, page.limit, key))
    }

    async fn credit_note(
        &self,
        owner: Option<Owner>,
        id: CreditNoteId,
    ) -> Result<Option<CreditNote>, StoreError> {
        let mut values = vec![id.into()];
        let mut wanted = "";
        if let Some(owner) = owner {
            values.push(owner.into());
            wanted = " AND user_id = $2";
        }
        let sql = format!("SELECT * FROM credit_notes WHERE id = $1{wanted}");
        self.read(sql, values).await?.first().map(rows::credit_note).transpose()
    }

    async fn account(&self, owner: Owner) -> Result<CustomerAccount, StoreError> {
        let sql = "SELECT * FROM billing_accounts WHERE user_id = $1";
        account(self.read(sql, vec![owner.into()]).await?.first())
    }

    async fn differences(&self) -> Result<Differences, StoreError> {
        let mut found = Differences::default();
        for (sql, count) in differences::queries(&mut found) {
            let rows = self.read(sql, Vec::new()).await?;
            let row = rows.first().ok_or_else(|| rows::bad("differences", "no row"))?;
            *count = u64::try_from(column::<i64>(row, "n")?).unwrap_or(0);
        }
        Ok(found)
    }
}

/// Before everything, unless there is a page before.
pub(super) fn after(page: PageRequest) -> (Timestamp, Uuid) {
    page.after
        .map_or((Timestamp::from_micros(i64::MAX), Uuid::max()), |cursor| (cursor.at, cursor.id))
}

/// One row more than asked for tells whether there is another page.
pub(super) fn limit(page: PageRequest) -> Value {
    i64::from(page.limit).saturating_add(1).into()
}
