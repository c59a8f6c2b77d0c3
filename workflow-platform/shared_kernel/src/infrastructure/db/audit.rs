//! How the audit log is written, one entry or many in a statement.

use serde_json::{Value, json};

use super::Backend;
use crate::domain::{Actor, AuditEntry};

const INTO: &str = "INSERT INTO audit_log (id, at, actor_kind, actor_id, actor_key, action, user_id, \
     target_kind, target_id, outcome, reason, address, user_agent, request_id, details)";

const FROM_POSTGRES: &str = "SELECT id, at, actor_kind, actor_id, actor_key, action, user_id, \
     target_kind, target_id, outcome, reason, address, user_agent, request_id, details \
     FROM jsonb_to_recordset({ENTRIES}::jsonb) AS new(id uuid, at bigint, actor_kind text, actor_id uuid, \
     actor_key uuid, action text, user_id uuid, target_kind text, target_id text, outcome text, \
     reason text, address text, user_agent text, request_id text, details text)";

const FROM_SQLITE: &str = "SELECT unhex(value ->> 'id'), value ->> 'at', value ->> 'actor_kind', \
     unhex(value ->> 'actor_id'), unhex(value ->> 'actor_key'), value ->> 'action', \
     unhex(value ->> 'user_id'), value ->> 'target_kind', value ->> 'target_id', \
     value ->> 'outcome', value ->> 'reason', value ->> 'address', value ->> 'user_agent', \
     value ->> 'request_id', value ->> 'details' FROM json_each({ENTRIES}) AS new";

/// A statement that writes the entries which [`audit_rows`] put into the parameter (`$1`).
pub fn audit_insert(backend: Backend, parameter: &str) -> String {
    let from = match backend {
        Backend::Postgres => FROM_POSTGRES,
        Backend::Sqlite => FROM_SQLITE,
    };
    format!("{INTO} {}", from.replace("{ENTRIES}", parameter))
}

/// Entries as a JSON text for [`audit_insert`].
pub fn audit_rows<'a>(entries: impl IntoIterator<Item = &'a AuditEntry>) -> String {
    entries.into_iter().map(row).collect::<Value>().to_string()
}

/// A zero character, which a client may send, is none that PostgreSQL keeps, and neither is what
/// is longer than its column.
fn plain(text: &str, longest: usize) -> String {
    text.chars().filter(|one| *one != '\0').take(longest).collect()
}

fn row(entry: &AuditEntry) -> Value {
    let id = |id: uuid::Uuid| id.simple().to_string();
    let actor: Actor = entry.actor;
    json!({
        "id": id(entry.id.uuid()),
        "at": entry.at.micros(),
        "actor_kind": actor.kind().as_str(),
        "actor_id": actor.user().map(|user| id(user.uuid())),
        "actor_key": actor.key().map(id),
        "action": entry.action,
        "user_id": entry.user.map(|user| id(user.uuid())),
        "target_kind": entry.target.as_ref().map(|target| &target.kind),
        "target_id": entry.target.as_ref().map(|target| plain(&target.id, 255)),
        "outcome": entry.outcome.as_str(),
        "reason": entry.reason,
        "address": entry.origin.address.map(|address| address.to_string()),
        "user_agent": entry.origin.agent.as_deref().map(|agent| plain(agent, 200)),
        "request_id": entry.origin.request_id,
        "details": entry.details.to_string(),
    })
}
