//! Plans and who is on which.
//!
//! **Vocabulary.** A *plan* (`free`, `basic`, `pro`, `enterprise`) has *prices* for a month or a
//! year and *entitlements*: how much of what it includes. Plans are versioned data: a change makes
//! a new version, and whoever subscribed stays on theirs. A *subscription* ties a user to one
//! version of a plan.
//!
//! An *invoice* says what is owed, a *credit note* takes some of it back, a *coupon* makes a
//! subscription cheaper. A *payment* is one attempt to pay what is due of an invoice, made at the
//! *provider* who collects money. The *ledger* has every change of money in double entry.
//!
//! **Invariants.**
//! * A user has at most one subscription that has not ended.
//! * Whoever has none counts as being on the free plan; a registration gives it, once.
//! * Amounts are whole minor units of a named currency. What is a part of an amount is rounded
//!   once, half to even, and the rest is what remains.
//! * The entries of a posting add up to nothing; the ledger only grows. An invoice is the sum of its
//!   lines. Numbers of invoices have no gaps.
//! * Whoever changes a customer's money holds the lock on their account until it is done.
//! * What is counted by the month is taken from the count before it is used, in blocks that a process
//!   hands out: no more is ever given than the plan includes. What a killed process had not handed
//!   out, at most a fiftieth of what was left, is lost for the month.
//! * What time does is done as of when it was due, once, whoever does it.
//! * A payment succeeds once. What the provider tells is looked up before it counts.
//! * No more of an invoice is given back than was paid of it. What is given back is booked, with a
//!   credit note, before the provider hears of it.
//!
//! **Published events:** `subscription.started`, `.upgraded`, `.downgrade_planned`,
//! `.downgraded`, `.cancel_planned`, `.resumed`, `.renewed`, `.paid_up`, `.cancelled`, `.expired`,
//! `.quota_reached`; `invoice.issued`, `.paid`, `.overdue`, `.given_up`; `credit_note.issued`;
//! `payment.begun`, `.succeeded`, `.failed`, `.expired`; `refund.begun`, `.succeeded`, `.failed`; `coupon.added`, `coupon.disabled`;
//! `plan.published`, `plan.withdrawn`.
//!
//! **Not here:** collecting money. Stripe does it, or administrators settle invoices by hand.

pub mod api;
pub mod application;
pub mod domain;
pub mod infrastructure;

use std::sync::Arc;

pub use api::routes;
pub use application::{
    BillingSettings, SubscriptionError, SubscriptionModule, Surroundings, register_metrics,
};
pub use domain::EVENTS;
pub use infrastructure::{Bookkeeper, StripeSettings, migrations, readings};

use application::payment_ports::{PaymentProvider, ProviderError};
use shared_kernel::{
    application::{EventHandler, PersonalData},
    infrastructure::db::Database,
};

/// Puts the context together. The result is also the kernel's `Entitlements` port; call
/// [`SubscriptionModule::advance_due`] every minute or so.
pub fn module(surroundings: Surroundings) -> Arc<SubscriptionModule> {
    let database = &surroundings.database;
    let stores = application::Stores {
        plans: Arc::new(infrastructure::SqlSubscriptions::new(database.clone())),
        billing: Arc::new(infrastructure::SqlBilling::new(database.clone())),
        meter: Arc::new(infrastructure::SqlMeter::new(database.clone())),
        quotas: Arc::new(infrastructure::SqlCounters::new(database.clone())),
        payments: Arc::new(infrastructure::SqlPayments::new(database.clone())),
        refunds: Arc::new(infrastructure::SqlRefunds::new(database.clone())),
        press: Arc::new(infrastructure::PdfPress),
    };
    Arc::new(SubscriptionModule::new(surroundings, stores))
}

/// Stripe as the one who collects money.
pub fn stripe(settings: StripeSettings) -> Result<Arc<dyn PaymentProvider>, ProviderError> {
    Ok(Arc::new(infrastructure::Stripe::new(settings)?))
}

/// What the context keeps of a person, in the order in which it may go: books are closed before a
/// subscription is gone.
pub fn personal_data(
    module: &Arc<SubscriptionModule>,
    database: &Database,
) -> Vec<Arc<dyn PersonalData>> {
    let closing = |invoices| {
        Arc::new(application::CloseBooks::new(Arc::clone(module), invoices))
            as Arc<dyn PersonalData>
    };
    infrastructure::personal_data(database, closing)
}

/// What the context does when others report something.
pub fn event_handlers(module: &Arc<SubscriptionModule>) -> Vec<Arc<dyn EventHandler>> {
    vec![
        Arc::new(application::GiveFreePlan::new(Arc::clone(module))),
        Arc::new(application::CountExecutions::new(Arc::clone(module))),
        Arc::new(application::CountFetched::new(Arc::clone(module))),
    ]
}
