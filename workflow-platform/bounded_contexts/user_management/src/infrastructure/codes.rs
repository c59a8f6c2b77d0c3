//! Verification codes in the database.

use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;
use shared_kernel::{domain::Timestamp, infrastructure::db::UnitOfWork};
use uuid::Uuid;

use super::{SqlAccounts, rows};
use crate::{
    application::ports::{CodeStore, NewCode, OpenCode, StoreError},
    domain::{CODE_ATTEMPTS, CodeId, CodePurpose, EmailAddress},
};

#[async_trait]
impl CodeStore for SqlAccounts {
    async fn issue(
        &self,
        work: &mut UnitOfWork,
        code: &NewCode,
        last_before: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        // One statement decides, so that of two requests at once one gets a code.
        let sql = "INSERT INTO verification_codes \
                   (email_key, id, purpose, code_hash, attempts, created_at, expires_at) \
                   VALUES ($1, $2, $3, $4, 0, $5, $6) \
                   ON CONFLICT (email_key) DO UPDATE SET id = excluded.id, \
                   purpose = excluded.purpose, code_hash = excluded.code_hash, attempts = 0, \
                   created_at = excluded.created_at, expires_at = excluded.expires_at, \
                   used_at = NULL WHERE verification_codes.created_at <= $7";
        let values = [
            code.email.key().into(),
            code.id.into(),
            code.purpose.as_str().into(),
            code.hash.clone().into(),
            code.created_at.into(),
            code.expires_at.into(),
            last_before.into(),
        ];
        if self.change(work, sql, values).await? > 0 {
            return Ok(None);
        }
        let sql = "SELECT created_at FROM verification_codes WHERE email_key = $1";
        let statement = self.database.statement(sql, [code.email.key().into()]);
        let row = work.conn().query_one_raw(statement).await?;
        let last = row.map(|row| rows::column(&row, "created_at")).transpose()?;
        Ok(Some(last.map_or(code.created_at, Timestamp::from_micros)))
    }

    async fn attempt(
        &self,
        email: &EmailAddress,
        purpose: CodePurpose,
        now: Timestamp,
    ) -> Result<Option<OpenCode>, StoreError> {
        let sql = "UPDATE verification_codes SET attempts = attempts + 1 \
                   WHERE email_key = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 \
                   AND attempts < $4 RETURNING id, code_hash";
        let attempts = i64::from(CODE_ATTEMPTS);
        let values = [email.key().into(), purpose.as_str().into(), now.into(), attempts.into()];
        let statement = self.database.statement(sql, values);
        let Some(row) = self.database.write().query_one_raw(statement).await? else {
            return Ok(None);
        };
        let id = rows::column::<Uuid>(&row, "id")?.into();
        Ok(Some(OpenCode { id, hash: rows::column(&row, "code_hash")? }))
    }

    async fn forgive(&self, code: CodeId) -> Result<(), StoreError> {
        let sql = "UPDATE verification_codes SET attempts = attempts - 1 \
                   WHERE id = $1 AND attempts > 0";
        let statement = self.database.statement(sql, [code.into()]);
        self.database.write().execute_raw(statement).await?;
        Ok(())
    }

    async fn use_up(
        &self,
        work: &mut UnitOfWork,
        code: CodeId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE verification_codes SET used_at = $2 WHERE id = $1 AND used_at IS NULL";
        Ok(self.change(work, sql, [code.into(), now.into()]).await? > 0)
    }

    async fn remove_old(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let sql = "DELETE FROM verification_codes WHERE email_key IN \
                   (SELECT email_key FROM verification_codes WHERE expires_at < $1 LIMIT $2)";
        let statement = self.database.statement(sql, [before.into(), i64::from(limit).into()]);
        Ok(self.database.write().execute_raw(statement).await?.rows_affected())
    }
}
