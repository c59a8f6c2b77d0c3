//! A worker's places, and what comes into them: from the queue, and from starts of this process.

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt as _;
use sea_orm::DbErr;
use shared_kernel::domain::{Timestamp, TraceContext};
use tokio_util::task::AbortOnDropHandle;
use tracing::{Instrument as _, error, info_span, warn};

use super::{Held, Life};
use crate::application::executions::StoredEvent;
use crate::infrastructure::{
    openings::Handed,
    queue::Claimed,
    worker::{
        driver::{self, Control, Desk, Parted},
        load,
        standby::Waiting,
    },
};

/// Most executions taken in one claim.
const CLAIM: usize = 64;
/// Longest time that a worker waits for more room.
const GATHER: Duration = Duration::from_millis(2);

/// What a claim brought, or why nothing.
type Brought = Result<Vec<Waiting>, DbErr>;

/// A claim under way.
pub(super) struct Claiming {
    asked: usize,
    task: AbortOnDropHandle<Brought>,
}

/// Never, when nothing is asked for.
pub(super) async fn brings(claiming: &mut Option<Claiming>) -> (usize, Brought) {
    let Some(Claiming { asked, task }) = claiming else { return std::future::pending().await };
    let brought = task.await.unwrap_or_else(|error| Err(DbErr::Custom(error.to_string())));
    let asked = *asked;
    *claiming = None;
    (asked, brought)
}

/// Claims, and reads in one go what fresh executions begin with. If that fails, each reads for
/// itself.
async fn claim(desk: Arc<Desk>, limit: usize) -> Brought {
    let now = desk.parts.ambient.now();
    let claimed = desk.queue.claim(desk.worker, limit, now).await?;
    let fresh: Vec<_> = claimed.iter().filter(|one| one.epoch == 1).map(|one| one.id).collect();
    let mut histories = HashMap::new();
    if !fresh.is_empty() {
        let read = desk.reader.beginnings(&fresh, load::BEGINNING).await;
        histories = read.unwrap_or_default();
    }
    let waiting = claimed.into_iter().map(|claimed| {
        let history = histories.remove(&claimed.id).unwrap_or_default();
        Waiting { claimed, history, since: now }
    });
    Ok(waiting.collect())
}

