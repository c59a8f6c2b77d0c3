//! Rules through plain SQL.

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, Value};
use shared_kernel::{
    domain::{Cursor, Id, Owner, Page, PageRequest, Timestamp},
    infrastructure::db::{Backend, Database, UnitOfWork},
};
use uuid::Uuid;

use super::{keyset, rounds, time};
use crate::{
    application::{AutomationRow, AutomationStore, Round, StoreError},
    domain::{Automation, Rule},
};

/// Owners asked for with one statement.
const AT_ONCE: usize = 200;
const COLUMNS: &str =
    "id, user_id, rule, preset, created_at, updated_at, due_at, fired_at, fired, left_out";
const VALUES: &str = "INSERT INTO automations \
     (id, user_id, enabled, rule, preset, created_at, updated_at, due_at, fired, left_out)";

/// Two events closer than this are heard as one.
const CLOSE: Duration = Duration::from_secs(1);

/// Both engines.
#[derive(Debug, Clone)]
pub struct SqlAutomations(Database);

impl SqlAutomations {
    pub const fn new(database: Database) -> Self {
        Self(database)
    }
}

fn stored(row: &AutomationRow) -> Result<Vec<Value>, StoreError> {
    Ok(vec![
        row.id.into(),
        row.owner.into(),
        row.rule.enabled.into(),
        serde_json::to_string(&row.rule)?.into(),
        row.preset.clone().into(),
        row.created_at.into(),
        row.updated_at.into(),
        row.due_at.map(Timestamp::micros).into(),
    ])
}

fn count(row: &QueryResult, name: &str) -> Result<u64, StoreError> {
    Ok(u64::try_from(row.try_get::<i64>("", name)?).unwrap_or(0))
}

fn automation(row: &QueryResult) -> Result<AutomationRow, StoreError> {
    let rule: String = row.try_get("", "rule")?;
    Ok(AutomationRow {
        id: Id::from(row.try_get::<Uuid>("", "id")?),
        owner: Owner::new(row.try_get::<Uuid>("", "user_id")?.into()),
        rule: serde_json::from_str::<Rule>(&rule)?,
        preset: row.try_get("", "preset")?,
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
        updated_at: Timestamp::from_micros(row.try_get("", "updated_at")?),
        due_at: time(row, "due_at")?,
        fired_at: time(row, "fired_at")?,
        fired: count(row, "fired")?,
        left_out: count(row, "left_out")?,
    })
}

#[async_trait]
impl AutomationStore for SqlAutomations {
    async fn insert(&self, row: &AutomationRow, most: u32) -> Result<bool, StoreError> {
        let sql = format!(
            "{VALUES} SELECT $1, $2, $3, $4, $5, $6, $7, $8, 0, 0 \
             WHERE $9 > (SELECT COUNT(*) FROM automations WHERE user_id = $2)"
        );
        let mut values = stored(row)?;
        values.push(i64::from(most).into());
        let done = self.0.write().execute_raw(self.0.statement(sql, values)).await?;
        Ok(done.rows_affected() > 0)
    }

    async fn give(&self, work: &UnitOfWork, row: &AutomationRow) -> Result<(), StoreError> {
        let sql = format!(
            "{VALUES} VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0) \
             ON CONFLICT (user_id, preset) DO NOTHING"
        );
        work.conn().execute_raw(self.0.statement(sql, stored(row)?)).await?;
        Ok(())
    }

    async fn rounds(&self) -> Result<Vec<(String, Round)>, StoreError> {
        rounds::all(&self.0).await
    }

    async fn hold_round(&self, work: &UnitOfWork, preset: &str) -> Result<Round, StoreError> {
        rounds::hold(&self.0, work, preset).await
    }

    async fn advance(
        &self,
        work: &UnitOfWork,
        preset: &str,
        round: &Round,
    ) -> Result<(), StoreError> {
        rounds::advance(&self.0, work, preset, round).await
    }

    async fn replace(&self, row: &AutomationRow) -> Result<bool, StoreError> {
        let sql = "UPDATE automations SET enabled = $3, rule = $4, updated_at = $5, due_at = $6 \
                   WHERE id = $1 AND user_id = $2";
        let values = [
            row.id.into(),
            row.owner.into(),
            row.rule.enabled.into(),
            serde_json::to_string(&row.rule)?.into(),
            row.updated_at.into(),
            row.due_at.map(Timestamp::micros).into(),
        ];
        let done = self.0.write().execute_raw(self.0.statement(sql, values)).await?;
        Ok(done.rows_affected() > 0)
    }

