//! Triggers and ticks through plain SQL.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use shared_kernel::{
    domain::{Ambient, Cursor, Execution, Id, Owner, Page, PageRequest, Timestamp},
    infrastructure::{
        db::{Backend, Database, UnitOfWork},
        seal::Sealer,
    },
};
use uuid::Uuid;

use super::{
    by_token::{ByToken, by_token},
    rows::{COLUMNS, NOTE, named, noted, tick, trigger, unreadable},
};
use crate::{
    application::{
        definitions::TriggerStore,
        executions::StoreError,
        triggers::{Hook, NamedTrigger, Tick, TriggerRow, Triggers},
    },
    domain::definition::{Schedule, Timing, Trigger},
};

/// Both engines.
#[derive(Debug, Clone)]
pub struct SqlTriggers {
    pub(super) database: Database,
    ambient: Ambient,
    /// Keeps the secrets of webhooks.
    sealer: Sealer,
    called: ByToken,
}

impl SqlTriggers {
    /// Starts a task, within a tokio runtime.
    pub fn new(database: Database, ambient: Ambient, sealer: Sealer) -> Self {
        Self { called: by_token(database.clone()), database, ambient, sealer }
    }
}

/// The newest ticks of a range for each of so many triggers: each is a look into the ledger's key
/// that ends after its own, however long the others' ledgers are.
fn newest_of_each(triggers: usize) -> String {
    let each = (4..triggers + 4).map(|place| {
        format!(
            "SELECT * FROM (SELECT due_at, outcome, detail, execution_id, event_id, trigger_id \
             FROM workflow_ticks WHERE trigger_id = ${place} AND due_at BETWEEN $1 AND $2 \
             ORDER BY due_at DESC LIMIT $3) AS t{place}"
        )
    });
    each.collect::<Vec<_>>().join(" UNION ALL ")
}

fn number(value: usize) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

impl SqlTriggers {
    /// Spec and due time of a definition's triggers by position.
    async fn known(
        &self,
        work: &UnitOfWork,
        definition: Uuid,
    ) -> Result<HashMap<i32, TriggerRow>, DbErr> {
        let sql = format!("SELECT {COLUMNS} FROM workflow_triggers WHERE definition_id = $1");
        let statement = self.database.statement(sql, [definition.into()]);
        let rows = work.conn().query_all_raw(statement).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(7)?, trigger(row)?))).collect()
    }

    async fn put(&self, work: &UnitOfWork, row: &TriggerRow, position: i32) -> Result<(), DbErr> {
        let statement = self.database.statement(
            "INSERT INTO workflow_triggers (id, user_id, definition_id, definition_version, \
             position, spec, paused, due_at, created_at, hook_token, hook_secret, event_pattern) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             ON CONFLICT (definition_id, position) DO UPDATE SET \
             definition_version = excluded.definition_version, spec = excluded.spec, \
             due_at = excluded.due_at, hook_token = excluded.hook_token, \
             hook_secret = excluded.hook_secret, \
             event_pattern = excluded.event_pattern",
            [
                row.id.into(),
                row.owner.into(),
                row.definition_id.into(),
                i32::try_from(row.version).unwrap_or(i32::MAX).into(),
                position.into(),
                serde_json::to_string(&row.spec).map_err(unreadable)?.into(),
                row.paused.into(),
                row.due_at.map(Timestamp::micros).into(),
                self.ambient.now().into(),
                row.hook.as_ref().map(|hook| hook.token.clone()).into(),
                row.hook.as_ref().and_then(|hook| hook.secret.clone()).into(),
                row.spec.pattern().map(str::to_owned).into(),
            ],
        );
        work.conn().execute_raw(statement).await?;
        Ok(())
    }

    /// An address stays the same for as long as its place in the definition is a webhook.
    fn hook(&self, id: Uuid, spec: &Trigger, before: Option<Hook>) -> Result<Option<Hook>, DbErr> {
        let Timing::Webhook { webhook } = spec.timing else { return Ok(None) };
        let (token, secret) = match before {
            Some(Hook { token, secret }) => (token, secret),
            None => (URL_SAFE_NO_PAD.encode(self.ambient.bytes::<24>()), None),
        };
        let secret = match secret.filter(|_| webhook.signed) {
            None if webhook.signed => Some(self.sealed_secret(id)?),
            kept => kept,
        };
        Ok(Some(Hook { token, secret }))
    }

    fn sealed_secret(&self, id: Uuid) -> Result<String, DbErr> {
        let secret = format!("whsec_{}", STANDARD.encode(self.ambient.bytes::<32>()));
        let sealed = self.sealer.seal(&Hook::place(id), secret.as_bytes());
        sealed.map_err(|error| DbErr::Custom(error.to_string()))
    }
}

