//! The context's working parts, put together once per process.

use std::sync::Arc;

use shared_kernel::{
    application::{Cache, UsageSource},
    domain::{Ambient, Currency},
    infrastructure::{cpu::CpuPool, db::Database},
};

use super::{
    paper_ports::{Customers, Press},
    payment_ports::{PaymentProvider, PaymentStore},
    ports::{BillingStore, QuotaCounters, SubscriptionStore, UsageMeter},
    quota::Blocks,
    refund_ports::RefundStore,
};
use crate::domain::Seller;

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct BillingSettings {
    /// Everything is sold in it.
    pub currency: Currency,
    /// Hundredths of a percent, on top of prices.
    pub tax_basis_points: u32,
    /// Of somebody's first paid plan, when they ask for it; none at 0.
    pub trial_days: u32,
    /// Who sells, on invoices.
    pub seller: Seller,
}

impl Default for BillingSettings {
    fn default() -> Self {
        Self {
            currency: Currency::CNY,
            tax_basis_points: 0,
            trial_days: 14,
            seller: Seller::default(),
        }
    }
}

/// Use cases of the context, and its side of the `Entitlements` port.
pub struct SubscriptionModule {
    pub(super) database: Database,
    pub(super) store: Arc<dyn SubscriptionStore>,
    pub(super) billing: Arc<dyn BillingStore>,
    pub(super) meter: Arc<dyn UsageMeter>,
    pub(super) quotas: Arc<dyn QuotaCounters>,
    pub(super) blocks: Blocks,
    pub(super) payments: Arc<dyn PaymentStore>,
    pub(super) refunds: Arc<dyn RefundStore>,
    /// Without one, administrators settle invoices by hand.
    pub(super) provider: Option<Arc<dyn PaymentProvider>>,
    /// What others count themselves.
    pub(super) sources: Vec<Arc<dyn UsageSource>>,
    pub(super) customers: Arc<dyn Customers>,
    pub(super) press: Arc<dyn Press>,
    pub(super) cpu: CpuPool,
    pub(super) cache: Arc<dyn Cache>,
    pub(super) ambient: Ambient,
    pub(super) settings: BillingSettings,
}

/// What the context needs from its surroundings.
pub struct Surroundings {
    pub database: Database,
    /// Remembers for a few seconds what a user's plan includes.
    pub cache: Arc<dyn Cache>,
    /// Those who count what they keep themselves.
    pub sources: Vec<Arc<dyn UsageSource>>,
    pub ambient: Ambient,
    pub settings: BillingSettings,
    /// Who collects money; without one, administrators settle invoices by hand.
    pub provider: Option<Arc<dyn PaymentProvider>>,
    /// Who buys, on invoices.
    pub customers: Arc<dyn Customers>,
    /// Sets invoices.
    pub cpu: CpuPool,
}

/// Where the use cases keep things.
pub(crate) struct Stores {
    pub plans: Arc<dyn SubscriptionStore>,
    pub billing: Arc<dyn BillingStore>,
    pub meter: Arc<dyn UsageMeter>,
    pub quotas: Arc<dyn QuotaCounters>,
    pub payments: Arc<dyn PaymentStore>,
    pub refunds: Arc<dyn RefundStore>,
    pub press: Arc<dyn Press>,
}

impl SubscriptionModule {
    pub(crate) fn new(surroundings: Surroundings, stores: Stores) -> Self {
        let Surroundings { database, cache, sources, ambient, settings, provider, customers, cpu } =
            surroundings;
        let Stores { plans: store, billing, meter, quotas, payments, refunds, press } = stores;
        let blocks = Blocks::default();
        Self {
            database,
            store,
            billing,
            meter,
            quotas,
            blocks,
            payments,
            refunds,
            provider,
            sources,
            customers,
            press,
            cpu,
            cache,
            ambient,
            settings,
        }
    }
}
