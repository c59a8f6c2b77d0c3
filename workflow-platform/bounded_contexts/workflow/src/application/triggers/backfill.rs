//! Runs the ticks of a range of the past that started nothing.

use serde_json::json;
use shared_kernel::{
    application::{AuthenticationError, Principal, Reservation},
    domain::{ErrorKind, Fault, Permission, Text, Timestamp},
};
use uuid::Uuid;

use super::{Outcome, Tick, TriggerRow, TriggerService};
use crate::{
    application::executions::{ExecutionsError, Initiator, NewExecution, Runnable},
    domain::definition::Schedule,
};

/// Most ticks of one range.
const MOST: usize = 500;

/// A range of the past, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub from: Timestamp,
    pub to: Timestamp,
    /// Executions of it at once.
    pub max_parallel: u32,
}

/// How many ticks of a range were handled, or would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backfilled {
    pub started: u32,
    /// They had started an execution before.
    pub left: u32,
    /// The first tick that starts one.
    pub first: Option<Timestamp>,
    /// The last of them.
    pub last: Option<Timestamp>,
}

impl Backfilled {
    fn of(started: &[Timestamp], ticks: &[Timestamp]) -> Self {
        let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            started: count(started.len()),
            left: count(ticks.len() - started.len()),
            first: started.first().copied(),
            last: started.last().copied(),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum BackfillError {
    #[error(transparent)]
    Executions(#[from] ExecutionsError),
    /// The field, and what is wrong with it.
    #[error("{0}: {1}")]
    Range(&'static str, &'static str),
}

impl From<AuthenticationError> for BackfillError {
    fn from(error: AuthenticationError) -> Self {
        Self::Executions(error.into())
    }
}

impl Fault for BackfillError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Executions(error) => error.kind(),
            Self::Range(..) => ErrorKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Executions(error) => error.code(),
            Self::Range(..) => "VALIDATION_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Executions(error) => error.text(),
            Self::Range(..) => Text::new("时间范围有误", "The range is not right"),
        }
    }

    fn details(&self) -> serde_json::Value {
        match self {
            Self::Executions(error) => error.details(),
            Self::Range(field, message) => json!({ *field: [message] }),
        }
    }
}

impl TriggerService {
    /// Starts an execution for each tick of the range that has none, in one transaction. Asking
    /// twice starts nothing twice.
    pub async fn backfill(
        &self,
        who: &Principal,
        id: Uuid,
        range: Range,
    ) -> Result<Backfilled, BackfillError> {
        who.require(Permission::WorkflowRun)?;
        let trigger = self.owned(who, id).await?;
        let ticks = self.ticks_of(&trigger, range)?;
        let open = self.open_ones(&trigger, &ticks).await?;
        let (runnable, units) = self.permitted(&trigger, open.len()).await?;
        let now = self.ports.ambient.now();
        let mut work = self.ports.database.begin().await.map_err(ExecutionsError::from)?;
        let (mut started, mut new_ones) = (Vec::new(), Vec::new());
        for due_at in &open {
            let new = self.made_up(&trigger, &runnable, *due_at, range.max_parallel)?;
            let outcome = Outcome::Backfilled;
            let tick = Tick {
                due_at: *due_at,
                outcome,
                detail: None,
                execution: Some(new.id),
                event: None,
            };
            let store = &self.ports.store;
            let free = store.make_up(&work, trigger.id, &tick, now).await;
            if free.map_err(ExecutionsError::from)? {
                self.ports.executions.insert(&mut work, &new).await?;
                started.push(*due_at);
                new_ones.push(new.id);
            }
        }
        work.commit().await.map_err(ExecutionsError::from)?;
        let outcome = Backfilled::of(&started, &ticks);
        units.keep_only(outcome.started.into());
        for id in new_ones {
            self.ports.executions.announce(id).await;
        }
        Ok(outcome)
    }

    /// What `backfill` would do now, without doing it.
    pub async fn backfill_preview(
        &self,
        who: &Principal,
        id: Uuid,
        range: Range,
    ) -> Result<Backfilled, BackfillError> {
        who.require(Permission::WorkflowRun)?;
        let trigger = self.owned(who, id).await?;
        let ticks = self.ticks_of(&trigger, range)?;
        Ok(Backfilled::of(&self.open_ones(&trigger, &ticks).await?, &ticks))
    }

    /// Those that started nothing yet.
    async fn open_ones(
        &self,
        trigger: &TriggerRow,
        ticks: &[Timestamp],
    ) -> Result<Vec<Timestamp>, ExecutionsError> {
        let ran = self.ports.store.started(trigger.id, ticks).await?;
        Ok(ticks.iter().copied().filter(|at| !ran.contains(at)).collect())
    }

    fn ticks_of(
        &self,
        trigger: &TriggerRow,
        range: Range,
    ) -> Result<Vec<Timestamp>, BackfillError> {
        if range.from > range.to {
            return Err(BackfillError::Range("to", "must not be before from"));
        }
        if range.to > self.ports.ambient.now() {
            return Err(BackfillError::Range("to", "must not be in the future"));
        }
        let schedule = Schedule::of(&trigger.spec)
            .map_err(|_| BackfillError::Range("from", "the trigger has no schedule"))?;
        let before = Timestamp::from_micros(range.from.micros().saturating_sub(1));
        let ticks =
            std::iter::successors(schedule.next_after(before), |at| schedule.next_after(*at));
        let ticks: Vec<_> = ticks.take_while(|at| *at <= range.to).take(MOST + 1).collect();
        if ticks.len() > MOST {
            return Err(BackfillError::Range("to", "the range has more than 500 ticks"));
        }
        Ok(ticks)
    }

    /// They queue behind each other, so the plan must include one at a time, and all of them in
    /// the month.
    async fn permitted(
        &self,
        trigger: &TriggerRow,
        count: usize,
    ) -> Result<(Runnable, Reservation), ExecutionsError> {
        let newest = self.ports.definitions.newest(trigger.owner, trigger.definition_id).await?;
        let runnable = newest.ok_or(ExecutionsError::NoDefinition)?;
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let units = self.ports.executions.reserve(trigger.owner, count).await?;
        Ok((runnable, units))
    }

    fn made_up(
        &self,
        trigger: &TriggerRow,
        runnable: &Runnable,
        due_at: Timestamp,
        max_parallel: u32,
    ) -> Result<NewExecution, ExecutionsError> {
        let initiator = Initiator {
            trigger: json!({ "kind": "backfill", "trigger_id": trigger.id, "due_at": due_at }),
            concurrency: Some((format!("backfill/{}", trigger.id), max_parallel)),
            depth: 0,
        };
        self.ports.executions.plan(trigger.owner, runnable, trigger.wanted(), initiator)
    }
}
