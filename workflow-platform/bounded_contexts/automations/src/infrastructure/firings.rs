//! What came of rules, through plain SQL.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult};
use serde::de::DeserializeOwned;
use shared_kernel::{
    domain::{Cursor, Event, Id, Owner, Page, PageRequest, Timestamp},
    infrastructure::db::{Database, UnitOfWork},
};
use uuid::Uuid;

use super::{keyset, number, signed, time};
use crate::{
    application::{FiringStore, Hit, StoreError},
    domain::{Automation, Firing, FiringState},
};

const INSERT: &str = "INSERT INTO automation_firings \
     (id, automation_id, user_id, event_id, told, state, reason, actions, outcomes, depth, \
     attempts, fired_at, ended_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const HIT: &str = "INSERT INTO automation_hits (automation_id, event_id, hit_group, at) \
     VALUES ($1, $2, $3, $4) ON CONFLICT (automation_id, event_id) DO NOTHING";
const OLD_FIRINGS: &str = "DELETE FROM automation_firings WHERE id IN \
     (SELECT id FROM automation_firings WHERE fired_at < $1 ORDER BY fired_at LIMIT $2)";
const OLD_HITS: &str = "DELETE FROM automation_hits WHERE (automation_id, event_id) IN \
     (SELECT automation_id, event_id FROM automation_hits WHERE at < $1 ORDER BY at LIMIT $2)";

/// Both engines.
#[derive(Debug, Clone)]
pub struct SqlFirings(Database);

impl SqlFirings {
    pub const fn new(database: Database) -> Self {
        Self(database)
    }
}

fn json<T: DeserializeOwned>(row: &QueryResult, name: &str) -> Result<T, StoreError> {
    Ok(serde_json::from_str(&row.try_get::<String>("", name)?)?)
}

fn firing(row: &QueryResult) -> Result<Firing, StoreError> {
    let state: String = row.try_get("", "state")?;
    Ok(Firing {
        id: Id::from(row.try_get::<Uuid>("", "id")?),
        automation: Id::from(row.try_get::<Uuid>("", "automation_id")?),
        owner: Owner::new(row.try_get::<Uuid>("", "user_id")?.into()),
        event: Id::from(row.try_get::<Uuid>("", "event_id")?),
        told: json(row, "told")?,
        state: FiringState::parse(&state).ok_or(StoreError::Row(state))?,
        reason: row.try_get("", "reason")?,
        actions: json(row, "actions")?,
        outcomes: json(row, "outcomes")?,
        depth: number(row, "depth")?,
        attempts: number(row, "attempts")?,
        fired_at: Timestamp::from_micros(row.try_get("", "fired_at")?),
        ended_at: time(row, "ended_at")?,
    })
}

#[async_trait]
impl FiringStore for SqlFirings {
    async fn answered(
        &self,
        work: &UnitOfWork,
        automation: Id<Automation>,
        event: Id<Event>,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM automation_firings WHERE automation_id = $1 AND event_id = $2";
        let statement = self.0.statement(sql, [automation.into(), event.into()]);
        Ok(work.conn().query_one_raw(statement).await?.is_some())
    }