/// A trigger that has not changed keeps its place in time and whether it is paused.
#[async_trait]
impl TriggerStore for SqlTriggers {
    async fn replace(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        definition_id: Uuid,
        version: u32,
        triggers: &[Trigger],
        now: Timestamp,
    ) -> Result<(), DbErr> {
        let statement = self.database.statement(
            "DELETE FROM workflow_triggers WHERE definition_id = $1 AND position >= $2",
            [definition_id.into(), number(triggers.len()).into()],
        );
        work.conn().execute_raw(statement).await?;
        let mut known = self.known(work, definition_id).await?;
        for (position, spec) in triggers.iter().enumerate() {
            let position = number(position);
            let before = known.remove(&position);
            let due = || Schedule::of(spec).ok().and_then(|schedule| schedule.next_after(now));
            let row = match before {
                Some(row) if row.spec == *spec => TriggerRow { version, ..row },
                before => {
                    let id = before.as_ref().map_or_else(|| self.ambient.uuid(), |row| row.id);
                    TriggerRow {
                        id,
                        owner,
                        definition_id,
                        version,
                        spec: spec.clone(),
                        paused: false,
                        due_at: due(),
                        hook: self.hook(id, spec, before.and_then(|row| row.hook))?,
                    }
                }
            };
            self.put(work, &row, position).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Triggers for SqlTriggers {
    async fn of(&self, owner: Owner, definitions: &[Uuid]) -> Result<Vec<TriggerRow>, StoreError> {
        if definitions.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<_> = (2..definitions.len() + 2).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT {COLUMNS} FROM workflow_triggers \
             WHERE user_id = $1 AND definition_id IN ({}) ORDER BY definition_id, position",
            places.join(", ")
        );
        let values = std::iter::once(owner.into()).chain(definitions.iter().map(|id| (*id).into()));
        let rows = self.database.read().query_all_raw(self.database.statement(sql, values)).await?;
        Ok(rows.iter().map(trigger).collect::<Result<_, _>>()?)
    }

    async fn all(&self, owner: Owner, page: PageRequest) -> Result<Page<NamedTrigger>, StoreError> {
        let columns = COLUMNS.split(", ").map(|name| format!("t.{}", name.trim()));
        let columns = columns.collect::<Vec<_>>().join(", ");
        let (at, id) = page.after.map_or((i64::MAX, Uuid::max()), |it| (it.at.micros(), it.id));
        let sql = format!(
            "SELECT {columns}, d.name, t.created_at FROM workflow_triggers t \
             JOIN workflow_definitions d ON d.id = t.definition_id \
             WHERE t.user_id = $1 AND (t.created_at, t.id) < ($2, $3) \
             ORDER BY t.created_at DESC, t.id DESC LIMIT $4"
        );
        let limit = i64::from(page.limit).saturating_add(1);
        let values = [owner.into(), at.into(), id.into(), limit.into()];
        let rows = self.database.read().query_all_raw(self.database.statement(sql, values)).await?;
        let found = rows.iter().map(named).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(found, page.limit, |it| Cursor { at: it.created_at, id: it.row.id }))
    }

    async fn find(&self, owner: Owner, id: Uuid) -> Result<Option<TriggerRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM workflow_triggers WHERE id = $1 AND user_id = $2");
        let statement = self.database.statement(sql, [id.into(), owner.into()]);
        let row = self.database.read().query_one_raw(statement).await?;
        Ok(row.as_ref().map(trigger).transpose()?)
    }

    async fn by_token(&self, token: &str) -> Result<Option<TriggerRow>, StoreError> {
        // No token has such characters, and what is asked together with it must not fail for it.
        if token.chars().any(char::is_control) {
            return Ok(None);
        }
        Ok(self.called.ask(token.to_owned()).await?.transpose()?)
    }

    async fn set_paused(
        &self,
        owner: Owner,
        id: Uuid,
        paused: bool,
        due_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let due_at = due_at.map(Timestamp::micros);
        let statement = self.database.statement(
            "UPDATE workflow_triggers SET paused = $3, due_at = $4 WHERE id = $1 AND user_id = $2",
            [id.into(), owner.into(), paused.into(), due_at.into()],
        );
        self.database.write().execute_raw(statement).await?;
        Ok(())
    }

