//! Rows of both engines.

mod automations;
mod firings;
mod notifications;
mod personal;
mod recent;
mod tables;

pub use automations::SqlAutomations;
pub use firings::SqlFirings;
pub use notifications::SqlNotifications;
pub use personal::personal_data;
pub use recent::SqlRecentEvents;
pub use tables::migrations;

use sea_orm::Value;
use shared_kernel::domain::{Cursor, PageRequest};
use uuid::Uuid;

/// What a keyset list, newest first, asks with: time and id to begin before, and rows to read.
fn keyset(page: PageRequest) -> [Value; 3] {
    let top = (i64::MAX, Uuid::max());
    let (at, id) = page.after.map_or(top, |Cursor { at, id }| (at.micros(), id));
    [at.into(), id.into(), i64::from(page.limit).saturating_add(1).into()]
}
