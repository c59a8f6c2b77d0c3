//! Answers.

use serde::Serialize;
use shared_kernel::domain::{Locale, Timestamp};

use crate::{
    application::Current,
    domain::{Interval, Plan, PlanEntitlements, Price},
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

/// The plan somebody is on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CurrentView {
    pub plan: PlanView,
    /// `active`.
    #[schema(example = "active")]
    pub status: &'static str,
    /// Absent for a plan that costs nothing.
    pub interval: Option<Interval>,
    pub started_at: Option<Timestamp>,
    /// When the paid time is over.
    pub period_ends_at: Option<Timestamp>,
    /// When what is counted by the month begins anew.
    pub usage_resets_at: Timestamp,
}

impl CurrentView {
    pub fn new(current: Current, locale: Locale) -> Self {
        let Current { plan, subscription, usage_resets_at } = current;
        Self {
            plan: PlanView::new(plan, locale),
            status: "active",
            interval: subscription.as_ref().and_then(|subscription| subscription.interval),
            started_at: subscription.as_ref().map(|subscription| subscription.started_at),
            period_ends_at: subscription.and_then(|subscription| subscription.period_ends_at),
            usage_resets_at,
        }
    }
}
