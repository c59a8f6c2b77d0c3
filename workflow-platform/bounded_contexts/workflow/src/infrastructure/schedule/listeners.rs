//! Triggers that listen to events.

use std::collections::HashSet;

use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;
use shared_kernel::{
    domain::{Event, Id, Owner, Timestamp},
    infrastructure::db::{Backend, UnitOfWork},
};
use uuid::Uuid;

use super::{
    SqlTriggers,
    rows::{COLUMNS, trigger},
};
use crate::application::{
    executions::StoreError,
    triggers::{Listeners, Tick, TriggerRow, Triggers as _},
};

/// Owners asked for with one statement.
const AT_ONCE: usize = 200;
/// How far behind its event a ledger's row is looked for, in microseconds.
const NEAR: i64 = 1_000_000;

#[async_trait]
impl Listeners for SqlTriggers {
    async fn among(&self, owners: &HashSet<Owner>) -> Result<HashSet<Owner>, StoreError> {
        let mut found = HashSet::new();
        let owners: Vec<Owner> = owners.iter().copied().collect();
        for some in owners.chunks(AT_ONCE) {
            let places: Vec<_> = (1..=some.len()).map(|place| format!("${place}")).collect();
            let sql = format!(
                "SELECT DISTINCT user_id FROM workflow_triggers \
                 WHERE event_pattern IS NOT NULL AND user_id IN ({})",
                places.join(", ")
            );
            let statement = self.database.statement(sql, some.iter().map(|one| (*one).into()));
            for row in self.database.read().query_all_raw(statement).await? {
                found.insert(Owner::new(row.try_get_by_index::<Uuid>(0)?.into()));
            }
        }
        Ok(found)
    }

    async fn listening(
        &self,
        owner: Owner,
        patterns: &[String],
    ) -> Result<Vec<TriggerRow>, StoreError> {
        let places: Vec<_> = (2..patterns.len() + 2).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT {COLUMNS} FROM workflow_triggers \
             WHERE user_id = $1 AND event_pattern IN ({}) AND NOT paused ORDER BY id",
            places.join(", ")
        );
        let patterns = patterns.iter().map(|pattern| pattern.as_str().into());
        let values = std::iter::once(owner.into()).chain(patterns);
        let rows = self.database.read().query_all_raw(self.database.statement(sql, values)).await?;
        Ok(rows.iter().map(trigger).collect::<Result<_, _>>()?)
    }

    async fn hold(
        &self,
        work: &UnitOfWork,
        trigger: Uuid,
        event: Id<Event>,
    ) -> Result<bool, StoreError> {
        let lock = match self.database.backend() {
            Backend::Postgres => " FOR UPDATE",
            Backend::Sqlite => "",
        };
        let held = self.database.statement(
            format!("SELECT 1 FROM workflow_triggers WHERE id = $1 AND NOT paused{lock}"),
            [trigger.into()],
        );
        if work.conn().query_one_raw(held).await?.is_none() {
            return Ok(false);
        }
        let answered = self.database.statement(
            "SELECT 1 FROM workflow_ticks WHERE trigger_id = $1 AND event_id = $2",
            [trigger.into(), event.into()],
        );
        Ok(work.conn().query_one_raw(answered).await?.is_none())
    }

    async fn note_event(
        &self,
        work: &UnitOfWork,
        trigger: Uuid,
        tick: Tick,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if self.note(work, trigger, &tick, at).await? {
            return Ok(());
        }
        let first = tick.due_at.micros();
        let statement = self.database.statement(
            "SELECT MAX(due_at) FROM workflow_ticks \
             WHERE trigger_id = $1 AND due_at >= $2 AND due_at < $3",
            [trigger.into(), first.into(), first.saturating_add(NEAR).into()],
        );
        let row = work.conn().query_one_raw(statement).await?;
        let last: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
        let due_at = Timestamp::from_micros(last.unwrap_or(first).saturating_add(1));
        if self.note(work, trigger, &Tick { due_at, ..tick }, at).await? {
            return Ok(());
        }
        Err(StoreError::Row("a ledger has no room for an event".to_owned()))
    }
}
