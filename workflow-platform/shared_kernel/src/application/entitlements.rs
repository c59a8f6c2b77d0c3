//! What a user's plan includes, asked where work starts.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::Reservation;
use crate::domain::{ErrorKind, Fault, Owner, Text, Timestamp};

/// Something a plan limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    ExecutionsPerMonth,
    PagesPerMonth,
    ConcurrentExecutions,
    Proxies,
    DatasetRecords,
    /// Seconds from one run of a schedule to the next: at least so many.
    ScheduleInterval,
    /// Days that ended executions are kept.
    HistoryDays,
    /// Bytes of journals that are kept.
    HistoryBytes,
}

impl Limit {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ExecutionsPerMonth => "executions_per_month",
            Self::PagesPerMonth => "pages_per_month",
            Self::ConcurrentExecutions => "concurrent_executions",
            Self::Proxies => "proxies",
            Self::DatasetRecords => "dataset_records",
            Self::ScheduleInterval => "schedule_interval_seconds",
            Self::HistoryDays => "history_days",
            Self::HistoryBytes => "history_bytes",
        }
    }
}

/// What a plan includes of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    pub limit: Limit,
    /// `None` is unlimited.
    pub allowed: Option<u64>,
    /// When what is used of it is counted anew.
    pub resets_at: Option<Timestamp>,
}

impl Allowance {
    /// Whether `wanted` fits on top of `used`.
    pub fn include(self, used: u64, wanted: u64) -> Result<(), EntitlementsError> {
        let Self { limit, allowed, resets_at } = self;
        let fits = |allowed| used.checked_add(wanted).is_some_and(|total| total <= allowed);
        if allowed.is_none_or(fits) {
            return Ok(());
        }
        Err(Usage { limit, allowed, used, resets_at }.exceeded())
    }
}

/// How much is used of a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    pub limit: Limit,
    /// `None` is unlimited.
    pub allowed: Option<u64>,
    pub used: u64,
    pub resets_at: Option<Timestamp>,
}

impl Usage {
    /// It is too much, and nobody has looked yet which plan includes more.
    pub const fn exceeded(self) -> EntitlementsError {
        EntitlementsError::Exceeded { usage: self, upgrade: None }
    }
}

/// A plan on offer that includes what another does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// Its code.
    pub plan: String,
    /// What it includes; `None` is unlimited.
    pub allowed: Option<u64>,
}

impl Upgrade {
    fn told(upgrade: Option<&Self>) -> Value {
        upgrade.map_or(
            Value::Null,
            |Self { plan, allowed }| json!({ "plan": plan, "allowed": allowed }),
        )
    }
}

/// A schedule that is due more often than the plan includes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooOften {
    /// Seconds between two runs: at least.
    pub allowed: u64,
    /// Those of the schedule.
    pub used: u64,
    /// The field that says when it is due.
    pub path: String,
    pub upgrade: Option<Upgrade>,
}

/// Why work may not start.
#[derive(Debug, thiserror::Error)]
pub enum EntitlementsError {
    #[error("plan limit {} is used up", .usage.limit.as_str())]
    Exceeded { usage: Usage, upgrade: Option<Upgrade> },
    #[error("the plan runs a schedule every {} s at most, {} is due every {} s", .0.allowed, .0.path, .0.used)]
    TooOften(TooOften),
    #[error("the account is suspended or about to be deleted")]
    NotServed,
    #[error("entitlements cannot be read")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Fault for EntitlementsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Exceeded { .. } | Self::TooOften(_) => ErrorKind::Quota,
            Self::NotServed => ErrorKind::Denied,
            Self::Unavailable(_) => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Exceeded { .. } | Self::TooOften(_) => "QUOTA_EXCEEDED",
            Self::NotServed => "ACCOUNT_NOT_ACTIVE",
            Self::Unavailable(_) => "UNAVAILABLE",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Exceeded { .. } => Text::new("套餐额度已用完", "The plan's limit is used up"),
            Self::TooOften(TooOften { allowed, used, .. }) => Text::new(
                format!("当前套餐的定时任务最短间隔为 {allowed} 秒，而该定时为 {used} 秒"),
                format!(
                    "The plan runs a schedule every {allowed} s at most; this one is due every {used} s"
                ),
            ),
            Self::NotServed => Text::new(
                "账号已停用或即将删除，任务无法运行",
                "The account is suspended or about to be deleted, so nothing starts",
            ),
            Self::Unavailable(_) => Text::new("服务暂时不可用", "The service is not available now"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Exceeded { usage, upgrade } => json!({
                "limit": usage.limit.as_str(),
                "allowed": usage.allowed,
                "used": usage.used,
                "resets_at": usage.resets_at,
                "upgrade": Upgrade::told(upgrade.as_ref()),
            }),
            Self::TooOften(TooOften { allowed, used, path, upgrade }) => json!({
                "limit": Limit::ScheduleInterval.as_str(),
                "allowed": allowed,
                "used": used,
                "resets_at": null,
                "upgrade": Upgrade::told(upgrade.as_ref()),
                "path": path,
            }),
            Self::NotServed | Self::Unavailable(_) => json!({}),
        }
    }
}

