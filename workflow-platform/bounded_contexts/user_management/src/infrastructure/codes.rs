//! Verification codes in the database.

use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;
use shared_kernel::{
    domain::{Id, Timestamp},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::{SqlAccounts, rows};
use crate::{
    application::ports::{CodeScope, CodeStore, NewCode, OpenCode, StoreError},
    domain::{CODE_ATTEMPTS, CodeId},
};

/// What stands for the user of a code that anybody may ask for. A key cannot have a null.
fn asked_by(scope: &CodeScope) -> Uuid {
    scope.user.map_or(Uuid::nil(), Id::uuid)
}

impl SqlAccounts {
    /// Takes the address's turn, or says when it had its last one.
    async fn take_turn(
        &self,
        work: &UnitOfWork,
        scope: &CodeScope,
        now: Timestamp,
        last_before: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        // One statement decides, so that of two requests at once one gets a code.
        let sql = "INSERT INTO code_paces (email_key, pace, last_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (email_key, pace) DO UPDATE SET last_at = excluded.last_at \
                   WHERE code_paces.last_at <= $4";
        let (email, pace) = (scope.email.key(), scope.purpose.pace().as_str());
        let values = [email.clone().into(), pace.into(), now.into(), last_before.into()];
        if self.change(work, sql, values).await? > 0 {
            return Ok(None);
        }
        let sql = "SELECT last_at FROM code_paces WHERE email_key = $1 AND pace = $2";
        let statement = self.database.statement(sql, [email.into(), pace.into()]);
        let row = work.conn().query_one_raw(statement).await?;
        let last = row.map(|row| rows::column(&row, "last_at")).transpose()?;
        Ok(Some(last.map_or(now, Timestamp::from_micros)))
    }
}

#[async_trait]
impl CodeStore for SqlAccounts {
    async fn issue(
        &self,
        work: &mut UnitOfWork,
        code: &NewCode,
        last_before: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        if let Some(last) = self.take_turn(work, &code.scope, code.created_at, last_before).await? {
            return Ok(Some(last));
        }
        let sql = "INSERT INTO verification_codes \
                   (email_key, purpose, asked_by, id, code_hash, attempts, created_at, expires_at) \
                   VALUES ($1, $2, $3, $4, $5, 0, $6, $7) \
                   ON CONFLICT (email_key, purpose, asked_by) DO UPDATE SET id = excluded.id, \
                   code_hash = excluded.code_hash, attempts = 0, \
                   created_at = excluded.created_at, expires_at = excluded.expires_at, \
                   used_at = NULL";
        let values = [
            code.scope.email.key().into(),
            code.scope.purpose.as_str().into(),
            asked_by(&code.scope).into(),
            code.id.into(),
            code.hash.clone().into(),
            code.created_at.into(),
            code.expires_at.into(),
        ];
        self.change(work, sql, values).await?;
        Ok(None)
    }

    async fn attempt(
        &self,
        scope: &CodeScope,
        now: Timestamp,
    ) -> Result<Option<OpenCode>, StoreError> {
        let sql = "UPDATE verification_codes SET attempts = attempts + 1 \
                   WHERE email_key = $1 AND purpose = $2 AND asked_by = $3 AND used_at IS NULL \
                   AND expires_at > $4 AND attempts < $5 RETURNING id, code_hash";
        let values = [
            scope.email.key().into(),
            scope.purpose.as_str().into(),
            asked_by(scope).into(),
            now.into(),
            i64::from(CODE_ATTEMPTS).into(),
        ];
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
        let values = || [before.into(), i64::from(limit).into()];
        let sql = "DELETE FROM code_paces WHERE (email_key, pace) IN \
                   (SELECT email_key, pace FROM code_paces WHERE last_at < $1 LIMIT $2)";
        self.database.write().execute_raw(self.database.statement(sql, values())).await?;
        let sql = "DELETE FROM verification_codes WHERE id IN \
                   (SELECT id FROM verification_codes WHERE expires_at < $1 LIMIT $2)";
        let removed = self.database.write().execute_raw(self.database.statement(sql, values()));
        Ok(removed.await?.rows_affected())
    }
}
