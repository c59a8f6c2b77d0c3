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
    /// How much of it is kept, in bytes of its journals; the oldest goes first.
    #[serde(default)]
    pub history_bytes: Option<u64>,
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
            Limit::ScheduleInterval => self.schedule_interval_seconds,
            Limit::HistoryDays => self.history_days,
            Limit::HistoryBytes => self.history_bytes,
        }
    }

    /// Whether so much of a limit is included; of an interval, whether it may be so short.
    pub fn includes(&self, limit: Limit, needed: u64) -> bool {
        self.allowed(limit).is_none_or(|allowed| match limit {
            Limit::ScheduleInterval => needed >= allowed,
            _ => needed <= allowed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_too_much_of_all_but_intervals() {
        let plan = PlanEntitlements {
            executions_per_month: Some(10),
            pages_per_month: None,
            concurrent_executions: None,
            proxies: None,
            dataset_records: None,
            schedule_interval_seconds: Some(60),
            history_days: None,
            history_bytes: None,
        };
        let includes = |limit, needed| plan.includes(limit, needed);
        assert!(includes(Limit::ExecutionsPerMonth, 10));
        assert!(!includes(Limit::ExecutionsPerMonth, 11));
        assert!(includes(Limit::PagesPerMonth, u64::MAX));
        assert!(includes(Limit::ScheduleInterval, 60));
        assert!(!includes(Limit::ScheduleInterval, 59));
    }
}
