//! Pages of executions and of their logs. Each goes along an index, whatever the filter.

use sea_orm::{ConnectionTrait as _, Value as Parameter};
use shared_kernel::{
    application::LogLevel,
    domain::{Cursor, Execution, Id, Owner, Page, PageRequest},
    infrastructure::db::{Backend, Database},
};
use uuid::Uuid;

use super::rows;
use crate::application::executions::{
    ExecutionFilter, ExecutionRow, LogFilter, LogLine, StoreError,
};

/// Workflows whose name a search may fit; the newest are taken.
const NAMED: u32 = 20;

/// A statement in the making.
struct Query {
    sql: String,
    values: Vec<Parameter>,
}

impl Query {
    /// Appends SQL in which each `?` stands for the next of the values.
    fn push(&mut self, sql: &str, values: impl IntoIterator<Item = Parameter>) {
        let mut values = values.into_iter();
        for (index, part) in sql.split('?').enumerate() {
            if index > 0 {
                self.values.extend(values.next());
                self.sql.push_str(&format!("${}", self.values.len()));
            }
            self.sql.push_str(part);
        }
    }
}

/// Newest first.
pub(super) async fn list(
    database: &Database,
    owner: Owner,
    filter: &ExecutionFilter,
    page: PageRequest,
) -> Result<Page<ExecutionRow>, StoreError> {
    let mut query = Query { sql: String::new(), values: Vec::new() };
    match &filter.text {
        None => one(&mut query, owner, filter, page, None),
        Some(text) => {
            let definitions = named(database, owner, text).await?;
            let id = text.parse::<Uuid>().ok();
            let mut parts: Vec<_> = definitions.into_iter().map(Narrow::Definition).collect();
            parts.extend(id.map(Narrow::Execution));
            if parts.is_empty() {
                return Ok(Page { items: Vec::new(), next_cursor: None });
            }
            for (index, part) in parts.iter().enumerate() {
                query
                    .push(if index > 0 { " UNION SELECT * FROM (" } else { "SELECT * FROM (" }, []);
                one(&mut query, owner, filter, page, Some(part));
                query.push(&format!(") AS part{index}"), []);
            }
        }
    }
    if filter.text.is_some() {
        query.push(" ORDER BY created_at DESC, id DESC LIMIT ?", [limit(page)]);
    }
    let statement = database.statement(query.sql, query.values);
    let found = database.read().query_all_raw(statement).await?;
    let found = found.iter().map(rows::execution).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::cut(found, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() }))
}

/// What a search came down to.
enum Narrow {
    Definition(Uuid),
    Execution(Uuid),
}

fn limit(page: PageRequest) -> Parameter {
    i64::from(page.limit).saturating_add(1).into()
}

