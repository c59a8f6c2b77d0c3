//! Payments of invoices through somebody who collects money.

use shared_kernel::domain::{Currency, Id, Owner, Timestamp};

use super::InvoiceId;

/// Marker of a payment's id.
#[derive(Debug)]
pub enum PaymentMark {}
pub type PaymentId = Id<PaymentMark>;

/// What became of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// The customer has not paid yet, or the money is on its way.
    Pending,
    Succeeded,
    Failed,
    /// Its page is closed and nobody paid.
    Expired,
}

impl PaymentStatus {
    pub const ALL: [Self; 4] = [Self::Pending, Self::Succeeded, Self::Failed, Self::Expired];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }
}

/// How a payment stands with the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Pending,
    /// So much came.
    Paid {
        amount_minor: i64,
    },
    Failed,
    Expired,
}

/// One attempt to pay what was due of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    pub id: PaymentId,
    pub invoice: InvoiceId,
    pub owner: Owner,
    pub currency: Currency,
    /// What was asked for; once it succeeded, what came.
    pub amount_minor: i64,
    pub status: PaymentStatus,
    /// The provider's id of it, once the provider answered.
    pub reference: Option<String>,
    /// Where the customer pays.
    pub url: Option<String>,
    pub created_at: Timestamp,
    pub settled_at: Option<Timestamp>,
}

impl Payment {
    /// What the news changes; none when nothing. Money that came stays, whatever is heard later and
    /// in whatever order.
    pub fn after(self, outcome: Outcome, at: Timestamp) -> Option<Self> {
        let pending = self.status == PaymentStatus::Pending;
        let (status, amount_minor) = match outcome {
            Outcome::Paid { amount_minor } if self.status != PaymentStatus::Succeeded => {
                (PaymentStatus::Succeeded, amount_minor)
            }
            Outcome::Failed if pending => (PaymentStatus::Failed, self.amount_minor),
            Outcome::Expired if pending => (PaymentStatus::Expired, self.amount_minor),
            _ => return None,
        };
        Some(Self { status, amount_minor, settled_at: Some(at), ..self })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn payment() -> Payment {
        Payment {
            id: Id::from(Uuid::nil()),
            invoice: Id::from(Uuid::nil()),
            owner: Owner::new(Uuid::nil().into()),
            currency: Currency::CNY,
            amount_minor: 100,
            status: PaymentStatus::Pending,
            reference: None,
            url: None,
            created_at: Timestamp::from_millis(0),
            settled_at: None,
        }
    }

    fn outcome() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            Just(Outcome::Pending),
            Just(Outcome::Paid { amount_minor: 100 }),
            Just(Outcome::Failed),
            Just(Outcome::Expired),
        ]
    }

    proptest! {
        #[test]
        fn money_comes_once_and_stays_in_whatever_order_news_arrive(
            news in proptest::collection::vec(outcome(), 0..20),
        ) {
            let (mut now, mut paid) = (payment(), 0);
            for outcome in &news {
                if let Some(next) = now.clone().after(*outcome, Timestamp::from_millis(1)) {
                    paid += usize::from(next.status == PaymentStatus::Succeeded);
                    now = next;
                }
            }
            let came = news.iter().any(|outcome| matches!(outcome, Outcome::Paid { .. }));
            prop_assert_eq!(paid, usize::from(came));
            prop_assert_eq!(now.status == PaymentStatus::Succeeded, came);
        }
    }
}
