//! Users in the database.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, Value};
use shared_kernel::{
    domain::{Id, Locale, Role, Timestamp, User as UserMark},
    infrastructure::db::{Database, UnitOfWork},
};

use uuid::Uuid;

use super::{everybody, rows};
use crate::{
    application::ports::{AccountStore, Claimed, Credentials, Standing, StoreError},
    domain::{EmailAddress, User, UserStatus, Username},
};

/// The stores of the context on SQLite or PostgreSQL.
#[derive(Debug)]
pub struct SqlAccounts {
    pub(super) database: Database,
}

impl SqlAccounts {
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    pub(super) async fn one(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<QueryResult>, StoreError> {
        let statement = self.database.statement(sql, values);
        Ok(self.database.read().query_one_raw(statement).await?)
    }

    /// Runs a statement of a transaction and tells how many rows it changed.
    pub(super) async fn change(
        &self,
        work: &UnitOfWork,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<u64, sea_orm::DbErr> {
        let statement = self.database.statement(sql, values);
        Ok(work.conn().execute_raw(statement).await?.rows_affected())
    }
}

fn language(row: &QueryResult) -> Result<(Id<UserMark>, Locale), StoreError> {
    Ok((rows::column::<Uuid>(row, "id")?.into(), rows::parsed(row, "locale")?))
}

fn credentials(row: &QueryResult) -> Result<Credentials, StoreError> {
    Ok(Credentials { user: rows::user(row)?, password_hash: rows::column(row, "password_hash")? })
}

/// A user name has no `@`, so one text never names two accounts.
fn key_of(identifier: &str) -> &'static str {
    if identifier.contains('@') { "email_key" } else { "username_key" }
}

#[async_trait]
impl AccountStore for SqlAccounts {
    async fn insert(
        &self,
        work: &mut UnitOfWork,
        user: &User,
        password_hash: &str,
    ) -> Result<(), StoreError> {
        let values = [
            user.id.into(),
            user.username.as_str().into(),
            user.username.key().into(),
            user.email.as_str().into(),
            user.email.key().into(),
            password_hash.into(),
            user.role.as_str().into(),
            user.status.as_str().into(),
            user.locale.as_str().into(),
            user.created_at.into(),
        ];
        let sql = "INSERT INTO users (id, username, username_key, email, email_key, password_hash, \
                   role, status, locale, created_at, last_login_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)";
        self.change(work, sql, values).await.map_err(rows::taken)?;
        Ok(())
    }

    async fn find(&self, id: Id<UserMark>) -> Result<Option<User>, StoreError> {
        let row = self.one("SELECT * FROM users WHERE id = $1", [id.into()]).await?;
        row.as_ref().map(rows::user).transpose()
    }

    async fn after(
        &self,
        user: Option<Id<UserMark>>,
        most: u32,
    ) -> Result<Vec<(Id<UserMark>, Locale)>, StoreError> {
        let sql = "SELECT id, locale FROM users WHERE id > $1 AND status <> $2 \
                   ORDER BY id LIMIT $3";
        let after = user.map_or_else(Uuid::nil, Id::uuid);
        let values = [after.into(), UserStatus::Deleted.as_str().into(), i64::from(most).into()];
        let statement = self.database.statement(sql, values);
        self.database.read().query_all_raw(statement).await?.iter().map(language).collect()
    }

    async fn credentials(&self, identifier: &str) -> Result<Option<Credentials>, StoreError> {
        let sql = format!("SELECT * FROM users WHERE {} = $1", key_of(identifier));
        let row = self.one(&sql, [identifier.to_ascii_lowercase().into()]).await?;
        row.as_ref().map(credentials).transpose()
    }

    async fn claimed(
        &self,
        identifier: &str,
        site: &str,
        since: Timestamp,
    ) -> Result<Option<Claimed>, StoreError> {
        let sql = format!(
            "SELECT users.*, EXISTS (SELECT 1 FROM user_sessions WHERE user_id = users.id \
             AND created_at > $3 AND site = $2) AS knows_place FROM users WHERE {} = $1",
            key_of(identifier)
        );
        let values = [identifier.to_ascii_lowercase().into(), site.into(), since.into()];
        let Some(row) = self.one(&sql, values).await? else { return Ok(None) };
        let knows_place = rows::column(&row, "knows_place")?;
        Ok(Some(Claimed { credentials: credentials(&row)?, knows_place }))
    }

    async fn credentials_of(&self, id: Id<UserMark>) -> Result<Option<Credentials>, StoreError> {
        let row = self.one("SELECT * FROM users WHERE id = $1", [id.into()]).await?;
        row.as_ref().map(credentials).transpose()
    }

    async fn username_exists(&self, username: &Username) -> Result<bool, StoreError> {
        let sql = "SELECT 1 AS found FROM users WHERE username_key = $1";
        Ok(self.one(sql, [username.key().into()]).await?.is_some())
    }

    async fn email_exists(&self, email: &EmailAddress) -> Result<bool, StoreError> {
        let sql = "SELECT 1 AS found FROM users WHERE email_key = $1";
        Ok(self.one(sql, [email.key().into()]).await?.is_some())
    }

    async fn super_admin_exists(&self) -> Result<bool, StoreError> {
        let sql = "SELECT 1 AS found FROM users WHERE role = $1 LIMIT 1";
        Ok(self.one(sql, [Role::SuperAdmin.as_str().into()]).await?.is_some())
    }

    async fn set_password(
        &self,
        work: &mut UnitOfWork,
        id: Id<UserMark>,
        hash: &str,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE users SET password_hash = $2 WHERE id = $1";
        self.change(work, sql, [id.into(), hash.into()]).await?;
        Ok(())
    }

    async fn set_standing(
        &self,
        work: &mut UnitOfWork,
        id: Id<UserMark>,
        standing: Standing,
    ) -> Result<bool, StoreError> {
        everybody::set_standing(self, work, id, standing).await
    }

    async fn update_profile(&self, work: &mut UnitOfWork, user: &User) -> Result<(), StoreError> {
        let values = [
            user.id.into(),
            user.username.as_str().into(),
            user.username.key().into(),
            user.locale.as_str().into(),
        ];
        let sql = "UPDATE users SET username = $2, username_key = $3, locale = $4 WHERE id = $1";
        self.change(work, sql, values).await.map_err(rows::taken)?;
        Ok(())
    }

    async fn set_email(
        &self,
        work: &mut UnitOfWork,
        id: Id<UserMark>,
        email: &EmailAddress,
    ) -> Result<(), StoreError> {
        let values = [id.into(), email.as_str().into(), email.key().into()];
        let sql = "UPDATE users SET email = $2, email_key = $3 WHERE id = $1";
        self.change(work, sql, values).await.map_err(rows::taken)?;
        Ok(())
    }
}
