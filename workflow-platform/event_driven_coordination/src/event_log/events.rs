//! Events in the outbox, whatever became of them.

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Value};
use serde::{Deserialize, Serialize};
use shared_kernel::{
    application::Principal,
    domain::{Cursor, Page, PageRequest, Permission},
    infrastructure::db::Database,
};
use uuid::Uuid;

use super::{EventsError, KeptEvent, only};

/// How far an event came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EventReached)]
pub enum Reached {
    /// On its way, or between two attempts.
    Waiting,
    /// Every handler that wants it has it, or it was let go.
    Delivered,
    /// It could not be handled, and waits for an administrator.
    Parked,
}

impl Reached {
    const fn condition(self) -> &'static str {
        match self {
            Self::Waiting => "delivered_at IS NULL AND parked_at IS NULL",
            Self::Delivered => "delivered_at IS NOT NULL",
            Self::Parked => "delivered_at IS NULL AND parked_at IS NOT NULL",
        }
    }

    const fn of(delivered: bool, parked: bool) -> Self {
        match (delivered, parked) {
            (true, _) => Self::Delivered,
            (false, true) => Self::Parked,
            (false, false) => Self::Waiting,
        }
    }
}

/// An event, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedEvent {
    pub event: KeptEvent,
    pub reached: Reached,
}

/// Which events are meant.
#[derive(Debug, Clone, Default)]
pub struct EventLogFilter {
    pub kind: Option<String>,
    /// What the event happened to.
    pub about: Option<String>,
    /// Whom the events are of.
    pub user: Option<Uuid>,
    pub reached: Option<Reached>,
}

/// The log.
#[derive(Clone)]
pub struct EventLog {
    database: Database,
}

impl EventLog {
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// The latest first: ids of events grow with time.
    pub async fn list(
        &self,
        who: &Principal,
        filter: &EventLogFilter,
        page: PageRequest,
    ) -> Result<Page<LoggedEvent>, EventsError> {
        who.require(Permission::SystemRead)?;
        let before = page.after.map_or(Uuid::max(), |after| after.id);
        let mut values: Vec<Value> =
            vec![before.into(), i64::from(page.limit).saturating_add(1).into()];
        let only = conditions(filter, &mut values);
        let sql = format!("SELECT * FROM outbox WHERE id < $1{only} ORDER BY id DESC LIMIT $2");
        let statement = self.database.statement(sql, values);
        let rows = self.database.read().query_all_raw(statement).await?;
        let events = rows.iter().map(logged).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(events, page.limit, |LoggedEvent { event, .. }| Cursor {
            at: event.occurred_at,
            id: event.id,
        }))
    }
}

fn conditions(filter: &EventLogFilter, values: &mut Vec<Value>) -> String {
    let EventLogFilter { kind, about, user, reached } = filter.clone();
    let columns = [
        ("kind", kind.map(Value::from)),
        ("aggregate_id", about.map(Value::from)),
        ("user_id", user.map(Value::from)),
    ];
    let reached = reached.map(|reached| format!(" AND {}", reached.condition()));
    only(columns, values) + &reached.unwrap_or_default()
}

fn logged(row: &QueryResult) -> Result<LoggedEvent, DbErr> {
    let delivered: Option<i64> = row.try_get("", "delivered_at")?;
    let parked: Option<i64> = row.try_get("", "parked_at")?;
    let reached = Reached::of(delivered.is_some(), parked.is_some());
    Ok(LoggedEvent { event: KeptEvent::read(row)?, reached })
}
