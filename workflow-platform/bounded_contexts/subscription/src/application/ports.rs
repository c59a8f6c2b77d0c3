//! What the use cases need from outside.

use async_trait::async_trait;
use shared_kernel::{
    application::Limit,
    domain::{Cost, Owner, Page, PageRequest, Text, Timestamp},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use crate::domain::{
    Count, Coupon, CouponId, CreditNote, CreditNoteId, Invoice, InvoiceId, InvoiceStatus, Plan,
    PlanId, Subscription, ledger::Posting,
};

/// The store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database failed")]
    Database(#[from] sea_orm::DbErr),
    #[error("row cannot be understood: {0}")]
    BadRow(String),
    /// The migrations put it there and nothing removes it.
    #[error("the free plan is missing")]
    NoFreePlan,
}

/// Plans at rest, and who is on which.
#[async_trait]
pub trait SubscriptionStore: Send + Sync {
    /// The newest version of each plan on offer, in the order to show them.
    async fn plans(&self) -> Result<Vec<Plan>, StoreError>;

    /// The newest version of the free plan.
    async fn free_plan(&self) -> Result<Plan, StoreError>;

    /// One version, on offer or not.
    async fn plan(&self, id: PlanId) -> Result<Option<Plan>, StoreError>;

    /// What plans are called, by their codes; also of those that are not on offer any more.
    async fn plan_names(&self) -> Result<Vec<(String, Text)>, StoreError>;

    /// The subscription that has not ended, with its version of the plan.
    async fn current(&self, owner: Owner) -> Result<Option<(Subscription, Plan)>, StoreError>;

    /// Stores it unless the owner has one that has not ended; tells whether it did.
    async fn start(
        &self,
        work: &mut UnitOfWork,
        subscription: &Subscription,
    ) -> Result<bool, StoreError>;

    /// The highest version there ever was of a plan; 0 of an unknown one.
    async fn newest_version(&self, work: &mut UnitOfWork, code: &str) -> Result<u32, StoreError>;

    /// Takes all versions of a plan off offer; false when none is.
    async fn withdraw(&self, work: &mut UnitOfWork, code: &str) -> Result<bool, StoreError>;

    /// Makes a version of a plan the newest on offer.
    async fn put_plan(&self, work: &mut UnitOfWork, plan: &Plan) -> Result<(), StoreError>;
}

/// What is kept of a customer beside their subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CustomerAccount {
    /// To be taken off the next invoices.
    pub credit_minor: i64,
    pub trial_used: bool,
}

/// Kinds of documents, numbered each by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    Invoice,
    CreditNote,
}

/// Which invoices an administrator looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InvoiceFilter {
    pub owner: Option<Owner>,
    pub status: Option<InvoiceStatus>,
}

/// What of the books does not add up. Empty when all does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Differences {
    /// Postings whose entries do not add up to nothing.
    pub unbalanced_postings: u64,
    /// Invoices whose postings do not come to what they say is still due.
    pub invoices_off: u64,
    /// Customers whose credit is not what their entries come to.
    pub credits_off: u64,
    /// Customers whose refunds under way are not what their entries come to.
    pub refunds_off: u64,
    /// Numbers missing between the first and the last document.
    pub missing_numbers: u64,
}

/// Money at rest. Everything that changes it happens while the customer's account is locked.
#[async_trait]
pub trait BillingStore: Send + Sync {
    /// Until the unit of work ends nobody else changes anything of the owner's money.
    async fn lock(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
    ) -> Result<CustomerAccount, StoreError>;

    async fn put_account(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        account: &CustomerAccount,
    ) -> Result<(), StoreError>;

    /// The subscription that has not ended.
    async fn live(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
    ) -> Result<Option<Subscription>, StoreError>;

    /// `due_at` is when time changes it next.
    async fn put_subscription(
        &self,
        work: &mut UnitOfWork,
        subscription: &Subscription,
        due_at: Option<Timestamp>,
    ) -> Result<(), StoreError>;

    /// The next number, free again should the unit of work be rolled back.
    async fn next_number(
        &self,
        work: &mut UnitOfWork,
        document: Document,
    ) -> Result<i64, StoreError>;

    /// Stores it, or what changed of it.
    async fn put_invoice(&self, work: &mut UnitOfWork, invoice: &Invoice)
    -> Result<(), StoreError>;

    /// One of the owner's, as this unit of work sees it.
    async fn locked_invoice(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        id: InvoiceId,
    ) -> Result<Option<Invoice>, StoreError>;

