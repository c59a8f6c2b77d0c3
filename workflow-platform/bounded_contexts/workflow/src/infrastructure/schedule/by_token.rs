//! Triggers of webhooks, asked for by each call.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait as _, DbErr};
use shared_kernel::infrastructure::{db::Database, together::Together};

use super::rows::{COLUMNS, trigger};
use crate::application::triggers::TriggerRow;

/// A row that cannot be read is no one's fault but its own.
type Found = Result<TriggerRow, DbErr>;

pub(super) type ByToken = Together<String, Option<Found>, DbErr>;

pub(super) fn by_token(database: Database) -> ByToken {
    Together::start(move |tokens: Vec<String>| {
        let database = database.clone();
        async move {
            let found = read(&database, &tokens).await?;
            Ok(tokens.iter().map(|token| found.get(token).cloned()).collect())
        }
    })
}

async fn read(database: &Database, tokens: &[String]) -> Result<HashMap<String, Found>, DbErr> {
    let (among, list) = database.backend().among_texts("$1", tokens.iter().cloned());
    let sql = format!("SELECT {COLUMNS} FROM workflow_triggers WHERE hook_token {among}");
    let rows = database.read().query_all_raw(database.statement(sql, [list])).await?;
    rows.iter().map(|row| Ok((row.try_get("", "hook_token")?, trigger(row)))).collect()
}
