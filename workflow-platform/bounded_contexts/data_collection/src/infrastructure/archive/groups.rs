//! Groups of blobs, by owner and day.

use sea_orm::{ConnectionTrait as _, DbErr};
use shared_kernel::{
    application::{BlobError, BlobStore},
    domain::{Owner, Timestamp},
    infrastructure::db::{AtOnce, Database},
};
use uuid::Uuid;

/// Rows that are removed in one transaction.
const AT_ONCE: u64 = 2_000;

/// A group could not be removed now.
#[derive(Debug, thiserror::Error)]
pub(super) enum GroupError {
    #[error("database failed")]
    Database(#[from] DbErr),
    #[error("blob store failed")]
    Blob(#[from] BlobError),
}

/// Days since 1970.
pub(super) fn day_of(at: Timestamp) -> i32 {
    i32::try_from(at.seconds().div_euclid(86_400)).unwrap_or(i32::MAX)
}

/// The same in every process, so that nobody has to ask.
pub(super) fn group_of(owner: Owner, day: i32) -> Uuid {
    let mut hasher = blake3::Hasher::new_derive_key("workflow-platform archive group");
    hasher.update(owner.uuid().as_bytes()).update(&day.to_be_bytes());
    let mut bytes = [0; 16];
    hasher.finalize_xof().fill(&mut bytes);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Counts what came into a group.
pub(super) fn count(group: Uuid, owner: Owner, day: i32, bytes: u64, pages: usize) -> AtOnce {
    let sql = "INSERT INTO archive_groups (id, user_id, day, bytes, pages) \
                VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET \
                bytes = archive_groups.bytes + excluded.bytes, \
                pages = archive_groups.pages + excluded.pages";
    let mut work = AtOnce::new(sql.to_owned(), Vec::new());
    work.bind(group);
    work.bind(owner);
    work.bind(day);
    work.bind(i64::try_from(bytes).unwrap_or(i64::MAX));
    work.bind(i64::try_from(pages).unwrap_or(i64::MAX));
    work
}

/// Removes a group: its rows in many short transactions, then its blobs, and only then what is
/// remembered of it.
pub(super) async fn remove(
    database: &Database,
    blobs: &dyn BlobStore,
    group: Uuid,
) -> Result<u64, GroupError> {
    let rows = "DELETE FROM archived_pages WHERE id IN \
                (SELECT id FROM archived_pages WHERE group_id = $1 LIMIT $2)";
    let mut removed = 0;
    loop {
        let values = [group.into(), i64::try_from(AT_ONCE).unwrap_or(i64::MAX).into()];
        let done = database.write().execute_raw(database.statement(rows, values)).await?;
        removed += done.rows_affected();
        if done.rows_affected() < AT_ONCE {
            break;
        }
    }
    blobs.remove(group).await?;
    let sql = "DELETE FROM archive_groups WHERE id = $1";
    database.write().execute_raw(database.statement(sql, [group.into()])).await?;
    Ok(removed)
}
