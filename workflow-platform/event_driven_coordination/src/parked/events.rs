//! Parked events in the outbox.

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Value};
use serde_json::json;
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

use crate::event_log::{EventsError, KeptEvent, only};

/// Before every other row.
const TOP: (i64, Uuid) = (i64::MAX, Uuid::max());

/// An event that could not be handled.
#[derive(Debug, Clone, PartialEq)]
pub struct ParkedEvent {
    pub event: KeptEvent,
    pub parked_at: Timestamp,
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
    ) -> Result<Page<ParkedEvent>, EventsError> {
        who.require(Permission::SystemRead)?;
        self.list_for(filter, page).await
    }

    /// The same for a caller who was made sure of.
    pub async fn list_for(
        &self,
        filter: &ParkedFilter,
        page: PageRequest,
    ) -> Result<Page<ParkedEvent>, EventsError> {
        let (at, id) = page.after.map_or(TOP, |after| (after.at.micros(), after.id));
        let limit = i64::from(page.limit).saturating_add(1);
        let mut values: Vec<Value> = vec![at.into(), id.into(), limit.into()];
        let ParkedFilter { kind, user } = filter.clone();
        let columns = [("kind", kind.map(Value::from)), ("user_id", user.map(Value::from))];
        let only = only(columns, &mut values);
        let sql = format!(
            "SELECT * FROM outbox WHERE parked_at IS NOT NULL AND delivered_at IS NULL{only} \
             AND (parked_at, id) < ($1, $2) ORDER BY parked_at DESC, id DESC LIMIT $3"
        );
        let statement = self.database.statement(sql, values);
        let rows = self.database.read().query_all_raw(statement).await?;
        let events = rows.iter().map(parked).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(events, page.limit, |one| Cursor { at: one.parked_at, id: one.event.id }))
    }

    /// Every handler that has not handled the event gets it again, as often as at first.
    pub async fn replay(&self, who: &Principal, event: Uuid) -> Result<(), EventsError> {
        who.require(Permission::SystemWrite)?;
        self.replay_for(who.actor(), event).await
    }

    /// The same for a caller who was made sure of.
    pub async fn replay_for(&self, who: Actor, event: Uuid) -> Result<(), EventsError> {
        let change = "parked_at = NULL, attempts = 0, due_at = $2";
        self.settle(who, event, change, "event.replayed").await?;
        info!(event.id = %event, "event {event} is tried again");
        Ok(())
    }

    /// Nobody gets the event any more.
    pub async fn discard(&self, who: &Principal, event: Uuid) -> Result<(), EventsError> {
        who.require(Permission::SystemWrite)?;
        self.discard_for(who.actor(), event).await
    }

    /// The same for a caller who was made sure of.
    pub async fn discard_for(&self, who: Actor, event: Uuid) -> Result<(), EventsError> {
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
    ) -> Result<(), EventsError> {
        let sql = format!(
            "UPDATE outbox SET {change} \
             WHERE id = $1 AND parked_at IS NOT NULL AND delivered_at IS NULL"
        );
        let values = [event.into(), self.ambient.now().into()];
        let statement = self.database.statement(sql, values);
        let mut work = self.database.begin().await?;
        if work.conn().execute_raw(statement).await?.rows_affected() == 0 {
            return Err(EventsError::NotFound);
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

fn parked(row: &QueryResult) -> Result<ParkedEvent, DbErr> {
    let parked_at = Timestamp::from_micros(row.try_get("", "parked_at")?);
    Ok(ParkedEvent { event: KeptEvent::read(row)?, parked_at })
}
