//! Hands out what plans include by the month.

mod blocks;

use serde_json::json;
use shared_kernel::{
    application::{Entitlements as _, EntitlementsError, Limit, Reservation, Usage},
    domain::{DomainEvent, Owner},
    infrastructure::db::UnitOfWork,
};
use tokio_util::sync::CancellationToken;
use tracing::error;

pub(super) use blocks::Blocks;
use blocks::{Ask, IDLE};

use super::{
    SubscriptionModule,
    ports::{Counter, StoreError},
};
use crate::domain::{Count, Mark, beginning_of_month, block, end_of_month};

/// What a counter gave.
enum Taken {
    Block(u64),
    /// All of it is used.
    Refused {
        used: u64,
    },
}

impl SubscriptionModule {
    /// `wanted` units of what the plan includes in this month.
    pub(super) async fn reserve_units(
        &self,
        owner: Owner,
        limit: Limit,
        wanted: u64,
    ) -> Result<Reservation, EntitlementsError> {
        let unavailable = |error: StoreError| EntitlementsError::Unavailable(Box::new(error));
        let allowed = self.plan_of(owner).await.map_err(unavailable)?.allowed(limit);
        let now = self.ambient.now();
        let counter = Counter { owner, limit, month: beginning_of_month(now) };
        let ask = Ask { counter, allowed, wanted, asked_at: now };
        let slot = self.blocks.slot(counter);
        if let Some(units) = slot.spend(ask, now) {
            return Ok(units);
        }
        let _turn = slot.turn.lock().await;
        if let Some(units) = slot.spend(ask, now) {
            return Ok(units);
        }
        // Too few, or of another month or plan.
        if let Some((month, units)) = slot.empty() {
            let counter = Counter { month, ..counter };
            self.quotas.give_back(counter, units).await.map_err(unavailable)?;
        }
        match self.take(ask).await.map_err(unavailable)? {
            Taken::Block(block) => Ok(slot.fill(ask, block, now)),
            Taken::Refused { used } => {
                let resets_at = Some(end_of_month(now));
                let usage = Usage { limit, allowed, used, resets_at };
                Err(self.with_hint(usage.exceeded(), wanted).await)
            }
        }
    }

    async fn take(&self, ask: Ask) -> Result<Taken, StoreError> {
        let Ask { counter, allowed, wanted, .. } = ask;
        let mut work = self.database.begin().await?;
        let count = self.counted(&mut work, counter).await?;
        let Some(block) = block(allowed, count.used, wanted) else {
            work.roll_back().await?;
            return Ok(Taken::Refused { used: count.used });
        };
        let (next, mark) = count.plus(block, allowed);
        self.quotas.put(&mut work, counter, next).await?;
        if let (Some(mark), Some(allowed)) = (mark, allowed) {
            work.record(&self.told(counter, mark, next.used, allowed)).await?;
        }
        work.commit().await?;
        Ok(Taken::Block(block))
    }

    /// What was used before anybody counted counts too.
    async fn counted(&self, work: &mut UnitOfWork, counter: Counter) -> Result<Count, StoreError> {
        if let Some(count) = self.quotas.lock(work, counter).await? {
            return Ok(count);
        }
        let used = match counter.limit {
            Limit::ExecutionsPerMonth => {
                self.meter.executions_since(counter.owner, counter.month).await?
            }
            Limit::PagesPerMonth => {
                let days = self.meter.days(counter.owner, counter.month).await?;
                days.iter().map(|day| day.fetched.pages).sum()
            }
            _ => 0,
        };
        self.quotas.begin(work, counter, used).await?;
        Ok(self.quotas.lock(work, counter).await?.unwrap_or_default())
    }

    fn told(&self, counter: Counter, mark: Mark, used: u64, allowed: u64) -> DomainEvent {
        let Counter { owner, limit, month } = counter;
        DomainEvent {
            id: self.ambient.id(),
            kind: "subscription.quota_reached".to_owned(),
            version: 1,
            aggregate: "user".to_owned(),
            aggregate_id: owner.uuid().to_string(),
            user: Some(owner.user()),
            payload: json!({
                "limit": limit.as_str(),
                "percent": mark.percent(),
                "used": used,
                "allowed": allowed,
                "resets_at": end_of_month(month),
            }),
            occurred_at: self.ambient.now(),
            request_id: None,
        }
    }

    /// Gives back what lies idle, until it is stopped. For each process in which work starts.
    pub async fn run_quotas(&self, stop: CancellationToken) {
        let mut laps = tokio::time::interval(IDLE / 2);
        while stop.run_until_cancelled(laps.tick()).await.is_some() {
            self.give_back(false).await;
        }
    }

    /// Gives back what nobody asked for lately, or, once nothing starts any more, all.
    pub async fn give_back(&self, all: bool) {
        for (counter, units) in self.blocks.collect(self.ambient.now(), all) {
            // The counter then says a little more than is used, until the month is over.
            if let Err(fault) = self.quotas.give_back(counter, units).await {
                let chain = &fault as &dyn std::error::Error;
                error!(error = chain, user.id = %counter.owner.user(), units, "units were not given back");
            }
        }
    }
}
