//! Double entry: every change of money is a posting whose entries add up to nothing.

use shared_kernel::domain::Currency;
use uuid::Uuid;

use super::{CreditNote, Invoice, Refund, RefundStatus};

/// Where money stands. Debits are positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Account {
    /// What a user owes.
    Receivable,
    /// What a user has to their credit (below zero: we owe it).
    CustomerCredit,
    Revenue,
    TaxPayable,
    Cash,
    /// Owed, and given up.
    BadDebt,
    /// On its way back to a user (below zero: we owe it).
    RefundsPayable,
}

impl Account {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receivable => "receivable",
            Self::CustomerCredit => "customer_credit",
            Self::Revenue => "revenue",
            Self::TaxPayable => "tax_payable",
            Self::Cash => "cash",
            Self::BadDebt => "bad_debt",
            Self::RefundsPayable => "refunds_payable",
        }
    }
}

/// What a posting tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostingKind {
    InvoiceIssued,
    CreditUsed,
    PaymentReceived,
    CreditNoteIssued,
    WrittenOff,
    RefundBegun,
    RefundPaid,
    RefundFailed,
}

impl PostingKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvoiceIssued => "invoice_issued",
            Self::CreditUsed => "credit_used",
            Self::PaymentReceived => "payment_received",
            Self::CreditNoteIssued => "credit_note_issued",
            Self::WrittenOff => "written_off",
            Self::RefundBegun => "refund_begun",
            Self::RefundPaid => "refund_paid",
            Self::RefundFailed => "refund_failed",
        }
    }
}

/// Entries that add up to nothing. Made by the functions below only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    kind: PostingKind,
    /// The invoice, credit note or refund.
    reference: Uuid,
    currency: Currency,
    entries: Vec<(Account, i64)>,
}

impl Posting {
    /// The last account takes what makes the sum nothing.
    fn balanced(
        kind: PostingKind,
        reference: Uuid,
        currency: Currency,
        entries: &[(Account, i64)],
        rest: Account,
    ) -> Self {
        let sum: i64 = entries.iter().map(|(_, amount)| amount).sum();
        let entries = entries.iter().copied().chain([(rest, -sum)]);
        let entries = entries.filter(|(_, amount)| *amount != 0).collect();
        Self { kind, reference, currency, entries }
    }

    pub const fn kind(&self) -> PostingKind {
        self.kind
    }

    pub const fn reference(&self) -> Uuid {
        self.reference
    }

    pub const fn currency(&self) -> Currency {
        self.currency
    }

    pub fn entries(&self) -> &[(Account, i64)] {
        &self.entries
    }
}

/// An invoice is owed.
pub fn issued(invoice: &Invoice) -> Posting {
    let (total, tax) = (invoice.total_minor(), invoice.tax_minor());
    let entries = [(Account::Receivable, total), (Account::TaxPayable, -tax)];
    let id = invoice.id.uuid();
    Posting::balanced(PostingKind::InvoiceIssued, id, invoice.currency, &entries, Account::Revenue)
}

/// Credit of the user pays a part of it.
pub fn credit_used(invoice: &Invoice) -> Posting {
    let entries = [(Account::CustomerCredit, invoice.credit_minor)];
    let id = invoice.id.uuid();
    Posting::balanced(PostingKind::CreditUsed, id, invoice.currency, &entries, Account::Receivable)
}

/// Somebody paid: of the invoice `taken_minor`, and the rest for later ones.
pub fn paid(invoice: &Invoice, amount_minor: i64, taken_minor: i64) -> Posting {
    let entries =
        [(Account::Cash, amount_minor), (Account::CustomerCredit, taken_minor - amount_minor)];
    let (id, kind) = (invoice.id.uuid(), PostingKind::PaymentReceived);
    Posting::balanced(kind, id, invoice.currency, &entries, Account::Receivable)
}

/// A credit note lowers what is owed first; what remains is to the user's credit.
pub fn credited(note: &CreditNote, off_invoices_minor: i64) -> Posting {
    let entries = [
        (Account::Revenue, note.net_minor),
        (Account::TaxPayable, note.tax_minor),
        (Account::Receivable, -off_invoices_minor),
    ];
    let (kind, id) = (PostingKind::CreditNoteIssued, note.id.uuid());
    Posting::balanced(kind, id, note.currency, &entries, Account::CustomerCredit)
}

/// What is still owed will not be paid.
pub fn written_off(invoice: &Invoice) -> Posting {
    let (id, entries) = (invoice.id.uuid(), [(Account::BadDebt, invoice.due_minor())]);
    Posting::balanced(PostingKind::WrittenOff, id, invoice.currency, &entries, Account::Receivable)
}

/// Money is to go back: what was to the user's credit, and what the note takes off what was earned.
pub fn refund_begun(refund: &Refund, credit_minor: i64, note: Option<&CreditNote>) -> Posting {
    let (net, tax) = note.map_or((0, 0), |note| (note.net_minor, note.tax_minor));
    let entries = [
        (Account::CustomerCredit, credit_minor),
        (Account::Revenue, net),
        (Account::TaxPayable, tax),
    ];
    let (kind, id) = (PostingKind::RefundBegun, refund.id.uuid());
    Posting::balanced(kind, id, refund.currency, &entries, Account::RefundsPayable)
}

/// The money went, or came back and is to the user's credit. `before` is how the refund stood.
pub fn refund_settled(refund: &Refund, before: RefundStatus) -> Posting {
    let (id, amount) = (refund.id.uuid(), refund.amount_minor);
    let from = match before {
        RefundStatus::Succeeded => Account::Cash,
        RefundStatus::Pending | RefundStatus::Failed => Account::RefundsPayable,
    };
    let (kind, to) = match refund.status {
        RefundStatus::Failed => (PostingKind::RefundFailed, Account::CustomerCredit),
        RefundStatus::Pending | RefundStatus::Succeeded => (PostingKind::RefundPaid, Account::Cash),
    };
    Posting::balanced(kind, id, refund.currency, &[(from, amount)], to)
}