    async fn delete(&self, owner: Owner, id: Id<Automation>) -> Result<bool, StoreError> {
        let sql = "DELETE FROM automations WHERE id = $1 AND user_id = $2";
        let statement = self.0.statement(sql, [id.into(), owner.into()]);
        Ok(self.0.write().execute_raw(statement).await?.rows_affected() > 0)
    }

    async fn find(
        &self,
        owner: Owner,
        id: Id<Automation>,
    ) -> Result<Option<AutomationRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM automations WHERE id = $1 AND user_id = $2");
        let statement = self.0.statement(sql, [id.into(), owner.into()]);
        let row = self.0.read().query_one_raw(statement).await?;
        row.as_ref().map(automation).transpose()
    }

    async fn list(
        &self,
        owner: Owner,
        page: PageRequest,
    ) -> Result<Page<AutomationRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM automations \
             WHERE user_id = $1 AND (created_at, id) < ($2, $3) \
             ORDER BY created_at DESC, id DESC LIMIT $4"
        );
        let values = std::iter::once(owner.into()).chain(keyset(page));
        let rows = self.0.read().query_all_raw(self.0.statement(sql, values)).await?;
        let rows = rows.iter().map(automation).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() }))
    }

    async fn listening(&self, owners: &[Owner]) -> Result<Vec<AutomationRow>, StoreError> {
        let mut found = Vec::new();
        for some in owners.chunks(AT_ONCE) {
            let places: Vec<_> = (1..=some.len()).map(|place| format!("${place}")).collect();
            let sql = format!(
                "SELECT {COLUMNS} FROM automations WHERE enabled AND user_id IN ({}) ORDER BY id",
                places.join(", ")
            );
            let statement = self.0.statement(sql, some.iter().map(|one| (*one).into()));
            for row in self.0.read().query_all_raw(statement).await? {
                found.push(automation(&row)?);
            }
        }
        Ok(found)
    }

    async fn hold(
        &self,
        work: &UnitOfWork,
        id: Id<Automation>,
    ) -> Result<Option<AutomationRow>, StoreError> {
        let lock = match self.0.backend() {
            Backend::Postgres => " FOR UPDATE",
            Backend::Sqlite => "",
        };
        let sql = format!("SELECT {COLUMNS} FROM automations WHERE id = $1 AND enabled{lock}");
        let row = work.conn().query_one_raw(self.0.statement(sql, [id.into()])).await?;
        row.as_ref().map(automation).transpose()
    }

    async fn due(&self, now: Timestamp, most: u32) -> Result<Vec<AutomationRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM automations WHERE enabled AND due_at <= $1 \
             ORDER BY due_at LIMIT $2"
        );
        let statement = self.0.statement(sql, [now.into(), i64::from(most).into()]);
        self.0.read().query_all_raw(statement).await?.iter().map(automation).collect()
    }

    async fn set_due(
        &self,
        work: &UnitOfWork,
        id: Id<Automation>,
        due_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE automations SET due_at = $2 WHERE id = $1";
        let values = [id.into(), due_at.map(Timestamp::micros).into()];
        work.conn().execute_raw(self.0.statement(sql, values)).await?;
        Ok(())
    }

    async fn heard(&self, id: Id<Automation>, due_at: Timestamp) -> Result<(), StoreError> {
        // Of many events at once one is enough.
        let sql = "UPDATE automations SET due_at = $2 \
                   WHERE id = $1 AND enabled AND (due_at IS NULL OR due_at < $3)";
        let values = [id.into(), due_at.into(), due_at.minus(CLOSE).into()];
        self.0.write().execute_raw(self.0.statement(sql, values)).await?;
        Ok(())
    }

    async fn fired(
        &self,
        work: &UnitOfWork,
        id: Id<Automation>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE automations SET fired_at = $2, fired = fired + 1, left_out = 0 \
                   WHERE id = $1";
        work.conn().execute_raw(self.0.statement(sql, [id.into(), at.into()])).await?;
        Ok(())
    }

    async fn left_out(&self, work: &UnitOfWork, id: Id<Automation>) -> Result<(), StoreError> {
        let sql = "UPDATE automations SET left_out = left_out + 1 WHERE id = $1";
        work.conn().execute_raw(self.0.statement(sql, [id.into()])).await?;
        Ok(())
    }
}
