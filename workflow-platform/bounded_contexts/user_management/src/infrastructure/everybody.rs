//! Lists of users, and the standing of one among them.

use sea_orm::{ConnectionTrait as _, Value};
use shared_kernel::{
    domain::{Cursor, Id, Page, PageRequest, Role, User as UserMark},
    infrastructure::db::{Backend, UnitOfWork},
};

use super::{SqlAccounts, rows, rows::TOP};
use crate::{
    application::ports::{Standing, StoreError, UserFilter},
    domain::{User, UserStatus},
};

/// Leaves somebody who could undo it: `$3` is the highest role, `$4` the status that lets in.
const BUT_NOT_THE_LAST: &str = "role <> $3 OR status <> $4 OR EXISTS \
     (SELECT 1 FROM users o WHERE o.role = $3 AND o.status = $4 AND o.id <> $1)";
/// Two who would suspend each other go one after the other.
const LOCK: &str = "SELECT id FROM users WHERE role = $1 ORDER BY id FOR UPDATE";

pub(super) async fn list(
    accounts: &SqlAccounts,
    filter: &UserFilter,
    page: PageRequest,
) -> Result<Page<User>, StoreError> {
    let (at, id) = page.after.map_or(TOP, |after| (after.at.micros(), after.id));
    let limit = i64::from(page.limit).saturating_add(1);
    let mut values: Vec<Value> = vec![at.into(), id.into(), limit.into()];
    let conditions = conditions(filter, &mut values);
    let sql = format!(
        "SELECT * FROM users WHERE (created_at, id) < ($1, $2){conditions} \
         ORDER BY created_at DESC, id DESC LIMIT $3"
    );
    let statement = accounts.database.statement(&sql, values);
    let found = accounts.database.read().query_all_raw(statement).await?;
    let users = found.iter().map(rows::user).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::cut(users, page.limit, |user| Cursor { at: user.created_at, id: user.id.uuid() }))
}

fn conditions(filter: &UserFilter, values: &mut Vec<Value>) -> String {
    let mut sql = String::new();
    let mut add = |condition: &str, value: Value| {
        values.push(value);
        sql.push_str(&condition.replace('?', &format!("${}", values.len())));
    };
    if let Some(status) = filter.status {
        add(" AND status = ?", status.as_str().into());
    }
    if let Some(role) = filter.role {
        add(" AND role = ?", role.as_str().into());
    }
    if let Some(text) = &filter.search {
        let condition = " AND (username_key LIKE ? ESCAPE '!' OR email_key LIKE ? ESCAPE '!')";
        add(condition, beginning_with(text).into());
    }
    sql
}

/// A pattern in which nothing but its end stands for other text.
fn beginning_with(text: &str) -> String {
    let plain = text.to_ascii_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("{plain}%")
}

pub(super) async fn set_standing(
    accounts: &SqlAccounts,
    work: &UnitOfWork,
    user: Id<UserMark>,
    standing: Standing,
) -> Result<bool, StoreError> {
    let (super_admin, active) = (Role::SuperAdmin.as_str(), UserStatus::Active.as_str());
    if accounts.database.backend() == Backend::Postgres {
        let lock = accounts.database.statement(LOCK, [super_admin.into()]);
        work.conn().query_all_raw(lock).await?;
    }
    let (column, new, highest) = match standing {
        Standing::Role(role) => ("role", role.as_str(), "$3"),
        Standing::Status(status) => ("status", status.as_str(), "$4"),
    };
    let sql = format!(
        "UPDATE users SET {column} = $2 WHERE id = $1 AND ($2 = {highest} OR {BUT_NOT_THE_LAST})"
    );
    let values = [user.into(), new.into(), super_admin.into(), active.into()];
    Ok(accounts.change(work, &sql, values).await? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_in_a_search_stand_for_themselves() {
        assert_eq!(beginning_with("A_b%c!"), "a!_b!%c!!%");
    }
}
