//! Events in the outbox, whatever became of them.

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Value};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use shared_kernel::{
    application::Principal,
    domain::{Cursor, Page, PageRequest, Permission, Timestamp},
    infrastructure::db::Database,
};
use uuid::Uuid;

use super::EventLogError;

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
    pub id: Uuid,
    pub kind: String,
    pub aggregate: String,
    pub aggregate_id: String,
    pub user: Option<Uuid>,
    /// As it was recorded; what is secret in it is sealed.
    pub payload: Json,
    pub occurred_at: Timestamp,
    pub reached: Reached,
    /// Failed ones.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub error: Option<String>,
    pub request_id: Option<String>,
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
    ) -> Result<Page<LoggedEvent>, EventLogError> {
        who.require(Permission::SystemRead)?;
        let before = page.after.map_or(Uuid::max(), |after| after.id);
        let mut values: Vec<Value> =
            vec![before.into(), i64::from(page.limit).saturating_add(1).into()];
        let only = conditions(filter, &mut values);
        let sql = format!("SELECT * FROM outbox WHERE id < $1{only} ORDER BY id DESC LIMIT $2");
        let statement = self.database.statement(sql, values);
        let rows = self.database.read().query_all_raw(statement).await?;
        let events = rows.iter().map(logged).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(events, page.limit, |event| Cursor { at: event.occurred_at, id: event.id }))
    }
}

fn conditions(filter: &EventLogFilter, values: &mut Vec<Value>) -> String {
    let kind = filter.kind.clone().map(|kind| ("kind", kind.into()));
    let about = filter.about.clone().map(|about| ("aggregate_id", about.into()));
    let user = filter.user.map(|user| ("user_id", user.into()));
    let mut only = String::new();
    for (column, value) in kind.into_iter().chain(about).chain(user) {
        values.push(value);
        only.push_str(&format!(" AND {column} = ${}", values.len()));
    }
    if let Some(reached) = filter.reached {
        only.push_str(&format!(" AND {}", reached.condition()));
    }
    only
}

/// A payload that is no JSON is shown as text.
fn logged(row: &QueryResult) -> Result<LoggedEvent, DbErr> {
    let payload: String = row.try_get("", "payload")?;
    let attempts: i32 = row.try_get("", "attempts")?;
    let delivered: Option<i64> = row.try_get("", "delivered_at")?;
    let parked: Option<i64> = row.try_get("", "parked_at")?;
    Ok(LoggedEvent {
        id: row.try_get("", "id")?,
        kind: row.try_get("", "kind")?,
        aggregate: row.try_get("", "aggregate")?,
        aggregate_id: row.try_get("", "aggregate_id")?,
        user: row.try_get("", "user_id")?,
        payload: serde_json::from_str(&payload).unwrap_or(Json::String(payload)),
        occurred_at: Timestamp::from_micros(row.try_get("", "occurred_at")?),
        reached: Reached::of(delivered.is_some(), parked.is_some()),
        attempts: u32::try_from(attempts).unwrap_or(0),
        error: row.try_get("", "last_error")?,
        request_id: row.try_get("", "request_id")?,
    })
}
