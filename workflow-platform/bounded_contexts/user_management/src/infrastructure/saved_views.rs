//! Saved views in the database.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult};
use shared_kernel::{
    domain::{Id, Timestamp, User as UserMark},
    infrastructure::db::{Backend, UnitOfWork},
};

use super::{SqlAccounts, rows};
use crate::{
    application::ports::{SavedViewStore, StoreError},
    domain::{SavedView, ViewName, ViewSearch},
};

/// Two who would make the last view that is allowed go one after the other.
const LOCK: &str = "SELECT id FROM users WHERE id = $1 FOR UPDATE";
const CHANGE: &str =
    "UPDATE saved_views SET search = $3 WHERE user_id = $1 AND name = $2 RETURNING created_at";
const ADD: &str = "INSERT INTO saved_views (user_id, name, search, created_at) \
     SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM saved_views WHERE user_id = $1) < $5";

fn created_at(row: &QueryResult) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_micros(rows::column(row, "created_at")?))
}

fn view(row: &QueryResult) -> Result<SavedView, StoreError> {
    let (name, search): (String, String) =
        (rows::column(row, "name")?, rows::column(row, "search")?);
    let bad = |what: &str, text: &str| StoreError::BadRow(format!("{what} {text:?}"));
    Ok(SavedView {
        name: ViewName::parse(&name).map_err(|_| bad("name", &name))?,
        search: ViewSearch::parse(&search).map_err(|_| bad("search", &search))?,
        created_at: created_at(row)?,
    })
}

#[async_trait]
impl SavedViewStore for SqlAccounts {
    async fn views(&self, user: Id<UserMark>) -> Result<Vec<SavedView>, StoreError> {
        let sql = "SELECT name, search, created_at FROM saved_views WHERE user_id = $1 \
                   ORDER BY created_at, name";
        let statement = self.database.statement(sql, [user.into()]);
        self.database.read().query_all_raw(statement).await?.iter().map(view).collect()
    }

    async fn put(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        view: &SavedView,
        most: u32,
    ) -> Result<Option<Timestamp>, StoreError> {
        if self.database.backend() == Backend::Postgres {
            let lock = self.database.statement(LOCK, [user.into()]);
            work.conn().query_all_raw(lock).await?;
        }
        let (name, search) = (view.name.as_str(), view.search.as_str());
        let change = self.database.statement(CHANGE, [user.into(), name.into(), search.into()]);
        if let Some(row) = work.conn().query_one_raw(change).await? {
            return created_at(&row).map(Some);
        }
        let values = [
            user.into(),
            name.into(),
            search.into(),
            view.created_at.into(),
            i64::from(most).into(),
        ];
        let added = self.change(work, ADD, values).await? > 0;
        Ok(added.then_some(view.created_at))
    }

    async fn remove(&self, user: Id<UserMark>, name: &ViewName) -> Result<bool, StoreError> {
        let sql = "DELETE FROM saved_views WHERE user_id = $1 AND name = $2";
        let statement = self.database.statement(sql, [user.into(), name.as_str().into()]);
        Ok(self.database.write().execute_raw(statement).await?.rows_affected() > 0)
    }
}
