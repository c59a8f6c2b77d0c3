//! Parked events in the outbox.

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Value};
use serde_json::{Value as Json, json};
use shared_kernel::{
    application::{Principal, RequestContext},
    domain::{
        Actor, Ambient, AuditEntry, AuditOutcome, AuditTarget, AuditedEvent, Cursor, DomainEvent,
        Page, PageRequest, Permission, Timestamp,
    },
    infrastructure::db::Database,
};
use tracing::info;
use uuid::Uuid;

use super::ParkedError;

/// Before every other row.
const TOP: (i64, Uuid) = (i64::MAX, Uuid::max());

/// An event with what kept it from being handled.
#[derive(Debug, Clone, PartialEq)]
pub struct ParkedEvent {
    pub id: Uuid,
    pub kind: String,
    pub aggregate: String,
    pub aggregate_id: String,
    pub user: Option<Uuid>,
    /// As it was recorded; what is secret in it is sealed.
    pub payload: Json,
    pub occurred_at: Timestamp,
    pub parked_at: Timestamp,
    pub attempts: u32,
    pub error: String,
    pub request_id: Option<String>,
}

/// Which parked events are meant.
#[derive(Debug, Clone, Default)]
pub struct ParkedFilter {
    pub kind: Option<String>,
    /// Whom the events are of.
    pub user: Option<Uuid>,
}

/// What administrators do with parked events.
#[derive(Clone)]
pub struct ParkedEvents {
    database: Database,
    ambient: Ambient,
}

impl ParkedEvents {
    pub fn new(database: Database, ambient: Ambient) -> Self {
        Self { database, ambient }
    }

    /// The latest first.
    pub async fn list(
        &self,
        who: &Principal,
        filter: &ParkedFilter,
        page: PageRequest,
    ) -> Result<Page<ParkedEvent>, ParkedError> {
        who.require(Permission::SystemRead)?;
        self.list_for(filter, page).await
    }

    /// The same for a caller who was made sure of.
    pub async fn list_for(
        &self,
        filter: &ParkedFilter,
        page: PageRequest,
    ) -> Result<Page<ParkedEvent>, ParkedError> {
        let (at, id) = page.after.map_or(TOP, |after| (after.at.micros(), after.id));
        let limit = i64::from(page.limit).saturating_add(1);
        let mut values: Vec<Value> = vec![at.into(), id.into(), limit.into()];
        let mut only = String::new();
        let kind = filter.kind.clone().map(|kind| ("kind", kind.into()));
        let user = filter.user.map(|user| ("user_id", user.into()));
        for (column, value) in kind.into_iter().chain(user) {
            values.push(value);
            only.push_str(&format!(" AND {column} = ${}", values.len()));
        }
        let sql = format!(
            "SELECT * FROM outbox WHERE parked_at IS NOT NULL AND delivered_at IS NULL{only} \
             AND (parked_at, id) < ($1, $2) ORDER BY parked_at DESC, id DESC LIMIT $3"
        );
        let statement = self.database.statement(sql, values);
        let rows = self.database.read().query_all_raw(statement).await?;
        let events = rows.iter().map(parked).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(events, page.limit, |event| Cursor { at: event.parked_at, id: event.id }))
    }

    /// Every handler that has not handled the event gets it again, as often as at first.
    pub async fn replay(&self, who: &Principal, event: Uuid) -> Result<(), ParkedError> {
        who.require(Permission::SystemWrite)?;
        self.replay_for(who.actor(), event).await
    }

    /// The same for a caller who was made sure of.
    pub async fn replay_for(&self, who: Actor, event: Uuid) -> Result<(), ParkedError> {
        let change = "parked_at = NULL, attempts = 0, due_at = $2";
        self.settle(who, event, change, "event.replayed").await?;
        info!(event.id = %event, "event {event} is tried again");
        Ok(())
    }

    /// Nobody gets the event any more.
    pub async fn discard(&self, who: &Principal, event: Uuid) -> Result<(), ParkedError> {
        who.require(Permission::SystemWrite)?;
        self.discard_for(who.actor(), event).await
    }

    /// The same for a caller who was made sure of.
    pub async fn discard_for(&self, who: Actor, event: Uuid) -> Result<(), ParkedError> {
        let change = "parked_at = NULL, delivered_at = $2";
        self.settle(who, event, change, "event.discarded").await?;
        info!(event.id = %event, "event {event} was let go");
        Ok(())
    }

    async fn settle(
        &self,
        who: Actor,
        event: Uuid,
        change: &str,
        action: &'static str,
    ) -> Result<(), ParkedError> {
        let sql = format!(
            "UPDATE outbox SET {change} \
             WHERE id = $1 AND parked_at IS NOT NULL AND delivered_at IS NULL"
        );
        let values = [event.into(), self.ambient.now().into()];
        let statement = self.database.statement(sql, values);
        let mut work = self.database.begin().await?;
        if work.conn().execute_raw(statement).await?.rows_affected() == 0 {
            return Err(ParkedError::NotFound);
        }
        work.record(&self.audited(who, event, action)).await?;
        Ok(work.commit().await?)
    }

    /// What was done to the parked event, and by whom.
    fn audited(&self, who: Actor, parked: Uuid, action: &'static str) -> AuditedEvent {
        let (origin, at) = (RequestContext::current().origin(), self.ambient.now());
        let event = DomainEvent {
            id: self.ambient.id(),
            kind: action.to_owned(),
            version: 1,
            aggregate: "event".to_owned(),
            aggregate_id: parked.to_string(),
            user: None,
            payload: json!({ "by": who.user() }),
            occurred_at: at,
            request_id: origin.request_id.clone(),
        };
        let entry = AuditEntry {
            id: self.ambient.id(),
            at,
            actor: who,
            action: action.into(),
            user: None,
            target: Some(AuditTarget { kind: "event".into(), id: parked.to_string() }),
            outcome: AuditOutcome::Success,
            reason: None,
            origin,
            details: json!({}),
        };
        AuditedEvent { event, entry }
    }
}

/// An event whose payload is no JSON was parked for that; it is shown as text.
fn parked(row: &QueryResult) -> Result<ParkedEvent, DbErr> {
    let payload: String = row.try_get("", "payload")?;
    let attempts: i32 = row.try_get("", "attempts")?;
    Ok(ParkedEvent {
        id: row.try_get("", "id")?,
        kind: row.try_get("", "kind")?,
        aggregate: row.try_get("", "aggregate")?,
        aggregate_id: row.try_get("", "aggregate_id")?,
        user: row.try_get("", "user_id")?,
        payload: serde_json::from_str(&payload).unwrap_or(Json::String(payload)),
        occurred_at: Timestamp::from_micros(row.try_get("", "occurred_at")?),
        parked_at: Timestamp::from_micros(row.try_get("", "parked_at")?),
        attempts: u32::try_from(attempts).unwrap_or(0),
        error: row.try_get::<Option<String>>("", "last_error")?.unwrap_or_default(),
        request_id: row.try_get("", "request_id")?,
    })
}
