//! What somebody uses of what their plan includes.

use std::time::Duration;

use shared_kernel::{
    application::{Limit, Principal, Usage, least_apart},
    domain::{Owner, Permission, Text, Timestamp},
};

use super::{SubscriptionError, SubscriptionModule, check::is_monthly, ports::UsageDay};
use crate::domain::{Plan, beginning_of_month, end_of_month};

/// Limits that are counted, in the order in which they are shown.
const COUNTED: [Limit; 5] = [
    Limit::ExecutionsPerMonth,
    Limit::PagesPerMonth,
    Limit::ConcurrentExecutions,
    Limit::Proxies,
    Limit::DatasetRecords,
];

/// Use against limits, and what was metered day by day.
#[derive(Debug, Clone)]
pub struct UsageReport {
    pub limits: Vec<Usage>,
    pub days: Vec<UsageDay>,
}

/// A plan, and what is used above its limits.
#[derive(Debug, Clone)]
pub struct AboveLimits {
    pub plan: Text,
    pub above: Vec<Usage>,
    /// Its schedules run at least so far apart.
    pub apart: Duration,
}

impl SubscriptionModule {
    /// `days` back from today, in UTC.
    pub async fn usage(
        &self,
        who: &Principal,
        days: u32,
    ) -> Result<UsageReport, SubscriptionError> {
        who.require(Permission::SubscriptionRead)?;
        self.report(who.owner(), days).await
    }

    /// The same of anybody, for those who look after all.
    pub async fn usage_of(
        &self,
        who: &Principal,
        owner: Owner,
        days: u32,
    ) -> Result<(Plan, UsageReport), SubscriptionError> {
        who.require(Permission::UsersRead)?;
        let plan = self.plan_in_force(owner).await?;
        Ok((plan, self.report(owner, days).await?))
    }

    async fn report(&self, owner: Owner, days: u32) -> Result<UsageReport, SubscriptionError> {
        let now = self.ambient.now();
        let plan = self.plan_of(owner).await?;
        let mut limits = Vec::with_capacity(COUNTED.len());
        for limit in COUNTED {
            let Some(used) = self.used(owner, limit, now).await? else { continue };
            let resets_at = is_monthly(limit).then(|| end_of_month(now));
            limits.push(Usage { limit, allowed: plan.allowed(limit), used, resets_at });
        }
        let since = now.minus(Duration::from_hours(24) * days.saturating_sub(1));
        let days = self.meter.days(owner, since).await?;
        Ok(UsageReport { limits, days })
    }

    /// What the plan is called, and what somebody has of anything above its limits: it stays, and
    /// nothing is added to it.
    pub async fn above_limits(&self, owner: Owner) -> Result<AboveLimits, SubscriptionError> {
        let now = self.ambient.now();
        let plan = self.plan_in_force(owner).await?;
        let mut above = Vec::new();
        for limit in COUNTED {
            let Some(used) = self.used(owner, limit, now).await? else { continue };
            let allowed = plan.entitlements.allowed(limit);
            if allowed.is_some_and(|allowed| used > allowed) {
                let resets_at = is_monthly(limit).then(|| end_of_month(now));
                above.push(Usage { limit, allowed, used, resets_at });
            }
        }
        let apart = plan.entitlements.schedule_interval_seconds.unwrap_or(0);
        Ok(AboveLimits { plan: plan.name, above, apart: least_apart(apart) })
    }

    async fn used(
        &self,
        owner: Owner,
        limit: Limit,
        now: Timestamp,
    ) -> Result<Option<u64>, SubscriptionError> {
        let month = beginning_of_month(now);
        match limit {
            Limit::ExecutionsPerMonth => {
                return Ok(Some(self.meter.executions_since(owner, month).await?));
            }
            Limit::PagesPerMonth => {
                let days = self.meter.days(owner, month).await?;
                return Ok(Some(days.iter().map(|day| day.fetched.pages).sum()));
            }
            _ => {}
        }
        let Some(source) = self.sources.iter().find(|source| source.limit() == limit) else {
            return Ok(None);
        };
        Ok(Some(source.used(owner).await.map_err(SubscriptionError::Usage)?))
    }
}
