//! A new execution in one statement, or in one go.

use shared_kernel::{
    domain::{DomainEvent, Id},
    infrastructure::db::{AtOnce, Backend, outbox_insert, outbox_rows},
};

use crate::{application::executions::NewExecution, infrastructure::journal::EventRow};

/// The row, the first event, the labels by which it is found, and what others are told.
pub(super) fn insertion(
    backend: Backend,
    new: &NewExecution,
    created: EventRow,
    told: Option<&DomainEvent>,
) -> Result<AtOnce, serde_json::Error> {
    let mut work = AtOnce { events: told.is_some(), ..AtOnce::default() };
    let id = work.bind(new.id);
    let owner = work.bind(new.owner);
    let at = work.bind(new.created_at);
    let labels = work.bind(serde_json::to_string(&new.labels)?);
    let mut parts = vec![
        execution(&mut work, new, created.size, (&id, &owner, &at, &labels)),
        first_event(&mut work, &id, created),
    ];
    if !new.labels.is_empty() {
        parts.push(index(backend, (&id, &owner, &at, &labels)));
    }
    if let Some(told) = told {
        let events = work.bind(outbox_rows([told]));
        parts.push(outbox_insert(backend, &events));
    }
    work.sql = together(backend, &parts);
    Ok(work)
}

/// How the SQL calls id, owner, time and labels.
type Names<'a> = (&'a str, &'a str, &'a str, &'a str);

fn execution(
    work: &mut AtOnce,
    new: &NewExecution,
    bytes: i64,
    (id, owner, at, labels): Names<'_>,
) -> String {
    let (key, limit) = new.concurrency.clone().unzip();
    let definition = work.bind(new.definition_id);
    let name = work.bind(new.definition_name.clone());
    let version = work.bind(number(new.version));
    let priority = work.bind(new.priority);
    let (key, limit) = (work.bind(key), work.bind(limit.map(number)));
    let parent = work.bind(new.parent.map(Id::uuid));
    let (depth, bytes) = (work.bind(number(new.depth)), work.bind(bytes));
    let fragment = i32::from(new.fragment.is_some());
    format!(
        "INSERT INTO workflow_executions (id, user_id, definition_id, definition_name, \
         definition_version, status, priority, labels, concurrency_key, concurrency_limit, \
         created_at, ready_at, epoch, parent_id, depth, \
         fragment, bytes) \
         VALUES ({id}, {owner}, {definition}, {name}, {version}, 'pending', {priority}, {labels}, \
         {key}, {limit}, {at}, {at}, 0, {parent}, {depth}, {fragment}, {bytes})"
    )
}

fn first_event(work: &mut AtOnce, id: &str, created: EventRow) -> String {
    let (kind, body) = (work.bind(created.kind), work.bind(created.body));
    let (blob, at) = (work.bind(created.blob), work.bind(created.at));
    format!(
        "INSERT INTO execution_events (execution_id, seq, kind, payload, blob, at) \
         VALUES ({id}, 1, {kind}, {body}, {blob}, {at})"
    )
}

fn index(backend: Backend, (id, owner, at, labels): Names<'_>) -> String {
    let each = match backend {
        Backend::Postgres => format!("json_each_text({labels}::json)"),
        Backend::Sqlite => format!("json_each({labels})"),
    };
    // The types of parameters in a SELECT list are not guessed from where they go.
    let (uuid, bigint) = match backend {
        Backend::Postgres => ("::uuid", "::bigint"),
        Backend::Sqlite => ("", ""),
    };
    format!(
        "INSERT INTO execution_labels (user_id, name, value, created_at, execution_id) \
         SELECT {owner}{uuid}, label.key, label.value, {at}{bigint}, {id}{uuid} FROM {each} AS label"
    )
}

fn together(backend: Backend, parts: &[String]) -> String {
    match backend {
        Backend::Sqlite => parts.join("; "),
        Backend::Postgres => {
            let named = parts.iter().enumerate();
            let named: Vec<_> = named.map(|(at, part)| format!("part{at} AS ({part})")).collect();
            format!("WITH {} SELECT", named.join(", "))
        }
    }
}

fn number(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
