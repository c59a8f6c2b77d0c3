//! The times of a trigger within a range: what became of those that passed, and those to come.

use std::time::Duration;

use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{ErrorKind, Fault, Permission, Text, Timestamp},
};
use uuid::Uuid;

use super::{Tick, TriggerService, list::after_the_handled};
use crate::{application::executions::ExecutionsError, domain::definition::Schedule};

/// Most ticks that passed, and most that are to come.
const MOST: usize = 1000;
/// A month and the days of other months that a page of a calendar shows.
const LONGEST: Duration = Duration::from_hours(24 * 42);

/// The times of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// In order.
    pub ticks: Vec<Tick>,
    /// In order; none while the trigger is paused.
    pub due: Vec<Timestamp>,
    /// Whether these are all.
    pub whole: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    #[error(transparent)]
    Executions(#[from] ExecutionsError),
    #[error("the range is {0}")]
    Range(&'static str),
}

impl Fault for CalendarError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Executions(error) => error.kind(),
            Self::Range(_) => ErrorKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Executions(error) => error.code(),
            Self::Range(_) => "VALIDATION_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Executions(error) => error.text(),
            Self::Range(_) => Text::new("时间范围有误", "The range is not right"),
        }
    }

    fn details(&self) -> serde_json::Value {
        match self {
            Self::Executions(error) => error.details(),
            Self::Range(message) => json!({ "to": [message] }),
        }
    }
}

impl TriggerService {
    /// Of a range, both ends included. Where there are too many, the newest of those that passed
    /// and the soonest of those to come are told.
    pub async fn calendar(
        &self,
        who: &Principal,
        id: Uuid,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Calendar, CalendarError> {
        who.require(Permission::WorkflowRead).map_err(ExecutionsError::from)?;
        let row = self.owned(who, id).await?;
        if from > to {
            return Err(CalendarError::Range("before its beginning"));
        }
        if to > from.plus(LONGEST) {
            return Err(CalendarError::Range("longer than 42 days"));
        }
        let ticks = self.ports.store.between(row.id, from, to, MOST + 1).await;
        let mut ticks = ticks.map_err(ExecutionsError::from)?;
        let mut due = Vec::new();
        if let (false, Ok(schedule)) = (row.paused, Schedule::of(&row.spec)) {
            let least = self.least(who.owner()).await?;
            let now = after_the_handled(&row, self.ports.ambient.now());
            let after = now.max(from.minus(Duration::from_micros(1)));
            let times = schedule.times(after, least).take_while(|at| *at <= to);
            due = times.take(MOST + 1).collect();
        }
        let whole = ticks.len() <= MOST && due.len() <= MOST;
        ticks.drain(..ticks.len().saturating_sub(MOST));
        due.truncate(MOST);
        Ok(Calendar { ticks, due, whole })
    }
}
