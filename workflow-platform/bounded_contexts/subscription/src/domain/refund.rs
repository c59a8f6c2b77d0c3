//! Money given back.

use shared_kernel::domain::{Currency, Id, Owner, Timestamp};

use super::{CreditNoteId, InvoiceId, PaymentId};

/// Marker of a refund's id.
#[derive(Debug)]
pub enum RefundMark {}
pub type RefundId = Id<RefundMark>;

/// What became of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// The provider was asked, or is about to be.
    Pending,
    Succeeded,
    /// The money came back to us: it is to the customer's credit.
    Failed,
}

impl RefundStatus {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Succeeded, Self::Failed];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

/// Money of an invoice on its way back to the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    pub id: RefundId,
    pub invoice: InvoiceId,
    pub owner: Owner,
    pub currency: Currency,
    pub amount_minor: i64,
    pub reason: String,
    pub status: RefundStatus,
    /// The payment that is given back by the provider; none when it is done by hand.
    pub payment: Option<PaymentId>,
    /// None when all of it was to the customer's credit before.
    pub credit_note: Option<CreditNoteId>,
    /// The provider's id of it, once the provider answered.
    pub reference: Option<String>,
    pub created_at: Timestamp,
    pub settled_at: Option<Timestamp>,
}

impl Refund {
    /// What the news changes; none when nothing. What failed stays so, and what succeeded may still
    /// come back.
    pub fn after(self, status: RefundStatus, at: Timestamp) -> Option<Self> {
        let moves = matches!(
            (self.status, status),
            (RefundStatus::Pending, RefundStatus::Succeeded | RefundStatus::Failed)
                | (RefundStatus::Succeeded, RefundStatus::Failed)
        );
        moves.then_some(Self { status, settled_at: Some(at), ..self })
    }
}

/// Where money that is given back comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// What the customer has to their credit goes first: it was taken back from us before.
    pub credit_minor: i64,
    /// The rest is taken off what was earned.
    pub earned_minor: i64,
}

/// Of `amount_minor`, with so much to the customer's credit.
pub fn split(amount_minor: i64, credit_minor: i64) -> Split {
    let credit_minor = credit_minor.clamp(0, amount_minor);
    Split { credit_minor, earned_minor: amount_minor - credit_minor }
}

/// The part of `gross_minor` that was tax, of an invoice of `total_minor` with `tax_minor` of which
/// `before` (gross, tax) was taken back already. All parts together come to all of the tax.
pub fn tax_of(gross_minor: i64, before: (i64, i64), total_minor: i64, tax_minor: i64) -> i64 {
    let part = u64::try_from(before.0 + gross_minor).unwrap_or(0);
    let whole = u64::try_from(total_minor).unwrap_or(0);
    super::proration::share(tax_minor, part, whole) - before.1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_of_the_tax_come_to_all_of_it(
            total in 1_i64..1_000_000,
            tax in 0_i64..1_000_000,
            cuts in proptest::collection::vec(1_i64..100_000, 0..8),
        ) {
            let tax = tax.min(total);
            let (mut gross_before, mut tax_before) = (0, 0);
            for cut in cuts.into_iter().chain([i64::MAX]) {
                let gross = cut.min(total - gross_before);
                let part = tax_of(gross, (gross_before, tax_before), total, tax);
                prop_assert!(part >= 0 && part <= gross + 1, "{part} of {gross}");
                gross_before += gross;
                tax_before += part;
            }
            prop_assert_eq!((gross_before, tax_before), (total, tax));
        }
    }

    #[test]
    fn what_is_to_the_customers_credit_is_given_first() {
        assert_eq!(split(50, 20), Split { credit_minor: 20, earned_minor: 30 });
        assert_eq!(split(50, 80), Split { credit_minor: 50, earned_minor: 0 });
        assert_eq!(split(50, 0), Split { credit_minor: 0, earned_minor: 50 });
    }
}
