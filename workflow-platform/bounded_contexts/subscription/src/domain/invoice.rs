//! Invoices, which say what is owed, and credit notes, which take some of it back.

use serde::{Deserialize, Serialize};
use shared_kernel::domain::{Currency, Id, Owner, Timestamp};

use super::{Period, SubscriptionId, proration::at_rate};

/// Marker of an invoice's id.
#[derive(Debug)]
pub enum InvoiceMark {}
pub type InvoiceId = Id<InvoiceMark>;

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A whole period of a plan.
    Subscription,
    /// The rest of a period on a plan that was begun within it.
    ProrationCharge,
    /// The unused rest of what was charged before.
    ProrationCredit,
    Discount,
    Tax,
}

/// A part of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub kind: LineKind,
    /// Code of the plan.
    pub plan: Option<String>,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// Below zero for what is taken off.
    pub amount_minor: i64,
}

impl Line {
    pub fn of(kind: LineKind, plan: &str, period: Period, amount_minor: i64) -> Self {
        let (from, until) = (Some(period.start), Some(period.end));
        Self { kind, plan: Some(plan.to_owned()), from, until, amount_minor }
    }
}

/// What brought it about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceReason {
    Subscribed,
    Renewed,
    Upgraded,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    Open,
    Paid,
    /// Nobody will pay it any more.
    Uncollectible,
}

impl InvoiceStatus {
    pub const ALL: [Self; 3] = [Self::Open, Self::Paid, Self::Uncollectible];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Uncollectible => "uncollectible",
        }
    }
}

/// What somebody owes, or owed.
///
/// `total = Σ lines`, and `amount due = total − credit − credited − paid`, never below zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    pub id: InvoiceId,
    /// `INV-00000001`, without gaps.
    pub number: String,
    pub owner: Owner,
    pub subscription: SubscriptionId,
    pub reason: InvoiceReason,
    pub status: InvoiceStatus,
    pub currency: Currency,
    pub lines: Vec<Line>,
    /// Taken from what the owner had to their credit.
    pub credit_minor: i64,
    /// Taken back by credit notes.
    pub credited_minor: i64,
    pub paid_minor: i64,
    /// Of what was paid, given back or on its way.
    pub refunded_minor: i64,
    pub issued_at: Timestamp,
    pub due_at: Timestamp,
    /// When it was paid or given up.
    pub settled_at: Option<Timestamp>,
}

impl Invoice {
    pub fn total_minor(&self) -> i64 {
        self.lines.iter().map(|line| line.amount_minor).sum()
    }

    pub fn tax_minor(&self) -> i64 {
        let tax = self.lines.iter().filter(|line| line.kind == LineKind::Tax);
        tax.map(|line| line.amount_minor).sum()
    }

    pub fn due_minor(&self) -> i64 {
        self.total_minor() - self.credit_minor - self.credited_minor - self.paid_minor
    }

    /// Whether it charges for time that is not over.
    pub fn lasts_beyond(&self, now: Timestamp) -> bool {
        let charges = self
            .lines
            .iter()
            .filter(|line| matches!(line.kind, LineKind::Subscription | LineKind::ProrationCharge));
        charges.filter_map(|line| line.until).any(|until| until > now)
    }

    /// With nothing left to pay it is paid.
    #[must_use]
    pub fn settled_if_nothing_is_due(self, at: Timestamp) -> Self {
        if self.status == InvoiceStatus::Open && self.due_minor() == 0 {
            Self { status: InvoiceStatus::Paid, settled_at: Some(at), ..self }
        } else {
            self
        }
    }
}

/// The lines with their tax, if there is one.
pub fn taxed(mut lines: Vec<Line>, basis_points: u32) -> Vec<Line> {
    let net: i64 = lines.iter().map(|line| line.amount_minor).sum();
    let amount_minor = at_rate(net, basis_points);
    if amount_minor != 0 {
        lines.push(Line { kind: LineKind::Tax, plan: None, from: None, until: None, amount_minor });
    }
    lines
}

/// Marker of a credit note's id.
#[derive(Debug)]
pub enum CreditNoteMark {}
pub type CreditNoteId = Id<CreditNoteMark>;

/// Takes back a part of what was charged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditNote {
    pub id: CreditNoteId,
    /// `CN-00000001`, without gaps.
    pub number: String,
    pub owner: Owner,
    pub subscription: SubscriptionId,
    pub currency: Currency,
    pub net_minor: i64,
    pub tax_minor: i64,
    /// The one that was given back; none for what a subscription did not use.
    pub invoice: Option<InvoiceId>,
    pub reason: Option<String>,
    pub issued_at: Timestamp,
}
