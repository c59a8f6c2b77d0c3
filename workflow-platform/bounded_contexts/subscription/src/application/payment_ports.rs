//! What payments need from outside: somebody who collects money, and a memory of it.

use async_trait::async_trait;
use shared_kernel::{
    domain::{Currency, Owner, Timestamp},
    infrastructure::db::UnitOfWork,
};

use super::ports::StoreError;
use crate::domain::{InvoiceId, Outcome, Payment, PaymentId, Refund, RefundId, RefundStatus};

/// A page of the provider's where somebody pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentPage {
    /// The provider's id of it.
    pub reference: String,
    pub url: String,
}

/// What the provider says of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// None when it is not one of ours.
    pub payment: Option<PaymentId>,
    pub currency: Currency,
    pub outcome: Outcome,
}

/// What the provider says of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRefund {
    /// None when it is not one of ours.
    pub refund: Option<RefundId>,
    /// The provider's id of it; none when there is none and never will be.
    pub reference: Option<String>,
    pub status: RefundStatus,
}

/// What there is news of, by the provider's ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    Payment(String),
    Refund(String),
    /// All refunds of a charge.
    RefundsOf(String),
}

/// Something happened at the provider's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The same each time it is told.
    pub id: String,
    /// None when it does not concern payments.
    pub about: Option<About>,
}

/// The provider did not do it.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    #[error("payment provider cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("payment provider refused with status {status}: {code}")]
    Refused { status: u16, code: String },
    #[error("answer of the payment provider cannot be understood: {0}")]
    Answer(String),
}

/// The notice is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    #[error("signature is missing or cannot be read")]
    Unsigned,
    #[error("signature is not right")]
    Signature,
    #[error("signature is from another time")]
    Time,
    #[error("notice cannot be understood: {0}")]
    Content(String),
}

/// Collects money. Without one, administrators settle invoices by hand.
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// Where the payment is made. However often it is asked for one payment, there is one page.
    async fn page(&self, payment: &Payment, title: &str) -> Result<PaymentPage, ProviderError>;

    /// What a notice is about, if it is truly the provider's and of now. `body` as it came.
    fn notice(
        &self,
        signature: Option<&str>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notice, NoticeError>;

    /// How it stands now. Notices come late, twice and out of order; this is what counts.
    async fn look(&self, reference: &str) -> Result<Found, ProviderError>;

    /// Has money of a payment go back; `paid` is the provider's id of that. However often and late it
    /// is asked for one refund, there is one.
    async fn refund(&self, refund: &Refund, paid: &str) -> Result<FoundRefund, ProviderError>;

    /// How a refund stands now.
    async fn look_refund(&self, reference: &str) -> Result<FoundRefund, ProviderError>;

    /// Those of a charge, by the provider's id of it.
    async fn refunds_of(&self, charge: &str) -> Result<Vec<FoundRefund>, ProviderError>;
}

/// Payments at rest. They change while the account of their owner is locked.
#[async_trait]
pub trait PaymentStore: Send + Sync {
    /// Whose payment it is: the provider knows no owners.
    async fn whose(&self, id: PaymentId) -> Result<Option<Owner>, StoreError>;

    async fn payment(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        id: PaymentId,
    ) -> Result<Option<Payment>, StoreError>;

    /// The newest that may still be paid, begun after `since`.
    async fn pending(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        invoice: InvoiceId,
        since: Timestamp,
    ) -> Result<Option<Payment>, StoreError>;

    /// Stores it, or what changed of it.
    async fn put(&self, work: &mut UnitOfWork, payment: &Payment) -> Result<(), StoreError>;

    /// Some that may still be paid and were last asked about before `before`, which this process
    /// alone asks about now.
    async fn claim_waiting(
        &self,
        before: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Payment>, StoreError>;

    /// Whether a notice had its effect already.
    async fn heard(&self, notice: &str) -> Result<bool, StoreError>;

    /// Remembers a notice together with its effect; false when it was heard before.
    async fn hear(
        &self,
        work: &mut UnitOfWork,
        notice: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
}
