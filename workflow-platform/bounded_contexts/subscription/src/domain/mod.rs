//! Plans, what they include, subscriptions, and the money they cost. Pure.

mod change;
mod coupon;
mod entitlements;
mod events;
mod invoice;
pub mod ledger;
mod month;
mod paper;
mod passing;
mod payment;
mod period;
mod plan;
mod proration;
mod quota;
mod refund;
mod subscription;
#[cfg(test)]
mod tests;

pub use change::{ChangeError, Offer, begin};
pub use coupon::{Coupon, CouponId, CouponProblem, Discount, Lasts, Off, is_coupon_code};
pub use entitlements::PlanEntitlements;
pub use events::EVENTS;
pub use invoice::{
    CreditNote, CreditNoteId, Invoice, InvoiceId, InvoiceReason, InvoiceStatus, Line, LineKind,
    taxed,
};
pub use month::{beginning_of_month, end_of_month};
pub use paper::{Buyer, Fact, Letterhead, Paper, PaperRow, Seller};
pub use passing::{Due, GIVEN_UP_AFTER, PAYABLE_FOR};
pub use payment::{Outcome, Payment, PaymentId, PaymentStatus};
pub use period::Period;
pub use plan::{FREE, Interval, Plan, PlanId, Price, UnknownInterval, is_plan_code};
pub use quota::{Count, Mark, block};
pub use refund::{Refund, RefundId, RefundStatus, Split, split, tax_of};
pub use subscription::{Charged, Next, State, Status, Subscription, SubscriptionId, Terms};
