//! What somebody uses of what their plan includes.

use shared_kernel::{
    application::{Limit, Principal, Usage},
    domain::{Owner, Permission, Timestamp},
};

use super::{SubscriptionError, SubscriptionModule, check::is_monthly, ports::UsageDay};
use crate::domain::{beginning_of_month, end_of_month};

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

impl SubscriptionModule {
    /// `days` back from today, in UTC.
    pub async fn usage(
        &self,
        who: &Principal,
        days: u32,
    ) -> Result<UsageReport, SubscriptionError> {
        who.require(Permission::SubscriptionRead)?;
        let (owner, now) = (who.owner(), self.ambient.now());
        let plan = self.plan_of(owner).await?;
        let mut limits = Vec::with_capacity(COUNTED.len());
        for limit in COUNTED {
            let Some(used) = self.used(owner, limit, now).await? else { continue };
            let resets_at = is_monthly(limit).then(|| end_of_month(now));
            limits.push(Usage { limit, allowed: plan.allowed(limit), used, resets_at });
        }
        let since = now.minus(std::time::Duration::from_hours(24) * days.saturating_sub(1));
        let days = self.meter.days(owner, since).await?;
        Ok(UsageReport { limits, days })
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
