//! What refunds need from outside: a memory of them.

use async_trait::async_trait;
use shared_kernel::{
    domain::{Owner, Page, PageRequest, Timestamp},
    infrastructure::db::UnitOfWork,
};

use super::ports::StoreError;
use crate::domain::{InvoiceId, Payment, Refund, RefundId};

/// What of an invoice can be given back, and which way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refundable {
    /// Payments by the provider that succeeded.
    pub payments: Vec<Payment>,
    /// Refunds that did not fail.
    pub refunds: Vec<Refund>,
    /// What credit notes took back of the invoice already: gross, and its tax.
    pub noted: (i64, i64),
}

/// Refunds at rest. They change while the account of their owner is locked.
#[async_trait]
pub trait RefundStore: Send + Sync {
    /// Whose refund it is: the provider knows no owners.
    async fn whose(&self, id: RefundId) -> Result<Option<Owner>, StoreError>;

    async fn refund(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        id: RefundId,
    ) -> Result<Option<Refund>, StoreError>;

    async fn refundable(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        invoice: InvoiceId,
    ) -> Result<Refundable, StoreError>;

    /// Stores it, or what changed of it.
    async fn put(&self, work: &mut UnitOfWork, refund: &Refund) -> Result<(), StoreError>;

    /// The newest first; of one invoice, or of all.
    async fn refunds(
        &self,
        invoice: Option<InvoiceId>,
        page: PageRequest,
    ) -> Result<Page<Refund>, StoreError>;

    /// Some that are waiting for the provider and were last asked about before `before`, which this
    /// process alone asks about now.
    async fn claim_waiting(
        &self,
        before: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Refund>, StoreError>;
}
