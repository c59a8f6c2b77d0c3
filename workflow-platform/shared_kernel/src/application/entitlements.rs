//! What a user's plan includes, asked where work starts.

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
        Err(EntitlementsError::Exceeded(Usage { limit, allowed, used, resets_at }))
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

/// Why work may not start.
#[derive(Debug, thiserror::Error)]
pub enum EntitlementsError {
    #[error("plan limit {} is used up", .0.limit.as_str())]
    Exceeded(Usage),
    #[error("the account is suspended or about to be deleted")]
    NotServed,
    #[error("entitlements cannot be read")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Fault for EntitlementsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Exceeded(_) => ErrorKind::Quota,
            Self::NotServed => ErrorKind::Denied,
            Self::Unavailable(_) => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Exceeded(_) => "QUOTA_EXCEEDED",
            Self::NotServed => "ACCOUNT_NOT_ACTIVE",
            Self::Unavailable(_) => "UNAVAILABLE",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Exceeded(_) => Text::new("套餐额度已用完", "The plan's limit is used up"),
            Self::NotServed => Text::new(
                "账号已停用或即将删除，任务无法运行",
                "The account is suspended or about to be deleted, so nothing starts",
            ),
            Self::Unavailable(_) => Text::new("服务暂时不可用", "The service is not available now"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Exceeded(usage) => json!({
                "limit": usage.limit.as_str(),
                "allowed": usage.allowed,
                "used": usage.used,
                "resets_at": usage.resets_at,
            }),
            Self::NotServed | Self::Unavailable(_) => json!({}),
        }
    }
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
        self.allowance(owner, limit).await?.include(used, wanted)
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
    fn the_last_unit_is_included_and_the_next_is_not() {
        assert!(allows(Some(10), 9, 1));
        assert!(!allows(Some(10), 10, 1));
        assert!(!allows(Some(0), 0, 1));
        assert!(allows(None, u64::MAX, u64::MAX));
        assert!(!allows(Some(5), u64::MAX, 1));
    }
}