    async fn count(
        &self,
        work: &UnitOfWork,
        hit: &Hit,
        since: Timestamp,
    ) -> Result<u32, StoreError> {
        let Hit { automation, event, group, at } = hit;
        let group = group.as_str();
        let values = [(*automation).into(), (*event).into(), group.into(), (*at).into()];
        work.conn().execute_raw(self.0.statement(HIT, values)).await?;
        let sql = "SELECT COUNT(*) FROM automation_hits \
                   WHERE automation_id = $1 AND hit_group = $2 AND at >= $3";
        let values = [(*automation).into(), group.into(), since.into()];
        let row = work.conn().query_one_raw(self.0.statement(sql, values)).await?;
        let counted: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0);
        Ok(u32::try_from(counted).unwrap_or(u32::MAX))
    }

    async fn forget_counted(
        &self,
        work: &UnitOfWork,
        automation: Id<Automation>,
        group: &str,
    ) -> Result<(), StoreError> {
        let sql = "DELETE FROM automation_hits WHERE automation_id = $1 AND hit_group = $2";
        work.conn().execute_raw(self.0.statement(sql, [automation.into(), group.into()])).await?;
        Ok(())
    }

    async fn since(
        &self,
        work: &UnitOfWork,
        automation: Id<Automation>,
        since: Timestamp,
    ) -> Result<(u32, bool), StoreError> {
        let sql = "SELECT COUNT(CASE WHEN state <> 'held_back' THEN 1 END) AS fired, \
                   COUNT(CASE WHEN state = 'held_back' THEN 1 END) AS held_back \
                   FROM automation_firings WHERE automation_id = $1 AND fired_at > $2";
        let statement = self.0.statement(sql, [automation.into(), since.into()]);
        let Some(row) = work.conn().query_one_raw(statement).await? else { return Ok((0, false)) };
        let fired: i64 = row.try_get("", "fired")?;
        let held_back: i64 = row.try_get("", "held_back")?;
        Ok((u32::try_from(fired).unwrap_or(u32::MAX), held_back > 0))
    }

    async fn insert(&self, work: &UnitOfWork, firing: &Firing) -> Result<(), StoreError> {
        let values = [
            firing.id.into(),
            firing.automation.into(),
            firing.owner.into(),
            firing.event.into(),
            firing.told.to_string().into(),
            firing.state.as_str().into(),
            firing.reason.clone().into(),
            serde_json::to_string(&firing.actions)?.into(),
            serde_json::to_string(&firing.outcomes)?.into(),
            signed(firing.depth).into(),
            signed(firing.attempts).into(),
            firing.fired_at.into(),
            firing.ended_at.map(Timestamp::micros).into(),
        ];
        work.conn().execute_raw(self.0.statement(INSERT, values)).await?;
        Ok(())
    }

    async fn find(&self, id: Id<Firing>) -> Result<Option<Firing>, StoreError> {
        let sql = "SELECT * FROM automation_firings WHERE id = $1";
        let row = self.0.read().query_one_raw(self.0.statement(sql, [id.into()])).await?;
        row.as_ref().map(firing).transpose()
    }

    async fn save(&self, firing: &Firing) -> Result<(), StoreError> {
        let sql = "UPDATE automation_firings SET state = $2, outcomes = $3, attempts = $4, \
                   ended_at = $5 WHERE id = $1";
        let values = [
            firing.id.into(),
            firing.state.as_str().into(),
            serde_json::to_string(&firing.outcomes)?.into(),
            signed(firing.attempts).into(),
            firing.ended_at.map(Timestamp::micros).into(),
        ];
        self.0.write().execute_raw(self.0.statement(sql, values)).await?;
        Ok(())
    }

    async fn list(
        &self,
        owner: Owner,
        automation: Id<Automation>,
        page: PageRequest,
    ) -> Result<Page<Firing>, StoreError> {
        let sql = "SELECT * FROM automation_firings \
                   WHERE automation_id = $1 AND user_id = $2 AND (fired_at, id) < ($3, $4) \
                   ORDER BY fired_at DESC, id DESC LIMIT $5";
        let values = [automation.into(), owner.into()].into_iter().chain(keyset(page));
        let rows = self.0.read().query_all_raw(self.0.statement(sql, values)).await?;
        let rows = rows.iter().map(firing).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(rows, page.limit, |row| Cursor { at: row.fired_at, id: row.id.uuid() }))
    }

    async fn prune(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        let mut gone = 0;
        for sql in [OLD_FIRINGS, OLD_HITS] {
            let statement = self.0.statement(sql, [before.into(), i64::from(most).into()]);
            gone += self.0.write().execute_raw(statement).await?.rows_affected();
        }
        Ok(gone)
    }
}
