//! The times of triggers within a range: what became of those that passed, and those to come.

use std::time::Duration;

use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{ErrorKind, Fault, Page, PageRequest, Permission, Text, Timestamp},
};
use uuid::Uuid;

use super::{NamedDetails, Tick, TriggerRow, TriggerService, list::after_the_handled};
use crate::{application::executions::ExecutionsError, domain::definition::Schedule};

/// Most ticks of a trigger that passed, and most that are to come.
const MOST: usize = 1000;
/// The same of all triggers of a page: each has an equal share.
const TOGETHER: usize = 20_000;
/// A month and the days of other months that a page of a calendar shows.
const LONGEST: Duration = Duration::from_hours(24 * 42);

/// A range, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Span {
    fn checked(self) -> Result<Self, CalendarError> {
        if self.from > self.to {
            return Err(CalendarError::Range("before its beginning"));
        }
        if self.to > self.from.plus(LONGEST) {
            return Err(CalendarError::Range("longer than 42 days"));
        }
        Ok(self)
    }
}

/// A trigger and its times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCalendar {
    pub trigger: NamedDetails,
    pub calendar: Calendar,
}

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

impl Calendar {
    /// Where there are more than `most`, the newest of those that passed and the soonest of those
    /// to come. One more of each than `most` was looked for.
    fn cut(mut ticks: Vec<Tick>, mut due: Vec<Timestamp>, most: usize) -> Self {
        let whole = ticks.len() <= most && due.len() <= most;
        ticks.drain(..ticks.len().saturating_sub(most));
        due.truncate(most);
        Self { ticks, due, whole }
    }
}

impl TriggerService {
    /// Of one trigger.
    pub async fn calendar(
        &self,
        who: &Principal,
        id: Uuid,
        span: Span,
    ) -> Result<Calendar, CalendarError> {
        who.require(Permission::WorkflowRead).map_err(ExecutionsError::from)?;
        let row = self.owned(who, id).await?;
        let span = span.checked()?;
        let least = self.least(who.owner()).await?;
        let found = self.ports.store.between(&[row.id], span.from, span.to, MOST + 1).await;
        let ticks = found.map_err(ExecutionsError::from)?.remove(&row.id).unwrap_or_default();
        let due = due(&row, span, least, self.ports.ambient.now(), MOST);
        Ok(Calendar::cut(ticks, due, MOST))
    }

    /// Of a page of all of the caller's triggers, the newest first, in one look at the ledger.
    pub async fn calendars(
        &self,
        who: &Principal,
        span: Span,
        page: PageRequest,
    ) -> Result<Page<NamedCalendar>, CalendarError> {
        who.require(Permission::WorkflowRead).map_err(ExecutionsError::from)?;
        let span = span.checked()?;
        let found = self.ports.store.all(who.owner(), page).await.map_err(ExecutionsError::from)?;
        let most = (TOGETHER / found.items.len().max(1)).min(MOST);
        let ids: Vec<_> = found.items.iter().map(|one| one.row.id).collect();
        let ticks = self.ports.store.between(&ids, span.from, span.to, most + 1).await;
        let mut ticks = ticks.map_err(ExecutionsError::from)?;
        let least = self.least(who.owner()).await?;
        let now = self.ports.ambient.now();
        Ok(found.map(|one| {
            let passed = ticks.remove(&one.row.id).unwrap_or_default();
            let due = due(&one.row, span, least, now, most);
            let calendar = Calendar::cut(passed, due, most);
            NamedCalendar { trigger: self.named(who, one, least, now), calendar }
        }))
    }
}

/// One more than `most` of the times to come; none while the trigger is paused.
fn due(
    row: &TriggerRow,
    span: Span,
    least: Duration,
    now: Timestamp,
    most: usize,
) -> Vec<Timestamp> {
    let (false, Ok(schedule)) = (row.paused, Schedule::of(&row.spec)) else { return Vec::new() };
    let before = span.from.minus(Duration::from_micros(1));
    let times = schedule.times(after_the_handled(row, now).max(before), least);
    times.take_while(|at| *at <= span.to).take(most + 1).collect()
}
