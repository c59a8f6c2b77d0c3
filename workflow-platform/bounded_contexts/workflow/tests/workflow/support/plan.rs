//! What the test's user may do.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use shared_kernel::{
    application::{Allowance, Entitlements, EntitlementsError, Limit, Reservation},
    domain::Owner,
};

/// A plan that allows so many executions at once, keeps history for so many days and bytes, and has
/// schedules run so far apart.
pub struct Plan {
    pub concurrent: AtomicU64,
    pub days: AtomicU64,
    pub bytes: AtomicU64,
    /// Seconds from one run of a schedule to the next.
    pub apart: AtomicU64,
    /// Executions that the month still has.
    pub units: Arc<AtomicU64>,
}

#[async_trait]
impl Entitlements for Plan {
    async fn allowance(&self, _: Owner, limit: Limit) -> Result<Allowance, EntitlementsError> {
        let allowed = match limit {
            Limit::ConcurrentExecutions => self.concurrent.load(Ordering::SeqCst),
            Limit::HistoryDays => self.days.load(Ordering::SeqCst),
            Limit::HistoryBytes => self.bytes.load(Ordering::SeqCst),
            Limit::ScheduleInterval => self.apart.load(Ordering::SeqCst),
            _ => u64::MAX,
        };
        Ok(Allowance { limit, allowed: (allowed < u64::MAX).then_some(allowed), resets_at: None })
    }

    async fn reserve(
        &self,
        _: Owner,
        limit: Limit,
        wanted: u64,
    ) -> Result<Reservation, EntitlementsError> {
        let take = |left: u64| left.checked_sub(wanted);
        let taken = self.units.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take);
        if let Err(left) = taken {
            let allowance = Allowance { limit, allowed: Some(left), resets_at: None };
            allowance.include(0, wanted)?;
        }
        let units = Arc::clone(&self.units);
        Ok(Reservation::new(wanted, move |back| {
            units.fetch_add(back, Ordering::SeqCst);
        }))
    }
}
