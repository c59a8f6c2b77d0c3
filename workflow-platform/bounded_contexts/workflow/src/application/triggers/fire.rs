//! Fires the trigger that is due first.

use std::time::Duration;

use serde_json::json;
use shared_kernel::{
    application::Reservation,
    domain::{ErrorKind, Execution, Fault as _, Id, Timestamp},
    infrastructure::db::UnitOfWork,
};

use super::{
    Outcome, Tick, TriggerRow, TriggerService,
    plan::{Plan, PlannedTick, plan},
};
use crate::{
    application::executions::{ExecutionsError, Initiator, NewExecution, Runnable, StoreError},
    domain::definition::{Overlap, Schedule},
};

/// What looking for due triggers led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fired {
    /// One was due, or was being handled elsewhere; there may be more.
    One,
    /// None is due before then.
    NotBefore(Option<Timestamp>),
}

/// Ticks could not be handled; they stay due.
#[derive(Debug, thiserror::Error)]
pub enum FireError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("database failed")]
    Database(#[from] sea_orm::DbErr),
    #[error("execution could not be started")]
    Start(#[source] ExecutionsError),
}

/// To be told of once the transaction is committed.
#[derive(Default)]
pub(super) struct News {
    pub started: Vec<Id<Execution>>,
    cancelled: Vec<Id<Execution>>,
}

/// May an execution start, and of what.
pub(super) type Permit = Result<Permitted, String>;

/// What a trigger may start.
pub(super) struct Permitted {
    runnable: Runnable,
    /// One for each execution.
    units: Vec<Reservation>,
    /// Why there are no more.
    refusal: Option<String>,
}

impl Permitted {
    /// What the next execution runs, after so many.
    pub(super) fn after(&self, started: usize) -> Result<&Runnable, String> {
        if started < self.units.len() {
            return Ok(&self.runnable);
        }
        Err(self.refusal.clone().unwrap_or_default())
    }

    /// So many were started; the other units go back.
    pub(super) fn keep(self, started: usize) {
        self.units.into_iter().take(started).for_each(Reservation::keep);
    }
}

impl TriggerService {
    /// Handles the ticks of the trigger that is due first: one transaction writes each tick's
    /// row, starts its execution and moves the trigger on.
    pub async fn fire_next(&self) -> Result<Fired, FireError> {
        let now = self.ports.ambient.now();
        let Some(trigger) = self.ports.store.first_due().await? else {
            return Ok(Fired::NotBefore(None));
        };
        let Some(due_at) = trigger.due_at.filter(|at| *at <= now) else {
            return Ok(Fired::NotBefore(trigger.due_at));
        };
        let least = self.least(trigger.owner).await.map_err(FireError::Start)?;
        let plan = match Schedule::of(&trigger.spec) {
            Ok(schedule) => planned(&schedule, least, &trigger, due_at, now),
            Err(_) => Plan { ticks: Vec::new(), next: None },
        };
        // Asked before the transaction: others may have to write for the answer.
        let starts = plan.ticks.iter().filter(|tick| tick.outcome.starts()).count();
        let permit = self.permit(&trigger, starts).await?;
        let mut work = self.ports.database.begin().await?;
        if !self.ports.store.lock(&work, &trigger).await? {
            work.roll_back().await?;
            return Ok(Fired::One);
        }
        let mut news = News::default();
        for tick in &plan.ticks {
            self.handle(&mut work, &trigger, tick, &permit, now, &mut news).await?;
        }
        self.ports.store.advance(&work, trigger.id, plan.next).await?;
        work.commit().await?;
        if let Ok(permitted) = permit {
            permitted.keep(news.started.len());
        }
        self.tell(news).await;
        Ok(Fired::One)
    }

    /// For as many executions as the plan includes, up to `starts`.
    pub(super) async fn permit(
        &self,
        trigger: &TriggerRow,
        starts: usize,
    ) -> Result<Permit, FireError> {
        let newest = self.ports.definitions.newest(trigger.owner, trigger.definition_id).await?;
        let Some(runnable) = newest else { return Ok(Err("the workflow is gone".to_owned())) };
        let mut permitted = Permitted { runnable, units: Vec::new(), refusal: None };
        while permitted.refusal.is_none() && permitted.units.len() < starts {
            match self.ports.executions.reserve(trigger.owner, 1).await {
                Ok(unit) => permitted.units.push(unit),
                Err(error) if matches!(error.kind(), ErrorKind::Quota | ErrorKind::Denied) => {
                    permitted.refusal = Some(error.to_string());
                }
                Err(error) => return Err(FireError::Start(error)),
            }
        }
        Ok(Ok(permitted))
    }

    async fn handle(
        &self,
        work: &mut UnitOfWork,
        trigger: &TriggerRow,
        planned: &PlannedTick,
        permit: &Permit,
        now: Timestamp,
        news: &mut News,
    ) -> Result<(), FireError> {
        let PlannedTick { due_at, outcome, detail } = planned.clone();
        let mut tick = Tick { due_at, outcome, detail, execution: None, event: None };
        let mut new = None;
        if outcome.starts() {
            let planned = self.execution(trigger, due_at, permit, news.started.len());
            new = self.settle(work, trigger, &mut tick, planned, now, news).await?;
        }
        if !self.ports.store.note(work, trigger.id, &tick, now).await? {
            return Ok(());
        }
        if let Some(new) = new {
            self.ports.executions.insert(work, &new).await.map_err(FireError::Start)?;
            news.started.push(new.id);
        }
        Ok(())
    }

    /// The execution that a tick starts; if it starts none, the tick says why.
    pub(super) async fn settle(
        &self,
        work: &UnitOfWork,
        trigger: &TriggerRow,
        tick: &mut Tick,
        planned: Result<NewExecution, String>,
        now: Timestamp,
        news: &mut News,
    ) -> Result<Option<NewExecution>, FireError> {
        let new = match planned {
            Ok(new) => new,
            Err(reason) => {
                (tick.outcome, tick.detail) = (Outcome::Refused, Some(reason));
                return Ok(None);
            }
        };
        if !self.may_overlap(work, trigger, now, news).await? {
            tick.outcome = Outcome::Skipped;
            tick.detail = Some("the execution before has not ended".to_owned());
            return Ok(None);
        }
        tick.execution = Some(new.id);
        Ok(Some(new))
    }

    fn execution(
        &self,
        trigger: &TriggerRow,
        due_at: Timestamp,
        permit: &Permit,
        started: usize,
    ) -> Result<NewExecution, String> {
        let runnable = permit.as_ref().map_err(Clone::clone)?.after(started)?;
        let queues = trigger.spec.overlap == Overlap::Queue;
        let initiator = Initiator {
            trigger: json!({ "kind": "schedule", "trigger_id": trigger.id, "due_at": due_at }),
            concurrency: queues.then(|| (format!("trigger/{}", trigger.id), 1)),
            depth: 0,
        };
        let executions = &self.ports.executions;
        executions
            .plan(trigger.owner, runnable, trigger.wanted(), initiator)
            .map_err(|error| error.to_string())
    }

    /// Whether an execution may start beside those of the trigger that have not ended.
    async fn may_overlap(
        &self,
        work: &UnitOfWork,
        trigger: &TriggerRow,
        now: Timestamp,
        news: &mut News,
    ) -> Result<bool, FireError> {
        if trigger.spec.overlap == Overlap::Queue {
            return Ok(true);
        }
        let unfinished = self.ports.store.unfinished(work, trigger).await?;
        if trigger.spec.overlap == Overlap::Skip {
            return Ok(unfinished.is_empty());
        }
        self.ports.store.cancel(work, &unfinished, now).await?;
        news.cancelled.extend(unfinished);
        Ok(true)
    }

    pub(super) async fn tell(&self, news: News) {
        for id in news.cancelled {
            self.ports.doorbell.cancel_wanted(id).await;
        }
        for id in news.started {
            self.ports.executions.announce(id).await;
        }
    }
}

/// What is to become of the ticks that are due; the last says if others are passed over after it,
/// since the plan has runs further apart.
fn planned(
    schedule: &Schedule,
    least: Duration,
    trigger: &TriggerRow,
    due_at: Timestamp,
    now: Timestamp,
) -> Plan {
    let mut plan = plan(schedule, least, trigger.spec.misfire, due_at, now);
    if let Some(tick) = plan.ticks.last_mut()
        && tick.outcome.starts()
        && schedule.next_after(tick.due_at) != plan.next
    {
        let held = format!("the plan runs a schedule every {} s at most", least.as_secs());
        tick.detail =
            Some(tick.detail.take().map_or(held.clone(), |late| format!("{late}; {held}")));
    }
    plan
}