impl Life<'_> {
    /// Places without a driver.
    fn free(&self) -> usize {
        self.settings.parallel.saturating_sub(self.drivers.len())
    }

    /// How many more executions of the queue it could use.
    fn wanted(&self) -> usize {
        let ahead = self.standby.wanted(self.parts.ambient.now());
        (self.free() + ahead)
            .saturating_sub(self.standby.len() + self.parts.openings.reserved())
            .min(CLAIM)
    }

    /// So many at once are worth a claim.
    fn enough(&self) -> usize {
        self.settings.parallel / 8
    }

    /// Whether the queue may have something and is not being asked already.
    fn may_claim(&self) -> bool {
        self.rung && self.claiming.is_none()
    }

    /// A worker that is nearly full lets some more places come free before it asks the queue.
    pub(super) async fn gather(&mut self) {
        let limit = tokio::time::sleep(GATHER);
        tokio::pin!(limit);
        while self.may_claim()
            && self.standby.is_empty()
            && (1..self.enough()).contains(&self.wanted())
        {
            tokio::select! {
                () = &mut limit => return,
                Some(Ok(parted)) = self.drivers.join_next() => self.part(&parted),
            }
        }
    }

    /// Asks the queue while there is work and room, when it was rung for. Nobody waits for the
    /// answer. While something waits in the standby no place stays empty: then a claim is put off
    /// until it brings twice as many, since each holds up the claims of all other workers.
    pub(super) async fn claim(&mut self) {
        if std::mem::take(&mut self.freed) && !self.rung {
            self.rung = self.queue.has_work().await.unwrap_or(false);
        }
        let asked = self.wanted();
        let is_worth_it = self.standby.is_empty() || asked >= 2 * self.enough();
        if self.may_claim() && asked > 0 && is_worth_it {
            self.rung = false;
            let task = tokio::spawn(claim(Arc::clone(&self.desk), asked));
            self.claiming = Some(Claiming { asked, task: AbortOnDropHandle::new(task) });
        }
    }

    /// What a claim brought waits for its places. When it brought all that was asked for, there may
    /// be more.
    pub(super) fn bring(&mut self, (asked, brought): (usize, Brought)) {
        match brought {
            Ok(brought) => {
                self.is_long = brought.len() == asked;
                self.rung |= self.is_long;
                for waiting in brought {
                    self.hold(&waiting.claimed);
                    self.standby.add(waiting);
                }
            }
            Err(error) => warn!(error = &error as &dyn std::error::Error, "claim failed"),
        }
    }

    /// Puts what waits into places that are free.
    pub(super) fn fill(&mut self) {
        while self.free() > self.parts.openings.reserved()
            && let Some(Waiting { claimed, history, .. }) = self.standby.next()
        {
            let control = self.hold(&claimed);
            self.drive(claimed, history, control);
        }
    }

    /// Starts of this process may have places that nothing else waits for. What a claim may bring
    /// has its places kept, so that those who came by the queue are not passed; and yet starts need
    /// not go by the queue only because one before them did.
    pub(super) fn offer(&self) {
        let asked = self.claiming.as_ref().map(|claiming| claiming.asked);
        let waits = self.is_long || !self.standby.is_empty();
        self.parts.openings.offer(offered(self.free(), asked, self.rung, waits));
    }

    /// Drives what was started for this worker, with all that came along.
    pub(super) fn take(&mut self, first: Handed) {
        let mut next = Some(first);
        while let Some(Handed { claimed, history }) = next {
            self.parts.openings.settle(self.id, 1);
            let control = self.hold(&claimed);
            self.drive(claimed, history, control);
            next = self.handed.try_recv().ok();
        }
    }

    fn hold(&mut self, claimed: &Claimed) -> Control {
        let held = self.held.entry(claimed.id);
        let held =
            held.or_insert_with(|| Held { epoch: claimed.epoch, control: Control::default() });
        if held.epoch != claimed.epoch {
            // The driver of the lease before is about to part.
            *held = Held { epoch: claimed.epoch, control: Control::default() };
        }
        held.control.clone()
    }

    fn drive(&mut self, claimed: Claimed, history: Vec<StoredEvent>, control: Control) {
        let around = info_span!(
            "execution",
            execution_id = %claimed.id,
            user_id = %claimed.owner.user(),
            trace_id = claimed.trace.map(TraceContext::trace_id),
        );
        let drive = driver::drive(Arc::clone(&self.desk), claimed, history, control);
        // Whatever breaks off is let go of, and found as a lease that nobody drives.
        let drive = AssertUnwindSafe(drive).catch_unwind().map(move |driven| {
            driven.unwrap_or_else(|_| {
                error!(execution.id = %claimed.id, "driver of execution {} broke off", claimed.id);
                Parted { claimed, parked_until: None }
            })
        });
        self.drivers.spawn(drive.instrument(around));
        metrics::gauge!("workflow_executions_leased").set(len(self.held.len()));
    }

    /// A driver is done with its execution. Its end may let another one start.
    pub(super) fn part(&mut self, parted: &Parted) {
        self.standby.place_freed(self.parts.ambient.now());
        self.let_go(&parted.claimed);
        if let Some(at) = parted.parked_until {
            self.timer = Some(self.timer.map_or(at, |timer| timer.min(at)));
        }
    }

    /// The worker has the lease no more.
    fn let_go(&mut self, claimed: &Claimed) {
        if self.held.get(&claimed.id).is_some_and(|held| held.epoch == claimed.epoch) {
            self.held.remove(&claimed.id);
        }
        metrics::gauge!("workflow_executions_leased").set(len(self.held.len()));
        self.freed |= claimed.is_keyed;
    }

    /// For others to take.
    pub(super) async fn give_back(
        &mut self,
        waiting: Waiting,
        now: Timestamp,
    ) -> Result<(), DbErr> {
        self.let_go(&waiting.claimed);
        self.queue.release(self.id, waiting.claimed.id, now).await
    }

    /// What waits for a place, and what a claim brings that is under way.
    pub(super) async fn give_back_standby(&mut self) -> Result<(), DbErr> {
        if self.claiming.is_some() {
            let brought = brings(&mut self.claiming).await;
            self.bring(brought);
        }
        while let Some(waiting) = self.standby.next() {
            self.give_back(waiting, self.parts.ambient.now()).await?;
        }
        Ok(())
    }
}

/// Of the places without a driver, those for starts: none while something is known to wait, or the
/// queue is to be asked and is not; else all but those that a claim asks for.
const fn offered(free: usize, asked: Option<usize>, rung: bool, waits: bool) -> usize {
    match asked {
        _ if waits => 0,
        None if rung => 0,
        None => free,
        Some(asked) => free.saturating_sub(asked),
    }
}

fn len(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::offered;

    #[test]
    fn a_start_need_not_go_by_the_queue_because_one_before_it_did() {
        assert_eq!(offered(256, None, false, false), 256);
        assert_eq!(offered(256, None, true, false), 0, "the queue comes first");
        assert_eq!(offered(256, Some(64), false, false), 192);
        assert_eq!(offered(256, Some(64), true, false), 192, "rung for while it is asked");
        assert_eq!(offered(20, Some(64), true, false), 0);
        assert_eq!(offered(256, Some(64), false, true), 0, "more than it asks for may wait");
    }
}
