//! One lap over all executions, from the newest to the oldest.

use std::{collections::HashMap, sync::Arc, time::Duration};

use shared_kernel::{
    application::{BlobError, BlobStore, Entitlements, EntitlementsError, Limit},
    domain::{Ambient, Execution, Id, Owner},
};

use super::{Kept, RetentionStore, budget::Budget};
use crate::application::executions::StoreError;

/// Executions looked at with one query.
const PAGE: u32 = 500;
/// Executions forgotten in one transaction.
const AT_ONCE: usize = 50;
/// Groups of blobs removed between two pages.
const GROUPS: u32 = 100;
/// Between two pages, so that others have the database too.
const PAUSE: Duration = Duration::from_millis(20);
/// A turn that is not renewed for so long may be taken by others.
const TURN: Duration = Duration::from_mins(5);
/// How long ledgers of triggers are kept.
const LEDGER: Duration = Duration::from_hours(24 * 400);

/// What retention works with.
#[derive(Clone)]
pub struct RetentionPorts {
    pub store: Arc<dyn RetentionStore>,
    pub blobs: Arc<dyn BlobStore>,
    pub entitlements: Arc<dyn Entitlements>,
    pub ambient: Ambient,
}

/// Forgets what plans do not keep.
#[derive(Clone)]
pub struct RetentionService {
    ports: RetentionPorts,
}

/// What a lap did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    pub seen: u64,
    pub forgotten: u64,
}

/// A lap broke off; the next begins anew.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("plans cannot be read")]
    Plans(#[from] EntitlementsError),
    #[error("blobs cannot be removed")]
    Blobs(#[from] BlobError),
}

impl RetentionService {
    pub fn new(ports: RetentionPorts) -> Self {
        Self { ports }
    }

    /// Laps when it is this process's turn, and lets `every` pass before the next; `None` when it
    /// is not.
    pub async fn lap_when_due(&self, every: Duration) -> Result<Option<Swept>, RetentionError> {
        let now = self.ports.ambient.now();
        if !self.ports.store.take_turn(now, now.plus(TURN)).await? {
            return Ok(None);
        }
        let swept = self.lap().await?;
        self.ports.store.end_turn(self.ports.ambient.now().plus(every)).await?;
        Ok(Some(swept))
    }

    /// Each user's newest executions are kept, as many as the plan says in age and in bytes.
    pub async fn lap(&self) -> Result<Swept, RetentionError> {
        let mut budgets = HashMap::new();
        let (mut swept, mut before) = (Swept::default(), None);
        loop {
            let page = self.ports.store.page(before, PAGE).await?;
            let Some(last) = page.last() else { break };
            before = Some(last.id);
            swept.seen += u64::try_from(page.len()).unwrap_or(u64::MAX);
            swept.forgotten += self.forget(&page, &mut budgets).await?;
            self.sweep().await?;
            let now = self.ports.ambient.now();
            self.ports.store.end_turn(now.plus(TURN)).await?;
            tokio::time::sleep(PAUSE).await;
        }
        let now = self.ports.ambient.now();
        self.sweep().await?;
        while self.ports.store.forget_ticks(now.minus(LEDGER)).await? > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        self.ports.store.tidy(now).await?;
        Ok(swept)
    }

    async fn forget(
        &self,
        page: &[Kept],
        budgets: &mut HashMap<Owner, Budget>,
    ) -> Result<u64, RetentionError> {
        let mut old: Vec<Id<Execution>> = Vec::new();
        for row in page {
            let budget = match budgets.get_mut(&row.owner) {
                Some(budget) => budget,
                None => budgets.entry(row.owner).or_insert(self.budget(row.owner).await?),
            };
            if budget.exceeds(row) {
                old.push(row.id);
            }
        }
        let mut forgotten = 0;
        for some in old.chunks(AT_ONCE) {
            forgotten += self.ports.store.forget(some, self.ports.ambient.now()).await?;
        }
        metrics::counter!("workflow_executions_forgotten_total").increment(forgotten);
        Ok(forgotten)
    }

    async fn budget(&self, owner: Owner) -> Result<Budget, RetentionError> {
        let plan = &self.ports.entitlements;
        let days = plan.allowance(owner, Limit::HistoryDays).await?.allowed;
        let bytes = plan.allowance(owner, Limit::HistoryBytes).await?.allowed;
        Ok(Budget::new(days, bytes, self.ports.ambient.now()))
    }

    /// Blobs go after the rows that name them, and are remembered until they are gone.
    async fn sweep(&self) -> Result<(), RetentionError> {
        loop {
            let groups = self.ports.store.garbage(GROUPS).await?;
            if groups.is_empty() {
                return Ok(());
            }
            for group in &groups {
                self.ports.blobs.remove(*group).await?;
            }
            self.ports.store.garbage_gone(&groups).await?;
        }
    }
}