    async fn ticks(&self, id: Uuid, page: PageRequest) -> Result<Page<Tick>, StoreError> {
        let before = page.after.map_or(i64::MAX, |after| after.at.micros());
        let statement = self.database.statement(
            "SELECT due_at, outcome, detail, execution_id, event_id FROM workflow_ticks \
             WHERE trigger_id = $1 AND due_at < $2 ORDER BY due_at DESC LIMIT $3",
            [id.into(), before.into(), i64::from(page.limit).saturating_add(1).into()],
        );
        let rows = self.database.read().query_all_raw(statement).await?;
        let ticks = rows.iter().map(tick).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(ticks, page.limit, |tick| Cursor { at: tick.due_at, id: Uuid::nil() }))
    }

    async fn between(
        &self,
        triggers: &[Uuid],
        from: Timestamp,
        to: Timestamp,
        most: usize,
    ) -> Result<HashMap<Uuid, Vec<Tick>>, StoreError> {
        let mut found: HashMap<Uuid, Vec<Tick>> = HashMap::new();
        if triggers.is_empty() {
            return Ok(found);
        }
        let bounds = [from.into(), to.into(), i64::from(number(most)).into()];
        let values = bounds.into_iter().chain(triggers.iter().map(|id| (*id).into()));
        let statement = self.database.statement(newest_of_each(triggers.len()), values);
        for row in self.database.read().query_all_raw(statement).await?.iter().rev() {
            found.entry(row.try_get_by_index(5)?).or_default().push(tick(row)?);
        }
        Ok(found)
    }

    async fn started(
        &self,
        id: Uuid,
        ticks: &[Timestamp],
    ) -> Result<HashSet<Timestamp>, StoreError> {
        let micros = ticks.iter().map(|at| at.micros());
        let (among, list) = self.database.backend().among_numbers("$2", micros);
        let sql = format!(
            "SELECT due_at FROM workflow_ticks \
             WHERE trigger_id = $1 AND execution_id IS NOT NULL AND due_at {among}"
        );
        let statement = self.database.statement(sql, [id.into(), list]);
        let rows = self.database.read().query_all_raw(statement).await?;
        let at = |row: &QueryResult| Ok(Timestamp::from_micros(row.try_get_by_index(0)?));
        rows.iter().map(at).collect()
    }

    async fn make_up(
        &self,
        work: &UnitOfWork,
        trigger: Uuid,
        tick: &Tick,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = self.database.statement(
            format!(
                "{NOTE} ON CONFLICT (trigger_id, due_at) DO UPDATE SET outcome = excluded.outcome, \
                 detail = excluded.detail, execution_id = excluded.execution_id, at = excluded.at \
                 WHERE workflow_ticks.execution_id IS NULL"
            ),
            noted(trigger, tick, at),
        );
        Ok(work.conn().execute_raw(statement).await?.rows_affected() > 0)
    }

    async fn first_due(&self) -> Result<Option<TriggerRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM workflow_triggers \
             WHERE due_at IS NOT NULL AND NOT paused ORDER BY due_at LIMIT 1"
        );
        let row = self.database.read().query_one_raw(self.database.statement(sql, [])).await?;
        Ok(row.as_ref().map(trigger).transpose()?)
    }

    async fn lock(&self, work: &UnitOfWork, seen: &TriggerRow) -> Result<bool, StoreError> {
        let lock = match self.database.backend() {
            Backend::Postgres => " FOR UPDATE SKIP LOCKED",
            Backend::Sqlite => "",
        };
        let statement = self.database.statement(
            format!(
                "SELECT 1 FROM workflow_triggers WHERE id = $1 AND due_at = $2 AND spec = $3 \
                 AND NOT paused{lock}"
            ),
            [
                seen.id.into(),
                seen.due_at.map(Timestamp::micros).into(),
                serde_json::to_string(&seen.spec)?.into(),
            ],
        );
        Ok(work.conn().query_one_raw(statement).await?.is_some())
    }

    async fn note(
        &self,
        work: &UnitOfWork,
        trigger: Uuid,
        tick: &Tick,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = format!("{NOTE} ON CONFLICT DO NOTHING");
        let statement = self.database.statement(sql, noted(trigger, tick, at));
        Ok(work.conn().execute_raw(statement).await?.rows_affected() > 0)
    }

    async fn advance(
        &self,
        work: &UnitOfWork,
        trigger: Uuid,
        due_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let statement = self.database.statement(
            "UPDATE workflow_triggers SET due_at = $2 WHERE id = $1",
            [trigger.into(), due_at.map(Timestamp::micros).into()],
        );
        work.conn().execute_raw(statement).await?;
        Ok(())
    }

    async fn unfinished(
        &self,
        work: &UnitOfWork,
        trigger: &TriggerRow,
    ) -> Result<Vec<Id<Execution>>, StoreError> {
        let statement = self.database.statement(
            "SELECT e.id FROM workflow_executions e \
             WHERE e.user_id = $1 AND e.finished_at IS NULL AND e.definition_id = $2 \
             AND EXISTS (SELECT 1 FROM workflow_ticks t \
               WHERE t.execution_id = e.id AND t.trigger_id = $3)",
            [trigger.owner.into(), trigger.definition_id.into(), trigger.id.into()],
        );
        let rows = work.conn().query_all_raw(statement).await?;
        Ok(rows
            .iter()
            .map(|row| row.try_get_by_index::<Uuid>(0).map(Id::from))
            .collect::<Result<_, _>>()?)
    }

    async fn cancel(
        &self,
        work: &UnitOfWork,
        executions: &[Id<Execution>],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        for id in executions {
            let statement = self.database.statement(
                "UPDATE workflow_executions SET cancel_at = COALESCE(cancel_at, $2), \
                 wake_at = NULL, \
                 ready_at = CASE WHEN worker_id IS NULL THEN COALESCE(ready_at, $2) END \
                 WHERE id = $1 AND finished_at IS NULL",
                [(*id).into(), at.into()],
            );
            work.conn().execute_raw(statement).await?;
        }
        Ok(())
    }
}
