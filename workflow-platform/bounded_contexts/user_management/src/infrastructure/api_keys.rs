//! API keys in the database.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, Value};
use shared_kernel::{
    domain::{Cursor, Id, Page, PageRequest, Permissions, Timestamp, User as UserMark},
    infrastructure::db::{Backend, UnitOfWork},
};
use uuid::Uuid;

use super::{SqlAccounts, rows, rows::TOP};
use crate::{
    application::ports::{ApiKeyStore, KeyState, StoreError},
    domain::{ApiKey, ApiKeyId, KeyName, KeyUse},
};

/// Two who would make the last key that is allowed go one after the other.
const LOCK: &str = "SELECT id FROM users WHERE id = $1 FOR UPDATE";
const ADD: &str = "INSERT INTO api_keys \
     (id, user_id, name, scopes, secret_hash, last_four, created_at, expires_at) \
     SELECT $1, $2, $3, $4, $5, $6, $7, $8 \
     WHERE (SELECT count(*) FROM api_keys WHERE user_id = $2) < $9";
const STATE: &str = "SELECT k.user_id, k.scopes, k.secret_hash, k.expires_at, u.role, u.status, \
     u.locale FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.id = $1";
const USED: &str = "UPDATE api_keys SET last_used_at = $2, last_used_address = $3 \
     WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";

fn scopes(row: &QueryResult) -> Result<Permissions, StoreError> {
    let text: String = rows::column(row, "scopes")?;
    serde_json::from_str(&text).map_err(|_| StoreError::BadRow(format!("scopes {text:?}")))
}

fn last_use(row: &QueryResult) -> Result<Option<KeyUse>, StoreError> {
    let at: Option<i64> = rows::column(row, "last_used_at")?;
    let address: Option<String> = rows::column(row, "last_used_address")?;
    let address = address.and_then(|text| text.parse().ok());
    Ok(at.map(|at| KeyUse { at: Timestamp::from_micros(at), address }))
}

fn key(row: &QueryResult) -> Result<ApiKey, StoreError> {
    let at = |name| rows::column(row, name).map(Timestamp::from_micros);
    let name: String = rows::column(row, "name")?;
    Ok(ApiKey {
        id: rows::column::<Uuid>(row, "id")?.into(),
        user: rows::column::<Uuid>(row, "user_id")?.into(),
        name: KeyName::parse(&name).map_err(|_| StoreError::BadRow(format!("name {name:?}")))?,
        scopes: scopes(row)?,
        last_four: rows::column(row, "last_four")?,
        created_at: at("created_at")?,
        expires_at: at("expires_at")?,
        last_use: last_use(row)?,
    })
}

fn state(row: &QueryResult) -> Result<KeyState, StoreError> {
    let hash: Vec<u8> = rows::column(row, "secret_hash")?;
    Ok(KeyState::Open {
        user: rows::column(row, "user_id")?,
        role: rows::parsed(row, "role")?,
        status: rows::parsed(row, "status")?,
        locale: rows::parsed(row, "locale")?,
        scopes: scopes(row)?,
        hash: hash.try_into().map_err(|_| StoreError::BadRow("secret_hash".to_owned()))?,
        expires_at: Timestamp::from_micros(rows::column(row, "expires_at")?),
    })
}

fn ids(rows: &[QueryResult]) -> Result<Vec<ApiKeyId>, StoreError> {
    rows.iter().map(|row| rows::column::<Uuid>(row, "id").map(Id::from)).collect()
}

#[async_trait]
impl ApiKeyStore for SqlAccounts {
    async fn add(
        &self,
        work: &mut UnitOfWork,
        key: &ApiKey,
        hash: &[u8; 32],
        most: usize,
    ) -> Result<bool, StoreError> {
        if self.database.backend() == Backend::Postgres {
            let lock = self.database.statement(LOCK, [key.user.into()]);
            work.conn().query_all_raw(lock).await?;
        }
        let values: [Value; 9] = [
            key.id.into(),
            key.user.into(),
            key.name.as_str().into(),
            serde_json::json!(key.scopes).to_string().into(),
            hash.to_vec().into(),
            key.last_four.as_str().into(),
            key.created_at.into(),
            key.expires_at.into(),
            i64::try_from(most).unwrap_or(i64::MAX).into(),
        ];
        Ok(self.change(work, ADD, values).await? > 0)
    }

    async fn list(
        &self,
        user: Id<UserMark>,
        page: PageRequest,
    ) -> Result<Page<ApiKey>, StoreError> {
        let (at, id) = page.after.map_or(TOP, |after| (after.at.micros(), after.id));
        let sql = "SELECT * FROM api_keys WHERE user_id = $1 AND (created_at, id) < ($2, $3) \
                   ORDER BY created_at DESC, id DESC LIMIT $4";
        let limit = i64::from(page.limit).saturating_add(1);
        let values = [user.into(), at.into(), id.into(), limit.into()];
        let rows = self.database.read().query_all_raw(self.database.statement(sql, values)).await?;
        let found = rows.iter().map(key).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(found, page.limit, |one| Cursor { at: one.created_at, id: one.id.uuid() }))
    }

    async fn find(&self, user: Id<UserMark>, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        let sql = "SELECT * FROM api_keys WHERE user_id = $1 AND id = $2";
        let row = self.one(sql, [user.into(), id.into()]).await?;
        row.as_ref().map(key).transpose()
    }

    async fn rename(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        key: ApiKeyId,
        name: &KeyName,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE api_keys SET name = $3 WHERE user_id = $1 AND id = $2";
        Ok(self.change(work, sql, [user.into(), key.into(), name.as_str().into()]).await? > 0)
    }

    async fn remove(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        key: ApiKeyId,
    ) -> Result<bool, StoreError> {
        let sql = "DELETE FROM api_keys WHERE user_id = $1 AND id = $2";
        Ok(self.change(work, sql, [user.into(), key.into()]).await? > 0)
    }

    async fn remove_all(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
    ) -> Result<Vec<ApiKeyId>, StoreError> {
        let sql = "DELETE FROM api_keys WHERE user_id = $1 RETURNING id";
        let statement = self.database.statement(sql, [user.into()]);
        ids(&work.conn().query_all_raw(statement).await?)
    }

    async fn all_of(&self, user: Id<UserMark>) -> Result<Vec<ApiKeyId>, StoreError> {
        let sql = "SELECT id FROM api_keys WHERE user_id = $1";
        let statement = self.database.statement(sql, [user.into()]);
        ids(&self.database.read().query_all_raw(statement).await?)
    }

    async fn state(&self, key: ApiKeyId) -> Result<KeyState, StoreError> {
        let row = self.one(STATE, [key.into()]).await?;
        row.as_ref().map_or(Ok(KeyState::Gone), state)
    }

    async fn used(&self, uses: &[(ApiKeyId, KeyUse)]) -> Result<(), StoreError> {
        let work = self.database.begin().await?;
        for (key, KeyUse { at, address }) in uses {
            let address = address.map(|address| address.to_string());
            self.change(&work, USED, [(*key).into(), (*at).into(), address.into()]).await?;
        }
        Ok(work.commit().await?)
    }

    async fn remove_old_keys(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let sql = "DELETE FROM api_keys WHERE id IN \
                   (SELECT id FROM api_keys WHERE expires_at < $1 LIMIT $2)";
        let statement = self.database.statement(sql, [before.into(), i64::from(limit).into()]);
        Ok(self.database.write().execute_raw(statement).await?.rows_affected())
    }
}