fn one(
    query: &mut Query,
    owner: Owner,
    filter: &ExecutionFilter,
    page: PageRequest,
    narrow: Option<&Narrow>,
) {
    let columns: Vec<_> =
        rows::COLUMNS.split(", ").map(|name| format!("e.{}", name.trim())).collect();
    query.push(&format!("SELECT {} FROM ", columns.join(", ")), []);
    // A label has an index of its own in the same order.
    let key = match &filter.label {
        None => {
            query.push(
                "workflow_executions e WHERE e.user_id = ? AND e.fragment = 0",
                [owner.into()],
            );
            ("e.created_at", "e.id")
        }
        Some((name, value)) => {
            query.push(
                "execution_labels l JOIN workflow_executions e ON e.id = l.execution_id \
                 WHERE l.user_id = ? AND l.name = ? AND l.value = ?",
                [owner.into(), name.clone().into(), value.clone().into()],
            );
            ("l.created_at", "l.execution_id")
        }
    };
    if let Some(status) = filter.status {
        // Each has an index of its own: those that ended, and those that did not.
        let ended = if status.is_final() { "IS NOT NULL" } else { "IS NULL" };
        let condition = format!(" AND e.status = ? AND e.finished_at {ended}");
        query.push(&condition, [status.as_str().into()]);
    }
    if let Some(definition) = filter.definition_id {
        query.push(" AND e.definition_id = ?", [definition.into()]);
    }
    if let Some(origin) = filter.origin {
        query.push(" AND e.origin = ?", [origin.as_str().into()]);
    }
    if let Some(awaits) = filter.awaits_signal {
        // A worker of before ends executions without taking back who waited in them.
        query.push(
            if awaits {
                " AND e.awaits IS NOT NULL AND e.finished_at IS NULL"
            } else {
                " AND (e.awaits IS NULL OR e.finished_at IS NOT NULL)"
            },
            [],
        );
    }
    match narrow {
        Some(Narrow::Definition(id)) => query.push(" AND e.definition_id = ?", [(*id).into()]),
        Some(Narrow::Execution(id)) => query.push(" AND e.id = ?", [(*id).into()]),
        None => {}
    }
    let (at, id) = key;
    if let Some(from) = filter.created_from {
        query.push(&format!(" AND {at} >= ?"), [from.into()]);
    }
    if let Some(before) = filter.created_before {
        query.push(&format!(" AND {at} < ?"), [before.into()]);
    }
    if let Some(after) = page.after {
        query.push(&format!(" AND ({at}, {id}) < (?, ?)"), [after.at.into(), after.id.into()]);
    }
    query.push(&format!(" ORDER BY {at} DESC, {id} DESC LIMIT ?"), [limit(page)]);
}

/// A pattern for LIKE in which the text stands for itself.
fn containing(text: &str) -> String {
    let escaped = text.to_lowercase().replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{escaped}%")
}

async fn named(database: &Database, owner: Owner, text: &str) -> Result<Vec<Uuid>, StoreError> {
    let sql = format!(
        r"SELECT id FROM workflow_definitions WHERE user_id = $1 AND lower(name) LIKE $2 ESCAPE '\'
          ORDER BY updated_at DESC LIMIT {NAMED}"
    );
    let statement = database.statement(sql, [owner.into(), containing(text).into()]);
    let found = database.read().query_all_raw(statement).await?;
    Ok(found.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
}

/// Lines of one execution's log, oldest first.
pub(super) async fn logs(
    database: &Database,
    id: Id<Execution>,
    filter: &LogFilter,
    page: PageRequest,
) -> Result<Page<LogLine>, StoreError> {
    let after = page.after.map_or(0, |cursor| cursor.id.as_u128());
    let mut query = Query { sql: String::new(), values: Vec::new() };
    query.push(
        "SELECT position, at, level, step, item, message, fields FROM execution_logs \
         WHERE execution_id = ? AND position > ?",
        [id.into(), i64::try_from(after).unwrap_or(i64::MAX).into()],
    );
    if let Some(level) = filter.level {
        query.push(&format!(" AND level IN ({})", from_level(level)), []);
    }
    if let Some(step) = &filter.step {
        query.push(" AND step = ?", [step.clone().into()]);
    }
    if let Some(text) = &filter.text {
        let lower = match database.backend() {
            Backend::Postgres => "lower(message) COLLATE \"C\"",
            Backend::Sqlite => "lower(message)",
        };
        query.push(&format!(r" AND {lower} LIKE ? ESCAPE '\'"), [containing(text).into()]);
    }
    query.push(" ORDER BY position LIMIT ?", [limit(page)]);
    let found = database.read().query_all_raw(database.statement(query.sql, query.values)).await?;
    let found = found.iter().map(rows::log_line).collect::<Result<Vec<_>, _>>()?;
    let cut = Page::cut(found, page.limit, |(position, line)| Cursor {
        at: line.at,
        id: Uuid::from_u128(u128::try_from(*position).unwrap_or(0)),
    });
    Ok(cut.map(|(_, line)| line))
}

const fn from_level(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Debug => "'debug', 'info', 'warn', 'error'",
        LogLevel::Info => "'info', 'warn', 'error'",
        LogLevel::Warn => "'warn', 'error'",
        LogLevel::Error => "'error'",
    }
}
