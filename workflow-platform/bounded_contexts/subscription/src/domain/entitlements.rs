//! How much of what a plan includes.

use serde::{Deserialize, Serialize};
use shared_kernel::application::Limit;

/// `None` is unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PlanEntitlements {
    pub executions_per_month: Option<u64>,
    /// Collected pages.
    pub pages_per_month: Option<u64>,
    /// Executions that are not finished at one time.
    pub concurrent_executions: Option<u64>,
    pub proxies: Option<u64>,
    pub dataset_records: Option<u64>,
    /// Shortest time between two runs of a schedule.
    pub schedule_interval_seconds: Option<u64>,
    /// How long the history of executions is kept.
    pub history_days: Option<u64>,
}

impl PlanEntitlements {
    /// How much is allowed of a limit.
    pub fn allowed(&self, limit: Limit) -> Option<u64> {
        match limit {
            Limit::ExecutionsPerMonth => self.executions_per_month,
            Limit::PagesPerMonth => self.pages_per_month,
            Limit::ConcurrentExecutions => self.concurrent_executions,
            Limit::Proxies => self.proxies,
            Limit::DatasetRecords => self.dataset_records,
        }
    }

    /// Whether `wanted` fits on top of `used`.
    pub fn includes(&self, limit: Limit, used: u64, wanted: u64) -> bool {
        self.allowed(limit)
            .is_none_or(|allowed| used.checked_add(wanted).is_some_and(|total| total <= allowed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: PlanEntitlements = PlanEntitlements {
        executions_per_month: Some(10),
        pages_per_month: None,
        concurrent_executions: Some(0),
        proxies: Some(u64::MAX),
        dataset_records: Some(5),
        schedule_interval_seconds: None,
        history_days: None,
    };

    #[test]
    fn the_last_unit_is_included_and_the_next_is_not() {
        assert!(PLAN.includes(Limit::ExecutionsPerMonth, 9, 1));
        assert!(!PLAN.includes(Limit::ExecutionsPerMonth, 10, 1));
        assert!(!PLAN.includes(Limit::ConcurrentExecutions, 0, 1));
        assert!(PLAN.includes(Limit::PagesPerMonth, u64::MAX, u64::MAX));
        assert!(!PLAN.includes(Limit::Proxies, u64::MAX, 1));
    }
}
