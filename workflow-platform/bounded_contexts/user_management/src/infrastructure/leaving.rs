//! Accounts that are about to go, and those that are gone, in the database.

use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;
use shared_kernel::{
    domain::{Id, Timestamp, User as UserMark},
    infrastructure::db::UnitOfWork,
};

use super::{SqlAccounts, everybody, rows};
use crate::{
    application::ports::{Anonymous, LeavingStore, Standing, StoreError},
    domain::{User, UserStatus},
};

/// What somebody could come in by, be found by, or kept for themselves, beside the row of the
/// account itself.
const GOES_WITH_IT: [&str; 4] = [
    "DELETE FROM user_sessions WHERE user_id = $1",
    "DELETE FROM user_totp WHERE id = $1",
    "DELETE FROM recovery_codes WHERE user_id = $1",
    "DELETE FROM saved_views WHERE user_id = $1",
];

#[async_trait]
impl LeavingStore for SqlAccounts {
    async fn mark(
        &self,
        work: &mut UnitOfWork,
        id: Id<UserMark>,
        delete_at: Timestamp,
    ) -> Result<bool, StoreError> {
        everybody::lock_the_highest(self, work).await?;
        let sql = "UPDATE users SET delete_at = $2 WHERE id = $1 AND status = $3";
        let values = [id.into(), delete_at.into(), UserStatus::Active.as_str().into()];
        let active = self.change(work, sql, values).await? > 0;
        let standing = Standing::Status(UserStatus::Deleting);
        Ok(active && everybody::set_standing(self, work, id, standing).await?)
    }

    async fn unmark(&self, work: &mut UnitOfWork, id: Id<UserMark>) -> Result<bool, StoreError> {
        let sql = "UPDATE users SET delete_at = NULL, status = $2 WHERE id = $1 AND status = $3";
        let (active, deleting) = (UserStatus::Active, UserStatus::Deleting);
        let values = [id.into(), active.as_str().into(), deleting.as_str().into()];
        Ok(self.change(work, sql, values).await? > 0)
    }

    async fn delete_at(&self, id: Id<UserMark>) -> Result<Option<Timestamp>, StoreError> {
        let row = self.one("SELECT delete_at FROM users WHERE id = $1", [id.into()]).await?;
        let at = row.map(|row| rows::column::<Option<i64>>(&row, "delete_at")).transpose()?;
        Ok(at.flatten().map(Timestamp::from_micros))
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<User>, StoreError> {
        let sql = "SELECT * FROM users WHERE delete_at IS NOT NULL AND delete_at <= $1 \
                   ORDER BY delete_at LIMIT $2";
        let statement = self.database.statement(sql, [now.into(), i64::from(limit).into()]);
        let rows = self.database.read().query_all_raw(statement).await?;
        rows.iter().map(rows::user).collect()
    }

    async fn erase(
        &self,
        work: &mut UnitOfWork,
        user: &User,
        anonymous: &Anonymous,
    ) -> Result<bool, StoreError> {
        let standing = Standing::Status(UserStatus::Deleted);
        if !everybody::set_standing(self, work, user.id, standing).await? {
            return Ok(false);
        }
        // The empty password hash marks who was erased: nothing else leaves one.
        let sql = "UPDATE users SET username = $2, username_key = $3, email = $4, email_key = $5, \
                   password_hash = '', last_login_at = 0, delete_at = NULL \
                   WHERE id = $1 AND password_hash <> ''";
        let values = [
            user.id.into(),
            anonymous.username.as_str().into(),
            anonymous.username.key().into(),
            anonymous.email.as_str().into(),
            anonymous.email.key().into(),
        ];
        if self.change(work, sql, values).await? == 0 {
            return Ok(false);
        }
        for sql in GOES_WITH_IT {
            self.change(work, sql, [user.id.into()]).await?;
        }
        for table in ["verification_codes", "code_paces"] {
            let sql = format!("DELETE FROM {table} WHERE email_key = $1");
            self.change(work, &sql, [user.email.key().into()]).await?;
        }
        Ok(true)
    }
}
