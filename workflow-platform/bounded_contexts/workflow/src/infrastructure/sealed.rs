//! What the context keeps sealed.

use sea_orm::{DbErr, QueryResult};
use shared_kernel::{domain::Owner, infrastructure::reseal::SealedColumn};
use uuid::Uuid;

use crate::application::{triggers::Hook, vault};

/// Secrets of webhooks and of users.
pub fn sealed_columns() -> [SealedColumn; 2] {
    [
        SealedColumn {
            table: "workflow_triggers",
            column: "hook_secret",
            named_by: &[],
            condition: "TRUE",
            place: |row| Ok(Hook::place(row.try_get("", "id")?)),
        },
        SealedColumn {
            table: "workflow_vault",
            column: "value",
            named_by: &["user_id", "name"],
            condition: "kind = 'secret'",
            place: place_of_secret,
        },
    ]
}

fn place_of_secret(row: &QueryResult) -> Result<String, DbErr> {
    let user: Uuid = row.try_get("", "user_id")?;
    let name: String = row.try_get("", "name")?;
    Ok(vault::place(Owner::new(user.into()), &name))
}