    /// What there is of the owner's money: what came, less what went back or is on its way.
    async fn held(&self, work: &mut UnitOfWork, owner: Owner) -> Result<i64, StoreError>;

    /// Those that are not settled, the one due first at the front.
    async fn open_invoices(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
    ) -> Result<Vec<Invoice>, StoreError>;

    async fn put_credit_note(
        &self,
        work: &mut UnitOfWork,
        note: &CreditNote,
    ) -> Result<(), StoreError>;

    /// Appends to the ledger.
    async fn post(
        &self,
        work: &mut UnitOfWork,
        id: Uuid,
        owner: Owner,
        posting: &Posting,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// A coupon, which nobody else redeems until the unit of work ends.
    async fn coupon(&self, work: &mut UnitOfWork, code: &str)
    -> Result<Option<Coupon>, StoreError>;

    /// Counts one more use; false when the owner used it before.
    async fn redeem(
        &self,
        work: &mut UnitOfWork,
        coupon: CouponId,
        owner: Owner,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// False when there is one with this code.
    async fn add_coupon(&self, work: &mut UnitOfWork, coupon: &Coupon) -> Result<bool, StoreError>;

    /// False when there is none.
    async fn disable_coupon(&self, work: &mut UnitOfWork, code: &str) -> Result<bool, StoreError>;

    async fn coupons(&self, page: PageRequest) -> Result<Page<Coupon>, StoreError>;

    /// Owners with something due, the longest waiting first.
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<Owner>, StoreError>;

    /// The newest first.
    async fn invoices(
        &self,
        filter: InvoiceFilter,
        page: PageRequest,
    ) -> Result<Page<Invoice>, StoreError>;

    async fn invoice(&self, owner: Owner, id: InvoiceId) -> Result<Option<Invoice>, StoreError>;

    /// Whosever it is: for those who look after everybody's.
    async fn anybodys_invoice(&self, id: InvoiceId) -> Result<Option<Invoice>, StoreError>;

    /// The newest first; everybody's without an owner.
    async fn credit_notes(
        &self,
        owner: Option<Owner>,
        page: PageRequest,
    ) -> Result<Page<CreditNote>, StoreError>;

    /// Anybody's without an owner.
    async fn credit_note(
        &self,
        owner: Option<Owner>,
        id: CreditNoteId,
    ) -> Result<Option<CreditNote>, StoreError>;

    async fn account(&self, owner: Owner) -> Result<CustomerAccount, StoreError>;

    async fn differences(&self) -> Result<Differences, StoreError>;
}

/// What was metered of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageDay {
    /// Midnight in UTC.
    pub starts_at: Timestamp,
    pub executions: u64,
    /// What was fetched; `cpu_ms` is not metered by the day.
    pub fetched: Cost,
}

/// Counts of what was used.
#[async_trait]
pub trait UsageMeter: Send + Sync {
    async fn count_execution(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    async fn count_fetched(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        at: Timestamp,
        cost: Cost,
    ) -> Result<(), StoreError>;

    /// From the day of `since` on.
    async fn executions_since(&self, owner: Owner, since: Timestamp) -> Result<u64, StoreError>;

    /// Days with something in them, the oldest first.
    async fn days(&self, owner: Owner, since: Timestamp) -> Result<Vec<UsageDay>, StoreError>;
}

/// What is counted: a limit of somebody's in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Counter {
    pub owner: Owner,
    pub limit: Limit,
    /// Its first instant.
    pub month: Timestamp,
}

/// Counts of what plans include by the month.
#[async_trait]
pub trait QuotaCounters: Send + Sync {
    /// Locks the row until the transaction ends; `None` when there is none yet.
    async fn lock(
        &self,
        work: &mut UnitOfWork,
        counter: Counter,
    ) -> Result<Option<Count>, StoreError>;

    /// Makes the row unless somebody else did.
    async fn begin(
        &self,
        work: &mut UnitOfWork,
        counter: Counter,
        used: u64,
    ) -> Result<(), StoreError>;

    async fn put(
        &self,
        work: &mut UnitOfWork,
        counter: Counter,
        count: Count,
    ) -> Result<(), StoreError>;

    async fn give_back(&self, counter: Counter, units: u64) -> Result<(), StoreError>;

    /// What was taken; 0 of what nobody counted.
    async fn used(&self, counter: Counter) -> Result<u64, StoreError>;

    /// Removes some counts of months before `month`; tells how many.
    async fn prune(&self, month: Timestamp) -> Result<u64, StoreError>;
}
