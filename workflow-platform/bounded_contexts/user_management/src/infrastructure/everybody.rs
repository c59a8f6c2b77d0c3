//! Lists of users, and the standing of one among them.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, Value};
use shared_kernel::{
    domain::{Cursor, Id, Page, PageRequest, Role, Timestamp, User as UserMark},
    infrastructure::db::{Backend, UnitOfWork},
};

use super::{SqlAccounts, rows, rows::TOP};
use crate::{
    application::ports::{
        ListedUser, OversightStore, Standing, StoreError, UserCounts, UserFilter, UserSort,
    },
    domain::UserStatus,
};

/// Leaves somebody who could undo it: `$3` is the highest role, `$4` the status that lets in.
const BUT_NOT_THE_LAST: &str = "role <> $3 OR status <> $4 OR EXISTS \
     (SELECT 1 FROM users o WHERE o.role = $3 AND o.status = $4 AND o.id <> $1)";
/// Two who would suspend each other go one after the other.
const LOCK: &str = "SELECT id FROM users WHERE role = $1 ORDER BY id FOR UPDATE";
const COUNTS: &str = "SELECT (SELECT count(*) FROM user_sessions WHERE user_id = $1 \
     AND ended_at IS NULL AND expires_at > $2) AS sessions, \
     (SELECT count(*) FROM api_keys WHERE user_id = $1 AND expires_at > $2) AS api_keys, \
     (SELECT count(*) FROM user_totp WHERE id = $1 AND confirmed_at IS NOT NULL) AS authenticators";

fn listed(row: &QueryResult) -> Result<ListedUser, StoreError> {
    let last: Option<i64> = rows::column(row, "last_login_at")?;
    let last_login_at = last.filter(|at| *at > 0).map(Timestamp::from_micros);
    Ok(ListedUser { user: rows::user(row)?, last_login_at })
}

/// Where the page begins, as a condition with the parameters that `values` gets, and the order.
fn order(
    sort: UserSort,
    page: PageRequest,
    values: &mut Vec<Value>,
) -> (&'static str, &'static str) {
    let (at, id) = page.after.map_or(TOP, |after| (after.at.micros(), after.id));
    match sort {
        UserSort::CreatedAt => {
            values.extend([at.into(), id.into()]);
            ("(created_at, id) < ($1, $2)", "created_at DESC, id DESC")
        }
        UserSort::LastLoginAt => {
            values.extend([at.into(), id.into()]);
            ("(last_login_at, id) < ($1, $2)", "last_login_at DESC, id DESC")
        }
        // A cursor has no room for a name: it is looked up by the id.
        UserSort::Username if page.after.is_some() => {
            values.push(id.into());
            ("username_key > (SELECT username_key FROM users WHERE id = $1)", "username_key")
        }
        UserSort::Username => ("1 = 1", "username_key"),
    }
}

fn cursor(sort: UserSort, listed: &ListedUser) -> Cursor {
    let at = match sort {
        UserSort::LastLoginAt => listed.last_login_at.unwrap_or_default(),
        UserSort::CreatedAt | UserSort::Username => listed.user.created_at,
    };
    Cursor { at, id: listed.user.id.uuid() }
}

fn conditions(filter: &UserFilter, backend: Backend, values: &mut Vec<Value>) -> String {
    let mut sql = String::new();
    let mut add = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let (relation, status) = match filter.status {
        Some(status) => ("=", status),
        None => ("<>", UserStatus::Deleted),
    };
    sql.push_str(&format!(" AND status {relation} {}", add(status.as_str().into())));
    if let Some(role) = filter.role {
        sql.push_str(&format!(" AND role = {}", add(role.as_str().into())));
    }
    if let Some(text) = &filter.search {
        let from = text.to_ascii_lowercase();
        let (from, to) = (add(from.clone().into()), add(format!("{from}\u{10FFFF}").into()));
        // On PostgreSQL the operators of `text_pattern_ops`, which go by bytes as SQLite does: an
        // index helps whatever the language of the database.
        let (least, below) = match backend {
            Backend::Postgres => ("~>=~", "~<~"),
            Backend::Sqlite => (">=", "<"),
        };
        let begins = |column| format!("({column} {least} {from} AND {column} {below} {to})");
        sql.push_str(&format!(" AND ({} OR {})", begins("username_key"), begins("email_key")));
    }
    sql
}

#[async_trait]
impl OversightStore for SqlAccounts {
    async fn list(
        &self,
        filter: &UserFilter,
        sort: UserSort,
        page: PageRequest,
    ) -> Result<Page<ListedUser>, StoreError> {
        let mut values = Vec::new();
        let (after, order) = order(sort, page, &mut values);
        let conditions = conditions(filter, self.database.backend(), &mut values);
        values.push(i64::from(page.limit).saturating_add(1).into());
        let limit = values.len();
        let sql = format!(
            "SELECT * FROM users WHERE {after}{conditions} ORDER BY {order} LIMIT ${limit}"
        );
        let statement = self.database.statement(&sql, values);
        let found = self.database.read().query_all_raw(statement).await?;
        let users = found.iter().map(listed).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(users, page.limit, |user| cursor(sort, user)))
    }

    async fn show(&self, user: Id<UserMark>) -> Result<Option<ListedUser>, StoreError> {
        let row = self.one("SELECT * FROM users WHERE id = $1", [user.into()]).await?;
        row.as_ref().map(listed).transpose()
    }

    async fn counts(&self, user: Id<UserMark>, now: Timestamp) -> Result<UserCounts, StoreError> {
        let row = self.one(COUNTS, [user.into(), now.into()]).await?;
        let row = row.ok_or_else(|| StoreError::BadRow("no counts".to_owned()))?;
        let count = |name| {
            rows::column::<i64>(&row, name).map(|count| u64::try_from(count).unwrap_or_default())
        };
        Ok(UserCounts {
            sessions: count("sessions")?,
            api_keys: count("api_keys")?,
            authenticators: count("authenticators")?,
        })
    }

    async fn take_turn(&self, work: &mut UnitOfWork) -> Result<(), StoreError> {
        lock_the_highest(self, work).await
    }
}

pub(super) async fn lock_the_highest(
    accounts: &SqlAccounts,
    work: &UnitOfWork,
) -> Result<(), StoreError> {
    if accounts.database.backend() == Backend::Postgres {
        let lock = accounts.database.statement(LOCK, [Role::SuperAdmin.as_str().into()]);
        work.conn().query_all_raw(lock).await?;
    }
    Ok(())
}

pub(super) async fn set_standing(
    accounts: &SqlAccounts,
    work: &UnitOfWork,
    user: Id<UserMark>,
    standing: Standing,
) -> Result<bool, StoreError> {
    let (super_admin, active) = (Role::SuperAdmin.as_str(), UserStatus::Active.as_str());
    lock_the_highest(accounts, work).await?;
    let (column, new, highest) = match standing {
        Standing::Role(role) => ("role", role.as_str(), "$3"),
        Standing::Status(status) => ("status", status.as_str(), "$4"),
    };
    let sql = format!(
        "UPDATE users SET {column} = $2 WHERE id = $1 AND status <> $5 \
         AND ($2 = {highest} OR {BUT_NOT_THE_LAST})"
    );
    let deleted = UserStatus::Deleted.as_str();
    let values = [user.into(), new.into(), super_admin.into(), active.into(), deleted.into()];
    Ok(accounts.change(work, &sql, values).await? > 0)
}