/// How far apart runs must be that a plan has so many seconds apart: of a day or more an hour less,
/// as on the day when clocks go forward.
pub const fn least_apart(seconds: u64) -> Duration {
    const DAY: u64 = 24 * 3600;
    Duration::from_secs(if seconds >= DAY { seconds - 3600 } else { seconds })
}

/// Asked before work starts, and before a transaction: the answer may need a connection.
#[async_trait]
pub trait Entitlements: Send + Sync {
    /// What the owner's plan includes.
    async fn allowance(&self, owner: Owner, limit: Limit) -> Result<Allowance, EntitlementsError>;

    /// Whether the plan includes `wanted` on top of `used`, which the asking context knows of the
    /// things it keeps itself (proxies, records, running executions).
    async fn check(
        &self,
        owner: Owner,
        limit: Limit,
        used: u64,
        wanted: u64,
    ) -> Result<(), EntitlementsError> {
        match self.allowance(owner, limit).await?.include(used, wanted) {
            Ok(()) => Ok(()),
            Err(refused) => Err(self.with_hint(refused, wanted).await),
        }
    }

    /// The refusal of `wanted` with the plan that includes it. Not within a transaction.
    async fn with_hint(&self, refused: EntitlementsError, wanted: u64) -> EntitlementsError {
        match refused {
            EntitlementsError::Exceeded { usage, upgrade: None } => {
                let upgrade = self.upgrade(usage.limit, usage.used.saturating_add(wanted)).await;
                EntitlementsError::Exceeded { usage, upgrade }
            }
            other => other,
        }
    }

    /// The least of the plans on offer that includes so much of a limit, as a hint: `None` also
    /// where it cannot be told now.
    async fn upgrade(&self, limit: Limit, needed: u64) -> Option<Upgrade> {
        let _ = (limit, needed);
        None
    }

    /// The shortest time from one run of a schedule to the next.
    async fn schedule_interval(&self, owner: Owner) -> Result<Duration, EntitlementsError> {
        let Allowance { allowed, .. } = self.allowance(owner, Limit::ScheduleInterval).await?;
        Ok(least_apart(allowed.unwrap_or(0)))
    }

    /// Whether the plan includes a schedule with this shortest time from one run to the next;
    /// `path` is the field that says so.
    async fn check_interval(
        &self,
        owner: Owner,
        shortest: Duration,
        path: &str,
    ) -> Result<(), EntitlementsError> {
        let Allowance { allowed, .. } = self.allowance(owner, Limit::ScheduleInterval).await?;
        let allowed = allowed.unwrap_or(0);
        if shortest >= least_apart(allowed) {
            return Ok(());
        }
        let used = shortest.as_secs();
        let upgrade = self.upgrade(Limit::ScheduleInterval, used).await;
        let path = path.to_owned();
        Err(EntitlementsError::TooOften(TooOften { allowed, used, path, upgrade }))
    }

    /// Takes `wanted` units of a limit that is counted by the month, all of them or none: however
    /// many ask at once, wherever, no more are given than the plan includes.
    async fn reserve(
        &self,
        owner: Owner,
        limit: Limit,
        wanted: u64,
    ) -> Result<Reservation, EntitlementsError> {
        self.check(owner, limit, 0, wanted).await?;
        Ok(Reservation::uncounted())
    }
}

/// Everything is included: for `run FILE`, which has no plans.
#[derive(Debug, Clone, Copy)]
pub struct Unlimited;

#[async_trait]
impl Entitlements for Unlimited {
    async fn allowance(&self, _: Owner, limit: Limit) -> Result<Allowance, EntitlementsError> {
        Ok(Allowance { limit, allowed: None, resets_at: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(allowed: Option<u64>, used: u64, wanted: u64) -> bool {
        let allowance = Allowance { limit: Limit::Proxies, allowed, resets_at: None };
        allowance.include(used, wanted).is_ok()
    }

    #[test]
    fn a_day_may_be_an_hour_short() {
        assert_eq!(least_apart(0), Duration::ZERO);
        assert_eq!(least_apart(86_399), Duration::from_secs(86_399));
        assert_eq!(least_apart(86_400), Duration::from_hours(23));
    }

    #[test]
    fn the_last_unit_is_included_and_the_next_is_not() {
        assert!(allows(Some(10), 9, 1));
        assert!(!allows(Some(10), 10, 1));
        assert!(!allows(Some(0), 0, 1));
        assert!(allows(None, u64::MAX, u64::MAX));
        assert!(!allows(Some(5), u64::MAX, 1));
    }
}
