//! Answers about plans and subscriptions.

use serde::Serialize;
use shared_kernel::domain::{Locale, Timestamp};

use super::invoice_shapes::InvoiceView;
use crate::{
    application::{Bought, Current},
    domain::{Interval, Next, Plan, PlanEntitlements, Price, Status, Subscription},
};

/// One version of a plan.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PlanView {
    #[schema(example = "basic")]
    pub code: String,
    pub version: u32,
    /// In the caller's language.
    pub name: String,
    pub prices: Vec<Price>,
    pub entitlements: PlanEntitlements,
}

impl PlanView {
    pub fn new(plan: Plan, locale: Locale) -> Self {
        let name = plan.name.of(locale).to_owned();
        let Plan { code, version, prices, entitlements, .. } = plan;
        Self { code, version, name, prices, entitlements }
    }
}

/// What happens when the period ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AtPeriodEnd {
    Renew,
    /// The plan or interval that `downgrade` asked for.
    Downgrade,
    Cancel,
}

/// The plan somebody is on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CurrentView {
    pub plan: PlanView,
    pub status: Status,
    /// Absent for a plan that costs nothing.
    pub interval: Option<Interval>,
    pub started_at: Option<Timestamp>,
    pub period_started_at: Option<Timestamp>,
    /// When the paid time, or the trial, is over.
    pub period_ends_at: Option<Timestamp>,
    pub at_period_end: Option<AtPeriodEnd>,
    /// When what is counted by the month begins anew.
    pub usage_resets_at: Timestamp,
    /// To be taken off the next invoices, in minor units.
    pub credit_minor: i64,
}

impl CurrentView {
    pub fn new(current: Current, locale: Locale) -> Self {
        let Current { plan, subscription, usage_resets_at, credit_minor } = current;
        let terms = subscription.as_ref().and_then(|subscription| subscription.state.terms());
        Self {
            plan: PlanView::new(plan, locale),
            status: subscription.map_or(Status::Active, |subscription| subscription.state.status()),
            interval: terms.map(|terms| terms.interval),
            started_at: subscription.map(|subscription| subscription.started_at),
            period_started_at: terms.map(|terms| terms.period.start),
            period_ends_at: terms.map(|terms| terms.period.end),
            at_period_end: subscription.as_ref().and_then(at_period_end),
            usage_resets_at,
            credit_minor,
        }
    }
}

fn at_period_end(subscription: &Subscription) -> Option<AtPeriodEnd> {
    Some(match subscription.state.terms()?.next {
        Next::Renew => AtPeriodEnd::Renew,
        Next::Change { .. } => AtPeriodEnd::Downgrade,
        Next::Cancel => AtPeriodEnd::Cancel,
    })
}

/// A subscription as a change left it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ChangedView {
    #[schema(value_type = uuid::Uuid)]
    pub id: crate::domain::SubscriptionId,
    /// Code of the plan.
    #[schema(example = "basic")]
    pub plan: String,
    pub status: Status,
    pub interval: Option<Interval>,
    pub period_started_at: Option<Timestamp>,
    pub period_ends_at: Option<Timestamp>,
    pub at_period_end: Option<AtPeriodEnd>,
    /// What is to be paid for the change; absent when it costs nothing.
    pub invoice: Option<InvoiceView>,
}

impl From<Bought> for ChangedView {
    fn from(Bought { subscription, plan, invoice }: Bought) -> Self {
        let terms = subscription.state.terms();
        Self {
            id: subscription.id,
            plan: plan.code,
            status: subscription.state.status(),
            interval: terms.map(|terms| terms.interval),
            period_started_at: terms.map(|terms| terms.period.start),
            period_ends_at: terms.map(|terms| terms.period.end),
            at_period_end: at_period_end(&subscription),
            invoice: invoice.map(InvoiceView::from),
        }
    }
}
