//! Rows of both engines.

mod automations;
mod firings;
mod notifications;
mod personal;
mod recent;
mod rounds;
mod tables;
mod timed;
mod webhooks;

pub use automations::SqlAutomations;
pub use firings::SqlFirings;
pub use notifications::SqlNotifications;
pub use personal::personal_data;
pub use recent::SqlRecentEvents;
pub use tables::migrations;
pub use webhooks::{SqlWebhooks, sealed_columns};

use sea_orm::{DbErr, QueryResult, Value};
use shared_kernel::domain::{Cursor, PageRequest, Timestamp};
use uuid::Uuid;

/// What a keyset list, newest first, asks with: time and id to begin before, and rows to read.
fn keyset(page: PageRequest) -> [Value; 3] {
    let top = (i64::MAX, Uuid::max());
    let (at, id) = page.after.map_or(top, |Cursor { at, id }| (at.micros(), id));
    [at.into(), id.into(), i64::from(page.limit).saturating_add(1).into()]
}

fn number(row: &QueryResult, name: &str) -> Result<u32, DbErr> {
    Ok(u32::try_from(row.try_get::<i32>("", name)?).unwrap_or(0))
}

fn signed(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn time(row: &QueryResult, name: &str) -> Result<Option<Timestamp>, DbErr> {
    Ok(row.try_get::<Option<i64>>("", name)?.map(Timestamp::from_micros))
}
