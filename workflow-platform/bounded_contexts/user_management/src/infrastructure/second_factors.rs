//! Authenticators and recovery codes in the database.

use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;
use shared_kernel::{
    domain::{Id, Timestamp, User as UserMark},
    infrastructure::db::{Backend, UnitOfWork},
};

use super::{SqlAccounts, rows};
use crate::application::ports::{SecondFactorStore, StoreError, StoredTotp};

impl SqlAccounts {
    /// Holds the user's confirmed authenticator until the transaction ends, so that of two who
    /// replace its recovery codes one set stays.
    async fn hold_totp(&self, work: &UnitOfWork, user: Id<UserMark>) -> Result<bool, StoreError> {
        let lock = match self.database.backend() {
            Backend::Postgres => " FOR UPDATE",
            Backend::Sqlite => "",
        };
        let sql =
            format!("SELECT 1 FROM user_totp WHERE id = $1 AND confirmed_at IS NOT NULL{lock}");
        let statement = self.database.statement(sql, [user.into()]);
        Ok(work.conn().query_one_raw(statement).await?.is_some())
    }
}

#[async_trait]
impl SecondFactorStore for SqlAccounts {
    async fn totp(&self, user: Id<UserMark>) -> Result<Option<StoredTotp>, StoreError> {
        let sql = "SELECT sealed_secret, created_at, confirmed_at FROM user_totp WHERE id = $1";
        let Some(row) = self.one(sql, [user.into()]).await? else { return Ok(None) };
        Ok(Some(StoredTotp {
            sealed: rows::column(&row, "sealed_secret")?,
            created_at: Timestamp::from_micros(rows::column(&row, "created_at")?),
            confirmed: rows::column::<Option<i64>>(&row, "confirmed_at")?.is_some(),
        }))
    }

    async fn begin_totp(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        sealed: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO user_totp (id, sealed_secret, created_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (id) DO UPDATE SET sealed_secret = excluded.sealed_secret, \
                   created_at = excluded.created_at WHERE user_totp.confirmed_at IS NULL";
        Ok(self.change(work, sql, [user.into(), sealed.into(), now.into()]).await? > 0)
    }

    async fn confirm_totp(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        sealed: &str,
        step: i64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE user_totp SET confirmed_at = $3, last_step = $4 \
                   WHERE id = $1 AND sealed_secret = $2 AND confirmed_at IS NULL";
        let values = [user.into(), sealed.into(), now.into(), step.into()];
        Ok(self.change(work, sql, values).await? > 0)
    }

    async fn use_step(&self, user: Id<UserMark>, step: i64) -> Result<bool, StoreError> {
        let sql = "UPDATE user_totp SET last_step = $2 WHERE id = $1 \
                   AND confirmed_at IS NOT NULL AND (last_step IS NULL OR last_step < $2)";
        let statement = self.database.statement(sql, [user.into(), step.into()]);
        Ok(self.database.write().execute_raw(statement).await?.rows_affected() > 0)
    }

    async fn remove_totp(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
    ) -> Result<bool, StoreError> {
        let sql = "DELETE FROM user_totp WHERE id = $1 AND confirmed_at IS NOT NULL";
        let removed = self.change(work, sql, [user.into()]).await? > 0;
        self.change(work, "DELETE FROM recovery_codes WHERE user_id = $1", [user.into()]).await?;
        Ok(removed)
    }

    async fn replace_recovery_codes(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        hashes: &[Vec<u8>],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if !self.hold_totp(work, user).await? {
            return Ok(false);
        }
        self.change(work, "DELETE FROM recovery_codes WHERE user_id = $1", [user.into()]).await?;
        let sql = "INSERT INTO recovery_codes (user_id, code_hash, created_at) VALUES ($1, $2, $3)";
        for hash in hashes {
            self.change(work, sql, [user.into(), hash.clone().into(), now.into()]).await?;
        }
        Ok(true)
    }

    async fn use_recovery_code(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        hash: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE recovery_codes SET used_at = $3 \
                   WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL";
        let values = [user.into(), hash.to_vec().into(), now.into()];
        Ok(self.change(work, sql, values).await? > 0)
    }

    async fn recovery_codes_left(&self, user: Id<UserMark>) -> Result<u64, StoreError> {
        let sql =
            "SELECT COUNT(*) AS found FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL";
        let Some(row) = self.one(sql, [user.into()]).await? else { return Ok(0) };
        Ok(u64::try_from(rows::column::<i64>(&row, "found")?).unwrap_or(0))
    }
}
