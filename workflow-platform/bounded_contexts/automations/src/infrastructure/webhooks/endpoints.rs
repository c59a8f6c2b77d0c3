//! Endpoints through plain SQL.

use sea_orm::{ConnectionTrait as _, QueryResult};
use shared_kernel::{
    domain::{Cursor, Id, Owner, Page, PageRequest, Timestamp},
    infrastructure::{db::Database, reseal::SealedColumn},
};
use uuid::Uuid;

use crate::{
    application::{StoreError, WebhookSecrets, place},
    domain::{DisabledReason, Endpoint},
    infrastructure::{keyset, time},
};

const INSERT: &str = "INSERT INTO webhook_endpoints \
     (id, user_id, url, description, secret, enabled, created_at, updated_at) \
     SELECT $1, $2, $3, $4, $5, $6, $7, $7 \
     WHERE $8 > (SELECT COUNT(*) FROM webhook_endpoints WHERE user_id = $2)";

/// What the context keeps sealed.
pub fn sealed_columns() -> [SealedColumn; 2] {
    ["secret", "old_secret"].map(|column| SealedColumn {
        table: "webhook_endpoints",
        column,
        named_by: &[],
        condition: "TRUE",
        place: |row| Ok(place(row.try_get::<Uuid>("", "id")?.into())),
    })
}

fn endpoint(row: &QueryResult) -> Result<Endpoint, StoreError> {
    let reason: Option<String> = row.try_get("", "disabled_reason")?;
    let reason = reason.map(|text| DisabledReason::parse(&text).ok_or(StoreError::Row(text)));
    Ok(Endpoint {
        id: Id::from(row.try_get::<Uuid>("", "id")?),
        owner: Owner::new(row.try_get::<Uuid>("", "user_id")?.into()),
        url: row.try_get("", "url")?,
        description: row.try_get("", "description")?,
        enabled: row.try_get("", "enabled")?,
        disabled_reason: reason.transpose()?,
        failing_since: time(row, "failing_since")?,
        old_secret_until: time(row, "old_secret_until")?,
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
        updated_at: Timestamp::from_micros(row.try_get("", "updated_at")?),
    })
}

/// With its secrets.
pub(super) fn with_secrets(row: &QueryResult) -> Result<(Endpoint, WebhookSecrets), StoreError> {
    let old: Option<String> = row.try_get("", "old_secret")?;
    let old = old.zip(time(row, "old_secret_until")?);
    Ok((endpoint(row)?, WebhookSecrets { present: row.try_get("", "secret")?, old }))
}

pub(super) async fn insert(
    database: &Database,
    endpoint: &Endpoint,
    sealed: &str,
    most: u32,
) -> Result<bool, StoreError> {
    let values = [
        endpoint.id.into(),
        endpoint.owner.into(),
        endpoint.url.as_str().into(),
        endpoint.description.as_str().into(),
        sealed.into(),
        endpoint.enabled.into(),
        endpoint.created_at.into(),
        i64::from(most).into(),
    ];
    let done = database.write().execute_raw(database.statement(INSERT, values)).await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn replace(database: &Database, endpoint: &Endpoint) -> Result<bool, StoreError> {
    let sql = "UPDATE webhook_endpoints SET url = $3, description = $4, enabled = $5, \
               disabled_reason = NULL, failing_since = NULL, updated_at = $6 \
               WHERE id = $1 AND user_id = $2";
    let values = [
        endpoint.id.into(),
        endpoint.owner.into(),
        endpoint.url.as_str().into(),
        endpoint.description.as_str().into(),
        endpoint.enabled.into(),
        endpoint.updated_at.into(),
    ];
    let done = database.write().execute_raw(database.statement(sql, values)).await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn rotate(
    database: &Database,
    owner: Owner,
    id: Id<Endpoint>,
    sealed: &str,
    old_until: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE webhook_endpoints SET old_secret = secret, secret = $3, \
               old_secret_until = $4 WHERE id = $1 AND user_id = $2";
    let values = [id.into(), owner.into(), sealed.into(), old_until.into()];
    let done = database.write().execute_raw(database.statement(sql, values)).await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn delete(
    database: &Database,
    owner: Owner,
    id: Id<Endpoint>,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM webhook_endpoints WHERE id = $1 AND user_id = $2";
    let statement = database.statement(sql, [id.into(), owner.into()]);
    Ok(database.write().execute_raw(statement).await?.rows_affected() > 0)
}

pub(super) async fn find(
    database: &Database,
    owner: Owner,
    id: Id<Endpoint>,
) -> Result<Option<Endpoint>, StoreError> {
    let sql = "SELECT * FROM webhook_endpoints WHERE id = $1 AND user_id = $2";
    let statement = database.statement(sql, [id.into(), owner.into()]);
    database.read().query_one_raw(statement).await?.as_ref().map(endpoint).transpose()
}

pub(super) async fn list(
    database: &Database,
    owner: Owner,
    page: PageRequest,
) -> Result<Page<Endpoint>, StoreError> {
    let sql = "SELECT * FROM webhook_endpoints \
               WHERE user_id = $1 AND (created_at, id) < ($2, $3) \
               ORDER BY created_at DESC, id DESC LIMIT $4";
    let values = std::iter::once(owner.into()).chain(keyset(page));
    let rows = database.read().query_all_raw(database.statement(sql, values)).await?;
    let rows = rows.iter().map(endpoint).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::cut(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() }))
}

pub(super) async fn failing_since(
    database: &Database,
    id: Id<Endpoint>,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT failing_since FROM webhook_endpoints WHERE id = $1";
    let row = database.read().query_one_raw(database.statement(sql, [id.into()])).await?;
    Ok(row.map(|row| time(&row, "failing_since")).transpose()?.flatten())
}
