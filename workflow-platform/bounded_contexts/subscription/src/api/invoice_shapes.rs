//! Answers about money.

use serde::Serialize;
use shared_kernel::domain::Id;
use shared_kernel::domain::{Currency, Timestamp, User};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::{Invoice, InvoiceReason, InvoiceStatus, Line, LineKind};

/// A part of an invoice.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineView {
    pub kind: LineKind,
    /// Code of the plan; absent for tax.
    #[schema(example = "basic")]
    pub plan: Option<String>,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// In the currency's minor unit (fen); below zero for what is taken off.
    pub amount_minor: i64,
}

impl From<Line> for LineView {
    fn from(line: Line) -> Self {
        let Line { kind, plan, from, until, amount_minor } = line;
        Self { kind, plan, from, until, amount_minor }
    }
}

/// What is owed, or was.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoiceView {
    pub id: Uuid,
    #[schema(example = "INV-00000001")]
    pub number: String,
    pub subscription_id: Uuid,
    pub reason: InvoiceReason,
    pub status: InvoiceStatus,
    pub currency: Currency,
    /// The sum of the lines, tax included.
    pub total_minor: i64,
    pub tax_minor: i64,
    /// Taken from your credit.
    pub credit_minor: i64,
    /// Taken back by credit notes.
    pub credited_minor: i64,
    pub paid_minor: i64,
    /// Of what was paid, given back or on its way.
    pub refunded_minor: i64,
    /// What is still to be paid: the total less the three above.
    pub due_minor: i64,
    pub issued_at: Timestamp,
    pub due_at: Timestamp,
    /// When it was paid, or given up.
    pub settled_at: Option<Timestamp>,
    pub lines: Vec<LineView>,
}

impl From<Invoice> for InvoiceView {
    fn from(invoice: Invoice) -> Self {
        Self {
            total_minor: invoice.total_minor(),
            tax_minor: invoice.tax_minor(),
            due_minor: invoice.due_minor(),
            id: invoice.id.uuid(),
            number: invoice.number,
            subscription_id: invoice.subscription.uuid(),
            reason: invoice.reason,
            status: invoice.status,
            currency: invoice.currency,
            credit_minor: invoice.credit_minor,
            credited_minor: invoice.credited_minor,
            paid_minor: invoice.paid_minor,
            refunded_minor: invoice.refunded_minor,
            issued_at: invoice.issued_at,
            due_at: invoice.due_at,
            settled_at: invoice.settled_at,
            lines: invoice.lines.into_iter().map(LineView::from).collect(),
        }
    }
}

/// Somebody's invoice.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnedInvoiceView {
    #[schema(value_type = Uuid)]
    pub user_id: Id<User>,
    #[serde(flatten)]
    pub invoice: InvoiceView,
}

impl From<Invoice> for OwnedInvoiceView {
    fn from(invoice: Invoice) -> Self {
        Self { user_id: invoice.owner.user(), invoice: invoice.into() }
    }
}
